// What happens when a fiber runs out of its stack: the thread's handler of SIGSEGV recognises the guard below the stack
// and the fiber is left for good, instead of the process being killed. Installed once for the process, and for each
// thread that runs fibers; faults that are none of ours go where they went before. Builds with sanitizers leave
// overflows to those.
#pragma once

#include <cstddef>

namespace zoneknot::sim {

// The part of an address space below a stack that no access may touch. Grows downwards as stacks do.
struct StackGuardArea {
  char* begin = nullptr;
  char* end = nullptr;  // the lowest byte of the stack
};

// Why a fiber was left for good.
enum class LostFiber : unsigned char {
  none,
  overflow,  // it has run out of its stack
  dangling,  // it has touched the stack of a task that has ended
};

// The owner of the stacks that run on this thread: a pool of fibers.
class StackOwner {
 public:
  StackOwner() = default;
  virtual ~StackOwner() = default;
  StackOwner(const StackOwner&) = delete;
  StackOwner& operator=(const StackOwner&) = delete;

  // Where the running fiber's guard is; empty: the thread is on its own stack. Called in a signal handler.
  [[nodiscard]] virtual StackGuardArea guard_area() const = 0;
  // A stack that nobody may use any more has the address. Called in a signal handler.
  [[nodiscard]] virtual bool is_closed(const char* address) const = 0;
  // Leaves the running fiber, which is never gone back to. Called in a signal handler, and does not return.
  [[noreturn]] virtual void escape(LostFiber why) = 0;
};

// Below a stack so many bytes are guarded: a frame of less is recognised wherever it touches them.
inline constexpr std::size_t kGuardBytes = std::size_t{1} << 20U;

// What the process exits with where nothing can be told to its caller any more.
inline constexpr int kExitOwnFault = 4;

// Overflows of the calling thread are `owner`'s until the next call; null: nobody's.
void guard_stacks_of(StackOwner* owner);

// False: a sanitizer watches the stacks of this build.
bool stacks_are_guarded();

}  // namespace zoneknot::sim
