// Which parts of two tasks' lives can run at the same time, by what forks and joins say.
#include "lockcheck/order/task_segments.h"

#include <gtest/gtest.h>

namespace zoneknot::lockcheck {
namespace {

constexpr core::TaskId kMain = 0, kFirst = 1, kSecond = 2, kThird = 3;

TEST(TaskSegments, WhatFollowsAJoinComesAfterAllOfTheTaskThatEnded) {
  TaskSegments segments;
  segments.forked(kMain, kFirst);
  const SegmentId meanwhile = segments.current(kMain);
  const SegmentId child = segments.current(kFirst);
  segments.joined(kMain, kFirst);
  EXPECT_TRUE(segments.concurrent(meanwhile, child));
  EXPECT_FALSE(segments.concurrent(segments.current(kMain), child));
}

TEST(TaskSegments, ATaskThatTwoOthersJoinIsOverForBoth) {
  TaskSegments segments;
  segments.forked(kMain, kFirst);
  segments.forked(kMain, kSecond);
  segments.forked(kMain, kThird);
  const SegmentId joined = segments.current(kThird);
  segments.joined(kFirst, kThird);
  segments.joined(kSecond, kThird);
  segments.joined(kMain, kThird);
  for (const core::TaskId task : {kFirst, kSecond, kMain}) {
    EXPECT_FALSE(segments.concurrent(segments.current(task), joined)) << task;
  }
  EXPECT_TRUE(segments.concurrent(segments.current(kFirst), segments.current(kSecond)));
}

TEST(TaskSegments, OverRunsAJoinByAnotherTaskThanInTheFirstRunIsOneMore) {
  TaskSegments segments;
  for (const core::TaskId joiner : {kFirst, kSecond}) {
    segments.next_run();
    for (const core::TaskId task : {kFirst, kSecond, kThird}) segments.forked(kMain, task);
    const SegmentId joined = segments.current(kThird);
    segments.joined(joiner, kThird);
    EXPECT_FALSE(segments.concurrent(segments.current(joiner), joined)) << joiner;
  }
}

}  // namespace
}  // namespace zoneknot::lockcheck
