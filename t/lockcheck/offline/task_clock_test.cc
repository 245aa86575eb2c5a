// A clock says what a plain list says, whatever it shares.
#include "lockcheck/offline/task_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace zoneknot::lockcheck {
namespace {

TEST(TaskClock, KnowsNothingAtFirst_AndTheMostOfWhatItWasTold) {
  TaskClock clock;
  EXPECT_EQ(clock.at(0), 0U);
  EXPECT_EQ(clock.at(UINT32_MAX), 0U);
  clock.raise(70'000, 5);
  clock.raise(70'000, 3);
  EXPECT_EQ(clock.at(70'000), 5U);
  EXPECT_EQ(clock.at(0), 0U);
}

TEST(TaskClock, OneThatIsCopiedStaysAsItIs) {
  TaskClock first;
  first.raise(1, 4);
  const TaskClock second = first;
  first.raise(1, 9);
  first.raise(300, 2);
  EXPECT_EQ(second.at(1), 4U);
  EXPECT_EQ(second.at(300), 0U);
  EXPECT_EQ(first.at(1), 9U);
}

TEST(TaskClock, SharesAllWithWhatItHasTakenOver) {
  TaskClock all;
  for (core::TaskId task = 0; task < 1000; ++task) all.raise(task, task + 1);
  TaskClock some = all;
  some.raise(0, 1);
  TaskClock fewer;
  fewer.raise(7, 1);
  fewer.merge(all);
  EXPECT_TRUE(fewer.shares_all_with(all));
  EXPECT_TRUE(some.shares_all_with(all)) << "it was told nothing new";
}

TEST(TaskClock, SaysWhatAListSays) {
  constexpr core::TaskId kTasks = 600;
  std::mt19937 random(1);
  const auto below = [&random](std::uint32_t most) { return static_cast<std::uint32_t>(random() % most); };
  struct Both {
    TaskClock clock;
    std::vector<std::uint32_t> list = std::vector<std::uint32_t>(kTasks, 0);
  };
  std::array<Both, 5> all;
  for (int step = 0; step < 20'000; ++step) {
    Both& one = all.at(below(5));
    const Both& other = all.at(below(5));
    switch (below(4)) {
      case 0:
      case 1: {
        const core::TaskId task = below(below(4) == 0 ? kTasks : 20);
        const std::uint32_t length = below(50);
        one.clock.raise(task, length);
        one.list[task] = std::max(one.list[task], length);
        break;
      }
      case 2:
        one.clock.merge(other.clock);
        for (std::size_t i = 0; i < kTasks; ++i) one.list[i] = std::max(one.list[i], other.list[i]);
        break;
      default:
        one.clock = TaskClock::of_both(one.clock, other.clock);
        for (std::size_t i = 0; i < kTasks; ++i) one.list[i] = std::min(one.list[i], other.list[i]);
    }
    if (step % 50 != 0) continue;
    for (core::TaskId task = 0; task < kTasks; ++task) ASSERT_EQ(one.clock.at(task), one.list[task]) << step;
  }
}

}  // namespace
}  // namespace zoneknot::lockcheck
