#include "sim/run/fiber.h"

#include <cxxabi.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/context/detail/fcontext.hpp>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define ZONEKNOT_ASAN_FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZONEKNOT_ASAN_FIBERS 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define ZONEKNOT_TSAN_FIBERS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ZONEKNOT_TSAN_FIBERS 1
#endif
#endif

#ifdef ZONEKNOT_ASAN_FIBERS
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef ZONEKNOT_TSAN_FIBERS
#include <sanitizer/tsan_interface.h>
#endif

namespace zoneknot::sim {

namespace context = boost::context::detail;

namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

class Fiber {
 public:
  // The Itanium C++ ABI's __cxa_eh_globals: which exceptions this stack has caught and how many are on their way.
  struct Exceptions {
    void* caught = nullptr;
    unsigned int uncaught = 0;
  };

  explicit Fiber(FiberPool& owner) : pool(&owner) {}
  ~Fiber() {
#ifdef ZONEKNOT_TSAN_FIBERS
    if (mapping != nullptr) __tsan_destroy_fiber(tsan_fiber);
#endif
    if (mapping != nullptr) ::munmap(mapping, mapping_bytes);
  }
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Called first thing on the stack that was switched to. `arrival` says who came from where.
  static void arrive(context::transfer_t arrival) {
    auto* from = static_cast<Fiber*>(arrival.data);
    from->resume_at = arrival.fctx;
#ifdef ZONEKNOT_ASAN_FIBERS
    // The bounds of the thread's own stack are only learnt here.
    __sanitizer_finish_switch_fiber(from->pool->running_->fake_stack, &from->bottom, &from->bytes);
#endif
  }

  static void enter(context::transfer_t arrival) {
    arrive(arrival);
    FiberPool& pool = *static_cast<Fiber*>(arrival.data)->pool;
    pool.serve(*pool.running_);
  }

  FiberPool* pool;
  context::fcontext_t resume_at = nullptr;
  FiberBody body = nullptr;
  void* argument = nullptr;
  Exceptions exceptions;
  void* mapping = nullptr;  // null: the thread's own stack
  std::size_t mapping_bytes = 0;
#ifdef ZONEKNOT_ASAN_FIBERS
  void* fake_stack = nullptr;
  const void* bottom = nullptr;
  std::size_t bytes = 0;
#endif
#ifdef ZONEKNOT_TSAN_FIBERS
  void* tsan_fiber = nullptr;
#endif
};

FiberPool::FiberPool(std::size_t stack_bytes) : stack_bytes_(stack_bytes), thread_(std::make_unique<Fiber>(*this)) {
  const std::size_t page = page_bytes();
  stack_bytes_ = (stack_bytes_ + page - 1) / page * page;
}

FiberPool::~FiberPool() { assert(free_.size() + lost_ == fibers_.size()); }

Fiber& FiberPool::adopt_thread() {
  running_ = thread_.get();
  guard_stacks_of(this);
  exception_globals_ = abi::__cxa_get_globals();
#ifdef ZONEKNOT_TSAN_FIBERS
  thread_->tsan_fiber = __tsan_get_current_fiber();
#endif
  return *thread_;
}

Fiber& FiberPool::take(FiberBody body, void* argument) {
  if (free_.empty()) make();
  Fiber& fiber = *free_.back();
  free_.pop_back();
  fiber.body = body;
  fiber.argument = argument;
  return fiber;
}

Fiber& FiberPool::make() {
  auto fiber = std::make_unique<Fiber>(*this);
  void* mapping = ::mmap(nullptr, stack_bytes_ + kGuardBytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "no memory for a fiber's stack");
  fiber->mapping = mapping;
  fiber->mapping_bytes = stack_bytes_ + kGuardBytes;
#ifdef ZONEKNOT_TSAN_FIBERS
  fiber->tsan_fiber = __tsan_create_fiber(0);
#endif
  if (::mprotect(mapping, kGuardBytes, PROT_NONE) != 0) {
    throw std::system_error(errno, std::generic_category(), "no guard below a fiber's stack");
  }
  char* bottom = static_cast<char*>(mapping) + kGuardBytes;
#ifdef ZONEKNOT_ASAN_FIBERS
  fiber->bottom = bottom;
  fiber->bytes = stack_bytes_;
  // The frames of a stack that was here before may have left their marks.
  __asan_unpoison_memory_region(bottom, stack_bytes_);
#endif
  fiber->resume_at = context::make_fcontext(bottom + stack_bytes_, stack_bytes_, &Fiber::enter);
  fibers_.push_back(std::move(fiber));
  free_.reserve(fibers_.size());
  free_.push_back(fibers_.back().get());
  return *fibers_.back();
}

void FiberPool::switch_to(Fiber& to) {
  Fiber& from = *running_;
  running_ = &to;
  auto* globals = static_cast<Fiber::Exceptions*>(exception_globals_);
  from.exceptions = *globals;
  *globals = to.exceptions;
#ifdef ZONEKNOT_ASAN_FIBERS
  __sanitizer_start_switch_fiber(&from.fake_stack, to.bottom, to.bytes);
#endif
#ifdef ZONEKNOT_TSAN_FIBERS
  __tsan_switch_to_fiber(to.tsan_fiber, 0);
#endif
  Fiber::arrive(context::jump_fcontext(to.resume_at, &from));
}

bool FiberPool::take_overflow() { return std::exchange(overflow_, false); }

StackGuardArea FiberPool::guard_area() const {
  if (running_ == nullptr || running_->mapping == nullptr) return {};
  char* begin = static_cast<char*>(running_->mapping);
  return {begin, begin + kGuardBytes};
}

// As switch_to(), but that whatever the fiber has under way is forgotten. Reached on the signal handler's stack, which
// needs no leave: the handler asked for its signal not to be blocked.
void FiberPool::escape() {
  Fiber& lost = *running_;
  running_ = thread_.get();
  ++lost_;
  overflow_ = true;
  *static_cast<Fiber::Exceptions*>(exception_globals_) = running_->exceptions;
  context::jump_fcontext(running_->resume_at, &lost);
  std::abort();  // nobody comes back
}

void FiberPool::serve(Fiber& self) {
  for (;;) {
    Fiber* next = self.body(self.argument, self);
    assert(next != nullptr && next != &self);
    free_.push_back(&self);
    switch_to(*next);
  }
}

}  // namespace zoneknot::sim
