// What dependencies come down to without who had them, and what is left out of them.
#include "lockcheck/offline/wait_shapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zoneknot::lockcheck {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

LockDependency dependency(core::TaskId task, OwnableId owned, OwnableId wanted, std::uint32_t site) {
  return {.task = task, .wanted = wanted, .wanted_site = site, .owned = {{owned, site}}};
}

TEST(WaitShapes, TasksThatDoTheSameAreMembersOfOne) {
  LockDependencies all;
  for (core::TaskId task = 0; task < 3; ++task) all.add(dependency(task, 0, 1, 7), {.where = 10 - task});
  all.add(dependency(3, 1, 0, 8), {.where = 20});
  all.add(dependency(4, 5, 6, 9), {.where = 21});  // in no ring
  const WaitShapes shapes = wait_shapes(all);
  ASSERT_THAT(shapes.all, SizeIs(2));
  EXPECT_THAT(shapes.all[0].members, ElementsAre(2, 1, 0)) << "in the order of the trace";
  EXPECT_EQ(shapes.all[0].task, core::kNoId);
  EXPECT_EQ(shapes.all[1].task, 3U);
  EXPECT_EQ(shapes.tasks, 4U);
}

TEST(WaitShapes, WhatIsLeftOutMattersIfItCouldBeInARing) {
  LockDependencies all;
  for (std::uint32_t site = 0; site <= LockDependencies::kMax; ++site) all.add(dependency(0, 0, 1, site), {});
  EXPECT_FALSE(wait_shapes(all).some_left_out);
  all.add(dependency(1, 1, 0, 0), {});
  EXPECT_TRUE(wait_shapes(all).some_left_out);
}

}  // namespace
}  // namespace zoneknot::lockcheck
