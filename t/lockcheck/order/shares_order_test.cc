// What the order checker makes of shares of reader-writer locks.
#include <gtest/gtest.h>

#include <string_view>

#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {
namespace {

using core::Readers;
using Site = core::Site;

class SharesOrder : public testing::Test {
 protected:
  SharesOrder() {
    for (core::TaskId task = 0; task < 4; ++task) watch_.task_started(task, "task");
  }

  core::LockId create(std::string_view name, Readers readers) {
    watch_.lock_created(locks_, {.lock_class = name, .order_key = {}, .readers = readers});
    return locks_++;
  }
  void read(core::TaskId task, core::LockId lock, Site site = Site::current()) {
    watch_.shared_requested(task, lock, site);
    watch_.shared_acquired(task, lock, site);
  }
  void end_read(core::TaskId task, core::LockId lock) { watch_.shared_released(task, lock, Site::current()); }
  void write(core::TaskId task, core::LockId lock, Site site = Site::current()) {
    watch_.lock_requested(task, lock, site);
    watch_.lock_acquired(task, lock, site);
  }
  void end_write(core::TaskId task, core::LockId lock) { watch_.lock_released(task, lock, Site::current()); }
  void read_both(core::TaskId task, core::LockId outer, core::LockId inner) {
    read(task, outer);
    read(task, inner);
    end_read(task, inner);
    end_read(task, outer);
  }
  [[nodiscard]] std::size_t predicted() const { return watch_.predictions().deadlocks.size(); }

  LockWatch watch_{Threads::one};
  core::LockId locks_ = 0;
};

TEST_F(SharesOrder, ReadAgainAndAWriter_IsPredictedWhereWritersComeFirst) {
  for (const Readers readers : {Readers::first, Readers::after_writers}) {
    const core::LockId lock = create("lock", readers);
    read_both(1, lock, lock);
    EXPECT_EQ(predicted(), 0U) << "nobody writes";
    write(2, lock);
    end_write(2, lock);
    EXPECT_EQ(predicted(), readers == Readers::first ? 0U : 1U);
  }
  const PredictedDeadlock deadlock = watch_.predictions().deadlocks.at(0);
  ASSERT_EQ(deadlock.waits.size(), 2U);
  EXPECT_EQ(deadlock.waits[0].task, 1U);
  EXPECT_TRUE(deadlock.waits[0].owns.shared);
  EXPECT_TRUE(deadlock.waits[0].waits_for.shared);
  EXPECT_EQ(deadlock.waits[1].owns.kind, ResourceKind::turn);
  EXPECT_FALSE(deadlock.waits[1].waits_for.shared);
}

TEST_F(SharesOrder, WriterThatReadsAgainItself_IsNotPredicted) {
  const core::LockId lock = create("lock", Readers::after_writers);
  read_both(1, lock, lock);
  write(1, lock);
  end_write(1, lock);
  EXPECT_EQ(predicted(), 0U);
}

TEST_F(SharesOrder, ReadAndWriteInOppositeOrders_ArePredicted) {
  const core::LockId a = create("a", Readers::first);
  const core::LockId b = create("b", Readers::first);
  read(1, a);
  write(1, b);
  end_write(1, b);
  end_read(1, a);
  EXPECT_EQ(predicted(), 0U);
  read(2, b);
  write(2, a);
  end_write(2, a);
  end_read(2, b);
  EXPECT_EQ(predicted(), 1U);
}

TEST_F(SharesOrder, ReadsInOppositeOrders_AreNoneWithoutWritersThatComeFirst) {
  const core::LockId a = create("a", Readers::after_writers);
  const core::LockId b = create("b", Readers::after_writers);
  read_both(0, a, b);
  read_both(1, b, a);
  EXPECT_EQ(predicted(), 0U);
  write(2, a);
  end_write(2, a);
  EXPECT_EQ(predicted(), 0U) << "one of the rounds is open";
  write(3, b);
  end_write(3, b);
  ASSERT_EQ(predicted(), 1U);
  EXPECT_EQ(watch_.predictions().deadlocks[0].waits.size(), 4U);
}

TEST_F(SharesOrder, SharesOfOneLockAreNoGate_AndAShareAgainstAWriterIsOne) {
  const core::LockId gate = create("gate", Readers::first);
  const core::LockId a = create("a", Readers::first);
  const core::LockId b = create("b", Readers::first);
  const auto nested = [&](core::TaskId task, core::LockId outer, core::LockId inner) {
    write(task, outer);
    write(task, inner);
    end_write(task, inner);
    end_write(task, outer);
  };
  read(0, gate);
  nested(0, a, b);
  end_read(0, gate);
  write(1, gate);
  nested(1, b, a);
  end_write(1, gate);
  EXPECT_EQ(predicted(), 0U);
  read(2, gate);
  nested(2, b, a);
  end_read(2, gate);
  EXPECT_EQ(predicted(), 1U);
}

}  // namespace
}  // namespace zoneknot::lockcheck
