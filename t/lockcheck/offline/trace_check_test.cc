// What is said of a recorded run: what a LockWatch says that is told of it, and what only its end tells.
#include "lockcheck/offline/trace_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "lockcheck/report/words.h"
#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_reader.h"
#include "lockcheck/trace/trace_writer.h"

namespace zoneknot::lockcheck {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Verdict verdict_of(const std::string& text) {
  std::istringstream in(text);
  TraceNames names;
  TraceCheck check;
  EXPECT_TRUE(read_std(in, names, check).has_value());
  Verdict verdict;
  check.conclude(names, verdict);
  return verdict;
}

// A run that is recorded while `run(observer)` tells of it.
template <class Run>
Verdict verdict_of_recorded(const Run& run) {
  std::stringstream trace;
  TraceWriter writer(trace);
  run(writer);
  writer.close();
  TraceNames names;
  TraceCheck check;
  EXPECT_TRUE(read_trace(trace, names, check).has_value());
  Verdict verdict;
  check.conclude(names, verdict);
  return verdict;
}

TEST(TraceCheck, TasksThatAskForEachOthersLocksAtTheEndAreStuckWhereTheyAsked) {
  const Verdict verdict = verdict_of(
      "T1|req(A)|a.c:1\nT1|acq(A)|a.c:1\nT2|req(B)|b.c:1\nT2|acq(B)|b.c:1\nT1|req(B)|a.c:2\nT2|req(A)|b.c:2\n"
      "T3|r(x)|c.c:1\n");
  EXPECT_EQ(verdict.word, VerdictWord::hang);
  ASSERT_THAT(verdict.scene.tasks, SizeIs(2));
  EXPECT_EQ(awaited_text(verdict.scene.tasks[0].waits_for), "B");
  EXPECT_EQ(verdict.scene.tasks[0].owner.name, "T2");
  EXPECT_EQ(place_text(verdict.scene.tasks[0].place), "a.c:2");
  ASSERT_THAT(verdict.scene.tasks[0].holds, SizeIs(1));
  EXPECT_EQ(place_text(verdict.scene.tasks[0].holds[0].since), "a.c:1");
}

TEST(TraceCheck, ARequestThatWasGivenUpIsWaitedForNoMore) {
  const Verdict verdict = verdict_of(
      "T0|fork(T1)|1\nT1|req(B)|2\nT1|acq(B)|3\nT0|req(A)|4\nT0|acq(A)|5\nT1|req(A)|6\nT1|try(A)|7\nT1|r(x)|8\n"
      "T0|req(B)|9\n");
  EXPECT_EQ(verdict.word, VerdictWord::clean);
  EXPECT_THAT(verdict.order.predictions, IsEmpty());
}

TEST(TraceCheck, ATraceWithNothingToWaitForIsNotCalledClean) {
  EXPECT_EQ(verdict_of("T1|r(x)|1\nT2|w(x)|2\n").word, VerdictWord::incomplete);
}

TEST(TraceCheck, WhoeverGoesOnWithoutTheLockHasGivenItsRequestUp) {
  const Verdict verdict =
      verdict_of("T1|req(B)|1\nT1|acq(B)|1\nT2|req(A)|2\nT2|acq(A)|2\nT1|req(A)|3\nT1|r(x)|4\nT2|req(B)|5\n");
  EXPECT_EQ(verdict.word, VerdictWord::clean);
  EXPECT_THAT(verdict.order.predictions, IsEmpty());
}

TEST(TraceCheck, ALockThatAStrangerGaveBackIsWaitedForByNobody) {
  const Verdict verdict =
      verdict_of("T1|req(A)|1\nT1|acq(A)|1\nT2|rel(A)|2\nT2|req(B)|2\nT2|acq(B)|2\nT2|req(A)|3\nT1|req(B)|4\n");
  EXPECT_EQ(verdict.word, VerdictWord::rule);
}

TEST(TraceCheck, ATraceThatBreaksOffAtAnotherRequestOfOnesOwnLockSaysNothingOfAHang) {
  EXPECT_EQ(verdict_of("T1|req(L)|1\nT1|acq(L)|1\nT1|req(L)|2\n").word, VerdictWord::clean);
}

TEST(TraceCheck, RulesAreThoseOfALockWatch_WithThePlacesOfTheTrace) {
  const core::Place left{.file = "src/cache.c", .line = 7, .function = "evict"};
  const core::Place slept{.file = "src/cache.c", .line = 9, .function = "nap"};
  const Verdict verdict = verdict_of_recorded([&](core::LockObserver& told) {
    told.task_started(0, "worker");
    told.lock_created(0, {.lock_class = "cell", .order_key = 3, .role = core::LockRole::zone});
    told.lock_taken(0, 0, core::Site(left));
    told.wait_began(0, {.kind = core::WaitKind::timer}, core::Site(slept));
    told.wait_ended(0);
    told.task_ended(0, core::Site(slept));
  });
  EXPECT_EQ(verdict.word, VerdictWord::rule);
  ASSERT_THAT(verdict.scene.rules, SizeIs(2));
  EXPECT_EQ(rule_name(verdict.scene.rules[0].rule), "d");
  EXPECT_EQ(place_text(verdict.scene.rules[0].place), "cache.c:7");
  EXPECT_EQ(verdict.scene.rules[0].place.function, "evict");
  EXPECT_EQ(verdict.scene.rules[0].what, "cell 3 acquired here is never released");
  EXPECT_EQ(rule_name(verdict.scene.rules[1].rule), "f");
  EXPECT_EQ(place_text(verdict.scene.rules[1].place), "cache.c:9");
  EXPECT_EQ(verdict.scene.rules[1].task.name, "worker");
}

TEST(TraceCheck, AKeyThatNoZoneHasIsAKeyLikeAnother) {
  const Verdict verdict = verdict_of_recorded([](core::LockObserver& told) {
    told.task_started(0, "task");
    for (core::LockId lock = 0; lock < 2; ++lock) {
      told.lock_created(lock, {.lock_class = "zone", .order_key = UINT64_MAX - lock, .role = core::LockRole::zone});
      told.lock_taken(0, lock, {});
    }
    for (core::LockId lock = 0; lock < 2; ++lock) told.lock_released(0, lock, {});
  });
  ASSERT_THAT(verdict.scene.rules, SizeIs(1));
  EXPECT_EQ(rule_name(verdict.scene.rules[0].rule), "g");
}

TEST(TraceCheck, ALockIsCalledWhatTheTraceCallsIt) {
  const Verdict verdict = verdict_of_recorded([](core::LockObserver& told) {
    told.task_started(0, "task");
    told.lock_created(0, {.lock_class = "inode", .name = "inode of /tmp"});
    told.lock_released(0, 0, {});
  });
  ASSERT_THAT(verdict.scene.rules, SizeIs(1));
  EXPECT_EQ(verdict.scene.rules[0].what, "releases inode of /tmp, which nobody owns");
}

TEST(TraceCheck, AWaitForAConditionVariableNamesTheLockThatWasGivenBackForIt) {
  const Verdict verdict = verdict_of_recorded([](core::LockObserver& told) {
    told.task_started(0, "task");
    told.lock_created(0, {.lock_class = "queue"});
    told.condition_created(0, "changed");
    told.lock_taken(0, 0, {});
    told.condition_entered(0, 0, 0, {});
    told.lock_released(0, 0, {});
    told.wait_began(0, {.kind = core::WaitKind::condition, .object = 0, .can_end = false, .released = 0}, {});
  });
  EXPECT_EQ(verdict.word, VerdictWord::hang);
  ASSERT_THAT(verdict.scene.tasks, SizeIs(1));
  EXPECT_EQ(awaited_text(verdict.scene.tasks[0].waits_for), "condition variable 'changed' (queue released)");
}

TEST(TraceCheck, AUnitOfAPoolThatItsOwnerAsksForAgainBreaksARuleWhateverElseIsChecked) {
  const auto rules_of = [](core::TaskId gives_back) {
    const Verdict verdict = verdict_of_recorded([gives_back](core::LockObserver& told) {
      for (core::TaskId task = 0; task < 2; ++task) told.task_started(task, "task");
      told.semaphore_created(0, "slots", 2);
      for (int i = 0; i < 2; ++i) {
        told.semaphore_requested(0, 0, {});
        told.semaphore_acquired(0, 0, {});
      }
      told.semaphore_released(gives_back, 0, 1, {});
      told.semaphore_released(0, 0, 1, {});
    });
    std::vector<std::string> rules;
    for (const RuleInVerdict& rule : verdict.scene.rules) rules.emplace_back(rule_name(rule.rule));
    return rules;
  };
  EXPECT_THAT(rules_of(0), ElementsAre("pool"));
  EXPECT_THAT(rules_of(1), IsEmpty());
}

}  // namespace
}  // namespace zoneknot::lockcheck
