// Which parts of two tasks' lives can run at the same time, by what forks and joins say.
#include "lockcheck/order/task_segments.h"

#include <gtest/gtest.h>

namespace zoneknot::lockcheck {
namespace {

constexpr core::TaskId kRoot = 0, kEldest = 1, kMiddle = 2, kYoungest = 3;

TEST(TaskSegments, WhatFollowsAJoinComesAfterAllOfTheTaskThatEnded) {
  TaskSegments segments;
  segments.forked(kRoot, kEldest);
  const SegmentId meanwhile = segments.current(kRoot);
  const SegmentId child = segments.current(kEldest);
  segments.joined(kRoot, kEldest);
  EXPECT_TRUE(segments.concurrent(meanwhile, child));
  EXPECT_FALSE(segments.concurrent(segments.current(kRoot), child));
}

TEST(TaskSegments, ATaskThatTwoOthersJoinIsOverForBoth) {
  TaskSegments segments;
  segments.forked(kRoot, kEldest);
  segments.forked(kRoot, kMiddle);
  segments.forked(kRoot, kYoungest);
  const SegmentId joined = segments.current(kYoungest);
  segments.joined(kEldest, kYoungest);
  segments.joined(kMiddle, kYoungest);
  segments.joined(kRoot, kYoungest);
  for (const core::TaskId task : {kEldest, kMiddle, kRoot}) {
    EXPECT_FALSE(segments.concurrent(segments.current(task), joined)) << task;
  }
  EXPECT_TRUE(segments.concurrent(segments.current(kEldest), segments.current(kMiddle)));
}

TEST(TaskSegments, OverRunsAJoinByAnotherTaskThanInTheFirstRunIsOneMore) {
  TaskSegments segments;
  for (const core::TaskId joiner : {kEldest, kMiddle}) {
    segments.next_run();
    for (const core::TaskId task : {kEldest, kMiddle, kYoungest}) segments.forked(kRoot, task);
    const SegmentId joined = segments.current(kYoungest);
    segments.joined(joiner, kYoungest);
    EXPECT_FALSE(segments.concurrent(segments.current(joiner), joined)) << joiner;
  }
}

TEST(TaskSegments, ATaskThatIsReachedTwiceComesAfterFromItsFirstSegmentOn) {
  TaskSegments segments;
  const SegmentId before = segments.current(kRoot);
  segments.forked(kRoot, kEldest);
  segments.forked(kRoot, kMiddle);
  const SegmentId forked = segments.current(kMiddle);
  segments.joined(kMiddle, kEldest);
  EXPECT_FALSE(segments.concurrent(before, forked));
  EXPECT_FALSE(segments.concurrent(before, segments.current(kMiddle)));
}

}  // namespace
}  // namespace zoneknot::lockcheck
