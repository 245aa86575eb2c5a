// What a run's story keeps of it.
#include "lockcheck/picture/run_story.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {
namespace {

void name_things(core::LockObserver& watch) {
  watch.task_started(0, "main");
  watch.task_started(1, "worker");
  watch.lock_created(0, {.lock_class = "zone", .order_key = 3});
  watch.condition_created(0, "changed");
}

TEST(RunStory, TellsFromWhenToWhenWhoOwnedAndAwaitedWhat) {
  LockWatch watch(Threads::one);
  RunStory story;
  watch.add_listener(story);
  name_things(watch);
  story.set_step(5);
  watch.lock_taken(1, 0, core::Site::current());
  watch.lock_taken(1, 0, core::Site::current());  // once more: a recursive lock
  story.set_step(7);
  watch.wait_began(0, {.kind = core::WaitKind::join, .object = 1}, core::Site::current());
  story.set_step(8);
  watch.lock_released(1, 0, core::Site::current());
  story.set_step(9);
  watch.lock_released(1, 0, core::Site::current());
  const RunInVerdict run = story.story();
  EXPECT_EQ(run.lanes, (std::vector<std::string>{"main", "worker"}));
  ASSERT_EQ(run.spans.size(), 2U);
  EXPECT_EQ(run.spans[0].what, "zone 3");
  EXPECT_EQ(run.spans[0].object, 0U);
  EXPECT_EQ(run.spans[0].from, 5U);
  EXPECT_EQ(run.spans[0].to, 9U);
  EXPECT_FALSE(run.spans[0].open);
  EXPECT_EQ(run.spans[1].what, "the end of worker");
  EXPECT_EQ(run.spans[1].object, 1U);
  EXPECT_TRUE(run.spans[1].for_end && run.spans[1].open);
  EXPECT_EQ(run.steps, 9U);
}

TEST(RunStory, OfALongRunItsBeginningAndItsEndAreKept_AndWhatIsOpen_AndWhatWasAskedFor) {
  RunStory story;
  story.count_steps();
  constexpr std::uint64_t kAsked = 2 * (RunStory::kFirstSpans + 100);
  story.keep(kAsked, kAsked + 3);
  name_things(story);
  story.wait_began(0, {.kind = core::WaitKind::condition, .object = 0}, core::Site::current());
  constexpr std::uint64_t kRounds = 2 * (RunStory::kFirstSpans + RunStory::kLastSpans);
  for (std::uint64_t i = 0; i < kRounds; ++i) {
    story.lock_taken(1, 0, core::Site::current());
    story.lock_released(1, 0, core::Site::current());
  }
  const RunInVerdict run = story.story();
  EXPECT_EQ(run.steps_are, StepsAre::events);
  EXPECT_EQ(run.steps, 1 + 2 * kRounds);
  constexpr std::size_t kNeeded = 2;
  ASSERT_EQ(run.spans.size(), 1 + RunStory::kFirstSpans + kNeeded + RunStory::kLastSpans);
  EXPECT_EQ(run.spans[0].what, "changed");
  EXPECT_EQ(run.spans[1].from, 2U);
  EXPECT_EQ(run.spans[RunStory::kFirstSpans + 1].from, kAsked);
  EXPECT_TRUE(run.spans[RunStory::kFirstSpans + 1].needed);
  EXPECT_EQ(run.left_out.spans + run.spans.size(), kRounds + 1);
  EXPECT_EQ(run.left_out.from_step, run.spans[RunStory::kFirstSpans].from + 2);
  EXPECT_EQ(run.left_out.to_step, run.spans[run.spans.size() - RunStory::kLastSpans].from - 1);
}

TEST(RunStory, WhatBeganAmongTheFirst_IsKeptWheneverItEnds) {
  RunStory story;
  name_things(story);
  story.set_step(1);
  story.lock_acquired(0, 0, core::Site::current());
  constexpr std::uint64_t kSpans = 2 * (RunStory::kFirstSpans + RunStory::kLastSpans);
  for (std::uint64_t i = 2; i < kSpans; ++i) {
    story.set_step(i);
    story.lock_acquired(1, 0, core::Site::current());
    story.lock_released(1, 0, core::Site::current());
    if (i == RunStory::kFirstSpans + 10) story.lock_released(0, 0, core::Site::current());
  }
  story.task_ended(1, core::Site::current());
  const RunInVerdict run = story.story();
  EXPECT_GT(run.left_out.from_step, RunStory::kFirstSpans);
  ASSERT_FALSE(run.spans.empty());
  EXPECT_EQ(run.spans[0].to, RunStory::kFirstSpans + 10);
  ASSERT_EQ(run.ended.size(), 2U);
  EXPECT_FALSE(run.ended[0]);
  EXPECT_EQ(run.ended[1], kSpans - 1);
}

TEST(RunStory, SeveralThreadsTellIt) {
  LockWatch watch(Threads::many);
  RunStory story;
  story.count_steps();
  watch.add_listener(story);
  name_things(watch);
  watch.lock_created(1, {.lock_class = "M"});
  std::vector<std::thread> threads;
  for (core::TaskId task = 0; task < 2; ++task) {
    threads.emplace_back([&watch, task] {
      for (int i = 0; i < 1000; ++i) {
        watch.lock_taken(task, task, core::Site::current());
        watch.lock_released(task, task, core::Site::current());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(story.story().spans.size(), 2000U);
  EXPECT_EQ(story.step(), 4000U);
}

}  // namespace
}  // namespace zoneknot::lockcheck
