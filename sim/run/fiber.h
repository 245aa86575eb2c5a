// Fibers: stacks of their own that one thread switches between. A FiberPool belongs to one Simulation and is used by
// one thread at a time; it owns every fiber and its stack and reuses both. With
// sim/run/fiber_switch.h this is the only part of the project that knows Boost.Context, the exception globals of the
// C++ runtime, and the fiber hooks of the sanitizers.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "sim/run/stack_guard.h"

namespace zoneknot::sim {

class Fiber;

// What a fiber does. It runs on the fiber's own stack and returns the fiber to go on with; by then the finished one is
// back in the pool. It must not let an exception out.
using FiberBody = Fiber* (*)(void* argument, Fiber& self);

class FiberPool : private StackOwner {
 public:
  static constexpr std::size_t kDefaultStackBytes = std::size_t{256} << 10U;

  // Each stack has `stack_bytes` (rounded up to pages) above kGuardBytes that cannot be touched.
  explicit FiberPool(std::size_t stack_bytes = kDefaultStackBytes);
  // No fiber may be between its first switch and its end, but for those that ran out of their stacks.
  ~FiberPool() override;

  // The calling thread's own stack becomes the fiber that runs. To be called before the first switch of a run, and by
  // every other thread that goes on with the pool.
  Fiber& adopt_thread();

  // A fiber that will call `body(argument, itself)` when it is first switched to. Throws std::system_error when there
  // is no memory for a stack.
  Fiber& take(FiberBody body, void* argument);

  // Leaves the running fiber and goes on with `to`. Returns when somebody switches back. On the thread's own stack it
  // also returns when the running fiber has run out of its stack, or has touched a closed one: it must not be gone on
  // with, and nothing on its stack is destroyed. Defined in sim/run/fiber_switch.h.
  inline void switch_to(Fiber& to);

  // Says, once, why switch_to() has returned on the thread's own stack, if a fiber was lost.
  [[nodiscard]] LostFiber take_lost();

  // The stack of a task that has ended while others may still look at what was on it. leave_stack(), on that fiber: it
  // is not used again in this run; false, nothing was done: this build cannot close stacks. close_left_stack(), on the
  // thread's own stack: whoever touches it from now on is lost; false: none was left. open_left_stacks(): all are as
  // they were, and may be used again.
  [[nodiscard]] bool leave_stack(Fiber& fiber);
  [[nodiscard]] bool close_left_stack();
  void open_left_stacks();

  // No fiber of the pool runs on this thread any more.
  static void leave_thread() { guard_stacks_of(nullptr); }

  // Stacks made so far.
  [[nodiscard]] std::size_t size() const { return fibers_.size(); }

 private:
  friend class Fiber;

  [[nodiscard]] StackGuardArea guard_area() const override;
  [[nodiscard]] bool is_closed(const char* address) const override;
  [[noreturn]] void escape(LostFiber why) override;
  Fiber& make();
  [[noreturn]] void serve(Fiber& self);

  std::size_t stack_bytes_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> free_;
  std::unique_ptr<Fiber> thread_;  // stands for the stack of the calling thread
  Fiber* running_ = nullptr;
  void* exception_globals_ = nullptr;  // of the calling thread
  std::size_t lost_ = 0;               // fibers that were left for good
  LostFiber why_lost_ = LostFiber::none;
  Fiber* left_ = nullptr;  // whose stack is to be closed
  std::vector<Fiber*> closed_;
};

}  // namespace zoneknot::sim
