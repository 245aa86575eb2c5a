// How one stack is left for another one. For FiberPool and the scheduler alone, which has it in line: no processor
// predicts where a call returns that was made before the stacks were switched, so each call around the switch costs
// time.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>

#include "sim/run/fiber.h"

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
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef ZONEKNOT_TSAN_FIBERS
#include <sanitizer/tsan_interface.h>
#endif

namespace zoneknot::sim {

class Fiber {
 public:
  // The Itanium C++ ABI's __cxa_eh_globals: which exceptions this stack has caught and how many are on their way.
  struct Exceptions {
    void* caught = nullptr;
    unsigned int uncaught = 0;
  };

  explicit Fiber(FiberPool& owner) : pool(&owner) {}
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Called first thing on the stack that was switched to. `arrival` says who came from where.
  static void arrive(boost::context::detail::transfer_t arrival) {
    auto* from = static_cast<Fiber*>(arrival.data);
    from->resume_at = arrival.fctx;
#ifdef ZONEKNOT_ASAN_FIBERS
    // The bounds of the thread's own stack are only learnt here.
    __sanitizer_finish_switch_fiber(from->pool->running_->fake_stack, &from->bottom, &from->bytes);
#endif
  }

  static void enter(boost::context::detail::transfer_t arrival);

  FiberPool* pool;
  boost::context::detail::fcontext_t resume_at = nullptr;
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

inline void FiberPool::switch_to(Fiber& to) {
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
  Fiber::arrive(boost::context::detail::jump_fcontext(to.resume_at, &from));
}

}  // namespace zoneknot::sim
