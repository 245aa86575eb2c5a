// Programs of a few lines in the most general environment: what is found broken, and that loops close.

#include "sim/proof/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/shared.h"

namespace zoneknot::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

core::LockInfo zone(std::uint64_t index, core::LockKind kind = core::LockKind::recursive) {
  return {.lock_class = "zone", .kind = kind, .group = 0, .order_key = index, .role = core::LockRole::zone};
}

constexpr core::LockInfo kTable = {
    .lock_class = "M", .kind = core::LockKind::recursive, .role = core::LockRole::device_table};

ProofSearchResult proof_of(const ProofRuntime::Program& program, const ProofLimits& limits = {}) {
  return search_proof(program, 0, limits);
}

std::vector<std::string> broken(const ProofSearchResult& result) {
  std::vector<std::string> rules;
  for (const ProofBreak& found : result.findings.breaks) rules.emplace_back(lockcheck::rule_name(found.rule));
  return rules;
}

TEST(ProofSearch, LocksTakenUpward_BreakNothing) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex low(runtime, zone(0));
    core::Mutex high(runtime, zone(1));
    const core::ScopedLock first(low);
    const core::ScopedLock second(high);
  });
  EXPECT_EQ(result.end, ProofEnd::closed);
  EXPECT_THAT(broken(result), IsEmpty());
  EXPECT_EQ(result.findings.chains.size(), 2U);
}

TEST(ProofSearch, LocksTakenDownward_BreakTheOrderAndSayWhatIsOwned) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex low(runtime, zone(0));
    core::Mutex high(runtime, zone(1));
    const core::ScopedLock first(high);
    const core::ScopedLock second(low);
  });
  ASSERT_THAT(broken(result), ElementsAre("g"));
  const ProofBreak& found = result.findings.breaks.front();
  EXPECT_EQ(found.waits_for.name, "zone 0");
  ASSERT_EQ(found.holds.size(), 1U);
  EXPECT_EQ(found.holds.front().lock.name, "zone 1");
  EXPECT_EQ(found.steps.size(), 2U);
}

TEST(ProofSearch, TryLock_IsNoWaitAndMayFail) {
  bool taken = false;
  bool refused = false;
  const auto result = proof_of([&](ProofRuntime& runtime) {
    core::Mutex low(runtime, zone(0));
    core::Mutex high(runtime, zone(1));
    const core::ScopedLock first(high);
    const bool got = low.try_lock();
    (got ? taken : refused) = true;
    if (got) low.unlock();
  });
  EXPECT_THAT(broken(result), IsEmpty());
  EXPECT_TRUE(taken);
  EXPECT_TRUE(refused);
}

TEST(ProofSearch, OwnedRecursiveLock_IsTakenAgainWithoutAWait) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex low(runtime, zone(0));
    core::Mutex high(runtime, zone(1));
    const core::ScopedLock first(low);
    const core::ScopedLock second(high);
    const core::ScopedLock again(low);
  });
  EXPECT_THAT(broken(result), IsEmpty());
}

TEST(ProofSearch, OwnedPlainLock_IsWaitedForInVain) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex lock(runtime, zone(0, core::LockKind::plain));
    lock.lock();
    lock.lock();
    ADD_FAILURE() << "a task that waits for itself goes on";
  });
  EXPECT_THAT(broken(result), ElementsAre("self-wait"));
}

TEST(ProofSearch, ZoneLockWantedByTheOwnerOfM_BreaksRuleF) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex table(runtime, kTable);
    core::Mutex low(runtime, zone(0));
    const core::ScopedLock first(table);
    const core::ScopedLock second(low);
  });
  EXPECT_THAT(broken(result), ElementsAre("f"));
}

TEST(ProofSearch, LockOwnedAtTheEnd_AndStrangersLockReleased_AreFound) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex low(runtime, zone(0));
    core::Mutex high(runtime, zone(1));
    low.lock();
    high.unlock();
  });
  EXPECT_THAT(broken(result), UnorderedElementsAre("e", "d"));
}

TEST(ProofSearch, SleepWithAZone_BreaksRuleF) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex low(runtime, zone(0));
    const core::ScopedLock first(low);
    runtime.await({core::WaitKind::timer, core::kNoId, true}, core::Site::current());
  });
  EXPECT_THAT(broken(result), ElementsAre("f"));
}

TEST(ProofSearch, LoopOverMWhileOwningIt_IsFound) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex table(runtime, kTable);
    const core::ScopedLock first(table);
    const core::Mark begin = runtime.mark();
    while (runtime.choose(2, "again") == 1) runtime.checkpoint(begin, [](core::StateSink&) {});
  });
  EXPECT_EQ(result.end, ProofEnd::closed);
  EXPECT_THAT(broken(result), ElementsAre("M"));
}

TEST(ProofSearch, CellOfAnOwnedLock_KeepsItsValueAndLosesItAfterwards) {
  std::set<std::pair<int, int>> under_the_lock;
  std::set<std::pair<int, int>> over_a_release;
  const auto result = proof_of([&](ProofRuntime& runtime) {
    core::Mutex lock(runtime, zone(0));
    core::Shared<int> cell(
        runtime,
        {.name = "cell", .sharing = core::Sharing::racy, .guard = lock.id(), .values = {.least = 0, .most = 2}});
    lock.lock();
    const int first = cell.read();
    under_the_lock.insert({first, cell.read()});
    lock.unlock();
    over_a_release.insert({first, cell.peek()});
  });
  EXPECT_THAT(broken(result), IsEmpty());
  EXPECT_THAT(under_the_lock, ElementsAre(std::pair(0, 0), std::pair(1, 1), std::pair(2, 2)));
  EXPECT_EQ(over_a_release.size(), 9U);
  EXPECT_THAT(result.findings.loaded.at(0), ElementsAre(0U, 1U, 2U));
}

TEST(ProofSearch, ValueOutsideOfItsRange_AndWriteWithoutTheLock_PreventAProof) {
  const auto write = [](int value, bool locked) {
    return [value, locked](ProofRuntime& runtime) {
      core::Mutex lock(runtime, zone(0));
      core::Shared<int> cell(runtime, {.name = "cell", .guard = lock.id(), .values = {.least = 0, .most = 2}});
      runtime.spawn("job", [&] {
        if (locked) lock.lock();
        cell.write(value);
        if (locked) lock.unlock();
      });
    };
  };
  EXPECT_THAT(broken(proof_of(write(2, true))), IsEmpty());
  EXPECT_THAT(broken(proof_of(write(3, true))), ElementsAre("range"));
  EXPECT_THAT(broken(proof_of(write(2, false))), ElementsAre("guard"));
}

TEST(ProofSearch, EndlessLoop_ClosesWhereItsStateComesBack) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex lock(runtime, zone(0));
    const core::Mark begin = runtime.mark();
    for (std::uint64_t round = 0, total = 0;; round = (round + 1) % 5, ++total) {
      runtime.checkpoint(begin, [&](core::StateSink& sink) {
        sink.add(round);
        sink.count(total);
      });
      const core::ScopedLock taken(lock);
    }
  });
  EXPECT_EQ(result.end, ProofEnd::closed);
  EXPECT_EQ(result.states, 5U);
}

TEST(ProofSearch, LoopThatDoesNotClose_EndsAtTheLimitWithoutAnAnswer) {
  const auto result = proof_of(
      [](ProofRuntime& runtime) {
        const core::Mark begin = runtime.mark();
        for (std::uint64_t round = 0;; ++round) {
          runtime.checkpoint(begin, [&](core::StateSink& sink) { sink.add(round); });
        }
      },
      {.states = 100});
  EXPECT_EQ(result.end, ProofEnd::states);
  EXPECT_GT(result.unvisited, 0U);
}

TEST(ProofSearch, LoopWithoutACheckpoint_IsFound) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex lock(runtime, zone(0));
    for (;;) {
      lock.lock();
      lock.unlock();
    }
  });
  EXPECT_THAT(broken(result), ElementsAre("loop"));
}

TEST(ProofSearch, ConditionVariable_IsNotCoveredByTheTheorem) {
  const auto result = proof_of([](ProofRuntime& runtime) {
    core::Mutex lock(runtime, zone(0));
    const core::ConditionId condition = runtime.create_condition("condition");
    lock.lock();
    (void)runtime.wait(condition, lock.id());
    ADD_FAILURE() << "what is not understood is not gone on from";
  });
  EXPECT_THAT(broken(result), ElementsAre("theorem"));
}

TEST(ProofSearch, ProgramThatDoesNotRepeatItself_IsAnError) {
  std::uint32_t run = 0;
  EXPECT_THROW(proof_of([&run](ProofRuntime& runtime) {
                 ++run;
                 (void)runtime.choose(1 + run, "first");
                 (void)runtime.choose(2, "second");
               }),
               std::logic_error);
}

}  // namespace
}  // namespace zoneknot::sim
