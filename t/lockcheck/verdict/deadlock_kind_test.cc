#include "lockcheck/verdict/deadlock_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zoneknot::lockcheck {
namespace {

using ::testing::SizeIs;

Place at_line(std::uint32_t number) { return number == 0 ? Place{} : Place{"x.cc", number, "f"}; }

// Lines of one file; 0: none.
LinkInVerdict link(const std::string& task, std::uint32_t owned_at, std::uint32_t asked_at) {
  return {.task = {1, task},
          .owns = {.kind = ResourceType::lock, .name = "zone of " + task},
          .owned_at = at_line(owned_at),
          .waits_for = {.kind = ResourceType::lock, .name = "zone"},
          .asked_at = at_line(asked_at)};
}

TEST(DeadlockKind, IsOfThePlacesAlone) {
  const DeadlockKind two = kind_of({link("a", 1, 2), link("b", 1, 2)});
  const DeadlockKind three = kind_of({link("c", 1, 2), link("d", 1, 2), link("e", 1, 2)});
  EXPECT_EQ(two, three);
  EXPECT_NE(two, kind_of({link("a", 1, 2), link("b", 1, 3)}));
  EXPECT_NE(two, kind_of({link("a", 7, 2), link("b", 7, 2)}));
}

TEST(DeadlockKind, WhereASignalCouldComeFrom_DoesNotCount) {
  LinkInVerdict predicted = link("a", 1, 2);
  predicted.owns = {.kind = ResourceType::condition, .name = "ready"};
  LinkInVerdict hangs = link("a", 0, 2);
  hangs.owns = {};
  EXPECT_EQ(kind_of({predicted}), kind_of({hangs}));
}

TEST(DeadlockKind, HangsOfOneKind_AreCountedTogether) {
  std::vector<HangInVerdict> hangs;
  add_hang({link("a", 1, 2), link("b", 1, 2)}, hangs);
  add_hang({link("c", 1, 2), link("a", 1, 2)}, hangs);
  add_hang({link("a", 1, 2), link("b", 1, 3)}, hangs);
  ASSERT_THAT(hangs, SizeIs(2));
  EXPECT_EQ(hangs[0].executions, 2U);
  EXPECT_EQ(hangs[0].links[0].task.name, "a");
  EXPECT_EQ(hangs[1].executions, 1U);
}

TEST(DeadlockKind, AHangIsPredicted_IfAPredictionIsOfItsKind) {
  Verdict verdict;
  add_hang({link("a", 1, 2), link("b", 1, 2)}, verdict.search.hangs);
  add_hang({link("a", 1, 3), link("b", 1, 3)}, verdict.search.hangs);
  verdict.order.predictions.push_back({.links = {link("c", 1, 2), link("d", 1, 2)}});
  compare_hangs_with_predictions(verdict);
  EXPECT_TRUE(verdict.search.hangs[0].predicted);
  EXPECT_FALSE(verdict.search.hangs[1].predicted);
}

TEST(DeadlockKind, OneConfirmedPrediction_ConfirmsItsKind) {
  Verdict verdict;
  for (const auto status : {PredictionStatus::possible, PredictionStatus::confirmed, PredictionStatus::refuted}) {
    verdict.order.predictions.push_back({.status = status, .links = {link("a", 1, 2)}});
  }
  verdict.order.predictions.push_back({.status = PredictionStatus::refuted, .links = {link("a", 1, 3)}});
  verdict.order.predictions.push_back({.status = PredictionStatus::sound, .links = {link("a", 1, 4)}});
  const DeadlockKinds kinds = count_kinds(verdict);
  EXPECT_EQ(kinds.confirmed, 1U);
  EXPECT_EQ(kinds.refuted, 1U);
  EXPECT_EQ(kinds.open, 1U);
}

TEST(DeadlockKind, AHangOnALockThatWasLeftBehind_IsCountedApart) {
  Verdict verdict;
  LinkInVerdict ended = link("gone", 1, 0);
  ended.waits_for = {};
  add_hang({link("a", 0, 2), ended}, verdict.search.hangs);
  EXPECT_EQ(count_kinds(verdict).hangs, 0U);
  EXPECT_EQ(count_kinds(verdict).on_left_locks, 1U);
}

}  // namespace
}  // namespace zoneknot::lockcheck
