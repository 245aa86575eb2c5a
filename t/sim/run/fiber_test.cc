#include "sim/run/fiber.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/run/fiber_switch.h"

namespace zoneknot::sim {
namespace {

struct PingPong {
  FiberPool pool;
  Fiber* root = nullptr;
  std::string log;
};

TEST(FiberPool, FinishedFiber_GoesBackWithItsStack) {
  PingPong state;
  state.root = &state.pool.adopt_thread();
  for (int i = 0; i < 100; ++i) {
    Fiber& fiber = state.pool.take(
        [](void* argument, Fiber&) {
          auto& s = *static_cast<PingPong*>(argument);
          s.log += 'x';
          return s.root;
        },
        &state);
    state.pool.switch_to(fiber);
  }
  EXPECT_EQ(state.log.size(), 100U);
  EXPECT_EQ(state.pool.size(), 1U);
}

TEST(FiberPool, Fibers_GoOnWhereTheyLeft) {
  PingPong state;
  state.root = &state.pool.adopt_thread();
  const FiberBody body = [](void* argument, Fiber&) {
    auto& s = *static_cast<PingPong*>(argument);
    for (const char c : {'a', 'b', 'c'}) {
      s.log += c;
      s.pool.switch_to(*s.root);
    }
    return s.root;
  };
  Fiber& first = state.pool.take(body, &state);
  Fiber& second = state.pool.take(body, &state);
  EXPECT_EQ(state.pool.size(), 2U);
  for (int i = 0; i < 4; ++i) {
    state.pool.switch_to(first);
    state.pool.switch_to(second);
  }
  EXPECT_EQ(state.log, "aabbcc");
}

TEST(FiberPool, StackOfTheDefaultSize_HoldsAFrameOfMostOfIt) {
  PingPong state;
  state.root = &state.pool.adopt_thread();
  Fiber& fiber = state.pool.take(
      [](void* argument, Fiber&) {
        auto& s = *static_cast<PingPong*>(argument);
        volatile char frame[FiberPool::kDefaultStackBytes / 2];
        for (std::size_t i = 0; i < sizeof frame; i += 512) frame[i] = 'y';
        s.log += frame[512];
        return s.root;
      },
      &state);
  state.pool.switch_to(fiber);
  EXPECT_EQ(state.log, "y");
}

TEST(FiberPoolDeathTest, FiberThatRunsOverItsStack_IsLeftForGoodAndThePoolGoesOn) {
  PingPong state;
  state.root = &state.pool.adopt_thread();
  const auto overflow = [&state] {
    Fiber& fiber = state.pool.take(
        [](void* argument, Fiber&) {
          // What this function itself uses lies within the first kilobytes below.
          auto* here = static_cast<volatile char*>(__builtin_frame_address(0));
          for (std::size_t below = 8192; below < 2 * FiberPool::kDefaultStackBytes; below += 1024) *(here - below) = 0;
          return static_cast<PingPong*>(argument)->root;
        },
        &state);
    state.pool.switch_to(fiber);
  };
  if (!stacks_are_guarded()) {
    EXPECT_DEATH(overflow(), "");
    return;
  }
  for (std::size_t i = 1; i <= 3; ++i) {
    overflow();
    EXPECT_EQ(state.pool.take_lost(), LostFiber::overflow);
    EXPECT_EQ(state.pool.take_lost(), LostFiber::none);
    EXPECT_EQ(state.pool.size(), i);
  }
}

}  // namespace
}  // namespace zoneknot::sim
