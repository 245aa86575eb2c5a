// Who could end a wait, and what they need for it.

#include "lockcheck/order/wakers.h"

#include <gtest/gtest.h>

#include <array>

namespace zoneknot::lockcheck {
namespace {

constexpr NodeId kLock = 7;
constexpr core::TaskId kWaiter = 9;

TEST(Wakers, TaskThatWokeSomebodyOnceWithoutALock_DoesNotNeedIt) {
  Wakers wakers;
  wakers.woke(1, {kLock});
  EXPECT_TRUE(wakers.needs(1, kLock));
  wakers.woke(1, {});
  EXPECT_FALSE(wakers.needs(1, kLock));
  wakers.woke(1, {kLock});
  EXPECT_FALSE(wakers.needs(1, kLock));
}

TEST(Wakers, OneThatNeedsNothing_EndsTheWaitUnlessItIsStopped) {
  Wakers wakers;
  wakers.woke(1, {kLock});
  EXPECT_TRUE(wakers.all_need(kWaiter, kLock, {}));
  wakers.woke(2, {});
  EXPECT_FALSE(wakers.all_need(kWaiter, kLock, {}));
  EXPECT_TRUE(wakers.all_need(kWaiter, kLock, std::array<core::TaskId, 1>{2}));
  EXPECT_FALSE(wakers.all_need(kWaiter, kLock, std::array<core::TaskId, 1>{1}));
  EXPECT_TRUE(wakers.all_need(2, kLock, {})) << "nobody wakes itself";
}

TEST(Wakers, WaitForAUnit_IsForEverIfAllUnitsCanBeWithOthersWhoNeedTheLock) {
  Wakers wakers;
  wakers.set_capacity(2);
  wakers.released_own(1, 1, {kLock});
  EXPECT_FALSE(wakers.all_need(kWaiter, kLock, {}));
  wakers.released_own(2, 1, {kLock});
  EXPECT_TRUE(wakers.all_need(kWaiter, kLock, {}));
  EXPECT_FALSE(wakers.all_need(2, kLock, {})) << "a waiter's own units do not keep it waiting";
}

TEST(Wakers, UnitsThatSomebodyElseGaveBack_AreSignals) {
  Wakers wakers;
  wakers.set_capacity(1);
  wakers.released_own(1, 1, {kLock});
  EXPECT_TRUE(wakers.needs(1, kLock));
  wakers.released_foreign();
  EXPECT_FALSE(wakers.needs(1, kLock));
}

}  // namespace
}  // namespace zoneknot::lockcheck
