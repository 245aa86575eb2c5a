// What several runs of one program predict together.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {
namespace {

constexpr core::TaskId kMain = 0;
constexpr core::TaskId kFirst = 1;
constexpr core::TaskId kSecond = 2;

// Runs of a program with a few locks, in which main forks two tasks.
class Runs {
 public:
  explicit Runs(OrderChecks checks) : watch_(Threads::one, checks) {}

  void begin(const std::vector<std::string>& locks) {
    watch_.reset();
    watch_.task_started(kMain, "main");
    for (const std::string& name : locks) {
      names_.push_back(name);  // the watch keeps a view
      watch_.lock_created(static_cast<core::LockId>(watch_.lock_count()), {.lock_class = names_.back()});
    }
  }
  void fork(core::TaskId task) {
    watch_.task_started(task, "task " + std::to_string(task));
    watch_.task_forked(kMain, task, core::Site::current());
  }
  void fork_both() {
    fork(kFirst);
    fork(kSecond);
  }
  void join(core::TaskId task) {
    watch_.task_ended(task, core::Site::current());
    watch_.task_joined(kMain, task, core::Site::current());
  }
  void take_both(core::TaskId task, core::LockId outer, core::LockId inner, core::Site site = core::Site::current()) {
    for (const core::LockId lock : {outer, inner}) {
      watch_.lock_requested(task, lock, site);
      watch_.lock_acquired(task, lock, site);
    }
    for (const core::LockId lock : {inner, outer}) (void)watch_.lock_released(task, lock, site);
  }
  [[nodiscard]] std::size_t predicted() const { return watch_.predictions().deadlocks.size(); }

 private:
  LockWatch watch_;
  std::deque<std::string> names_;
};

TEST(OrderOverRuns, OneOrderInEachOfTwoRuns_IsADeadlockOfBoth) {
  Runs runs(OrderChecks::over_runs);
  runs.begin({"a", "b"});
  runs.fork_both();
  runs.take_both(kFirst, 0, 1);
  EXPECT_EQ(runs.predicted(), 0U);
  runs.begin({"a", "b"});
  runs.fork_both();
  runs.take_both(kSecond, 1, 0);
  EXPECT_EQ(runs.predicted(), 1U);
}

TEST(OrderOverRuns, OtherwiseEachRunStandsForItself) {
  Runs runs(OrderChecks::on);
  runs.begin({"a", "b"});
  runs.fork_both();
  runs.take_both(kFirst, 0, 1);
  runs.begin({"a", "b"});
  runs.fork_both();
  runs.take_both(kSecond, 1, 0);
  EXPECT_EQ(runs.predicted(), 0U);
}

TEST(OrderOverRuns, ALockOfAnotherNameWithTheSameNumber_IsAnotherLock) {
  Runs runs(OrderChecks::over_runs);
  runs.begin({"a", "b"});
  runs.fork_both();
  runs.take_both(kFirst, 0, 1);
  runs.begin({"a", "c"});
  runs.fork_both();
  runs.take_both(kSecond, 1, 0);
  EXPECT_EQ(runs.predicted(), 0U);
}

TEST(OrderOverRuns, WhatAJoinKeepsApartInOneRun_ItKeepsApartBetweenRuns) {
  Runs runs(OrderChecks::over_runs);
  for (const bool first : {true, false}) {
    runs.begin({"a", "b"});
    runs.fork(kFirst);
    if (first) runs.take_both(kFirst, 0, 1);
    runs.join(kFirst);
    runs.fork(kSecond);
    if (!first) runs.take_both(kSecond, 1, 0);
  }
  EXPECT_EQ(runs.predicted(), 0U);
}

TEST(OrderOverRuns, WhatComesBeforeAFork_ComesBeforeItInEveryRun) {
  Runs runs(OrderChecks::over_runs);
  runs.begin({"a", "b"});
  runs.fork(kFirst);
  runs.take_both(kFirst, 0, 1);
  runs.begin({"a", "b"});
  runs.take_both(kMain, 1, 0);
  runs.fork(kFirst);
  EXPECT_EQ(runs.predicted(), 0U);
  runs.take_both(kMain, 1, 0);
  EXPECT_EQ(runs.predicted(), 1U);
}

TEST(OrderOverRuns, TheSameLocksAtOtherPlaces_AreAnotherDeadlock) {
  Runs runs(OrderChecks::over_runs);
  for (const core::Site site : {core::Site::current(), core::Site::current()}) {
    runs.begin({"a", "b"});
    runs.fork_both();
    runs.take_both(kFirst, 0, 1, site);
    runs.take_both(kSecond, 1, 0, site);
  }
  EXPECT_EQ(runs.predicted(), 1U);
  runs.take_both(kFirst, 0, 1);
  EXPECT_EQ(runs.predicted(), 2U);
}

}  // namespace
}  // namespace zoneknot::lockcheck
