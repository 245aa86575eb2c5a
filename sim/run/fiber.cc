#include "sim/run/fiber.h"

#include <cxxabi.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "sim/run/fiber_switch.h"

#ifdef ZONEKNOT_ASAN_FIBERS
#include <sanitizer/asan_interface.h>
#endif

namespace zoneknot::sim {

namespace context = boost::context::detail;

namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

Fiber::~Fiber() {
#ifdef ZONEKNOT_TSAN_FIBERS
  if (mapping != nullptr) __tsan_destroy_fiber(tsan_fiber);
#endif
  if (mapping != nullptr) ::munmap(mapping, mapping_bytes);
}

void Fiber::enter(context::transfer_t arrival) {
  arrive(arrival);
  FiberPool& pool = *static_cast<Fiber*>(arrival.data)->pool;
  pool.serve(*pool.running_);
}

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

LostFiber FiberPool::take_lost() { return std::exchange(why_lost_, LostFiber::none); }

bool FiberPool::leave_stack(Fiber& fiber) {
  if (!stacks_are_guarded()) return false;
  left_ = &fiber;
  return true;
}

bool FiberPool::close_left_stack() {
  if (left_ == nullptr) return false;
  if (::mprotect(left_->mapping, left_->mapping_bytes, PROT_NONE) != 0) std::abort();
  closed_.push_back(std::exchange(left_, nullptr));
  return true;
}

void FiberPool::open_left_stacks() {
  for (Fiber* fiber : closed_) {
    char* bottom = static_cast<char*>(fiber->mapping) + kGuardBytes;
    if (::mprotect(bottom, fiber->mapping_bytes - kGuardBytes, PROT_READ | PROT_WRITE) != 0) std::abort();
    free_.push_back(fiber);
  }
  closed_.clear();
}

bool FiberPool::is_closed(const char* address) const {
  if (running_ == nullptr || running_->mapping == nullptr) return false;
  for (const Fiber* fiber : closed_) {
    const auto* begin = static_cast<const char*>(fiber->mapping);
    if (address >= begin && address < begin + fiber->mapping_bytes) return true;
  }
  return false;
}

StackGuardArea FiberPool::guard_area() const {
  if (running_ == nullptr || running_->mapping == nullptr) return {};
  char* begin = static_cast<char*>(running_->mapping);
  return {begin, begin + kGuardBytes};
}

// As switch_to(), but that whatever the fiber has under way is forgotten. Reached on the signal handler's stack, which
// needs no leave: the handler asked for its signal not to be blocked.
void FiberPool::escape(LostFiber why) {
  Fiber& lost = *running_;
  running_ = thread_.get();
  ++lost_;
  why_lost_ = why;
  *static_cast<Fiber::Exceptions*>(exception_globals_) = running_->exceptions;
  context::jump_fcontext(running_->resume_at, &lost);
  std::abort();  // nobody comes back
}

void FiberPool::serve(Fiber& self) {
  for (;;) {
    Fiber* next = self.body(self.argument, self);
    assert(next != nullptr && next != &self);
    if (left_ != &self) free_.push_back(&self);
    switch_to(*next);
  }
}

}  // namespace zoneknot::sim
