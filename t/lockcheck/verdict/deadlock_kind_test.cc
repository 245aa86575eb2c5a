#include "lockcheck/verdict/deadlock_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zoneknot::lockcheck {
namespace {

using ::testing::SizeIs;

LinkInVerdict link(const std::string& task, const std::string& owned_at, const std::string& asked_at) {
  return {.task = task, .owns = "zone of " + task, .owns_site = owned_at, .waits_for = "zone", .waits_site = asked_at};
}

TEST(DeadlockKind, IsOfThePlacesAlone) {
  const DeadlockKind two = kind_of({link("a", "x.cc:1", "x.cc:2"), link("b", "x.cc:1", "x.cc:2")});
  const DeadlockKind three =
      kind_of({link("c", "x.cc:1", "x.cc:2"), link("d", "x.cc:1", "x.cc:2"), link("e", "x.cc:1", "x.cc:2")});
  EXPECT_EQ(two, three);
  EXPECT_NE(two, kind_of({link("a", "x.cc:1", "x.cc:2"), link("b", "x.cc:1", "x.cc:3")}));
  EXPECT_NE(two, kind_of({link("a", "x.cc:7", "x.cc:2"), link("b", "x.cc:7", "x.cc:2")}));
}

TEST(DeadlockKind, WhereASignalCouldComeFrom_DoesNotCount) {
  LinkInVerdict predicted = link("a", "x.cc:1", "x.cc:2");
  predicted.owns = std::string(kSignalOf) + "condition variable 'ready'";
  LinkInVerdict hangs = link("a", "", "x.cc:2");
  hangs.owns.clear();
  EXPECT_EQ(kind_of({predicted}), kind_of({hangs}));
}

TEST(DeadlockKind, HangsOfOneKind_AreCountedTogether) {
  std::vector<HangInVerdict> hangs;
  add_hang({link("a", "x.cc:1", "x.cc:2"), link("b", "x.cc:1", "x.cc:2")}, hangs);
  add_hang({link("c", "x.cc:1", "x.cc:2"), link("a", "x.cc:1", "x.cc:2")}, hangs);
  add_hang({link("a", "x.cc:1", "x.cc:2"), link("b", "x.cc:1", "x.cc:3")}, hangs);
  ASSERT_THAT(hangs, SizeIs(2));
  EXPECT_EQ(hangs[0].executions, 2U);
  EXPECT_EQ(hangs[0].links[0].task, "a");
  EXPECT_EQ(hangs[1].executions, 1U);
}

TEST(DeadlockKind, AHangIsPredicted_IfAPredictionIsOfItsKind) {
  Verdict verdict;
  add_hang({link("a", "x.cc:1", "x.cc:2"), link("b", "x.cc:1", "x.cc:2")}, verdict.hangs);
  add_hang({link("a", "x.cc:1", "x.cc:3"), link("b", "x.cc:1", "x.cc:3")}, verdict.hangs);
  verdict.predictions.push_back({.links = {link("c", "x.cc:1", "x.cc:2"), link("d", "x.cc:1", "x.cc:2")}});
  compare_hangs_with_predictions(verdict);
  EXPECT_TRUE(verdict.hangs[0].predicted);
  EXPECT_FALSE(verdict.hangs[1].predicted);
}

TEST(DeadlockKind, OneConfirmedPrediction_ConfirmsItsKind) {
  Verdict verdict;
  for (const char* status : {"possible", "confirmed", "refuted"}) {
    verdict.predictions.push_back({.status = status, .links = {link("a", "x.cc:1", "x.cc:2")}});
  }
  verdict.predictions.push_back({.status = "refuted", .links = {link("a", "x.cc:1", "x.cc:3")}});
  verdict.predictions.push_back({.status = "sound", .links = {link("a", "x.cc:1", "x.cc:4")}});
  const DeadlockKinds kinds = count_kinds(verdict);
  EXPECT_EQ(kinds.confirmed, 1U);
  EXPECT_EQ(kinds.refuted, 1U);
  EXPECT_EQ(kinds.open, 1U);
}

TEST(DeadlockKind, AHangOnALockThatWasLeftBehind_IsCountedApart) {
  Verdict verdict;
  LinkInVerdict ended = link("gone", "x.cc:1", "");
  ended.waits_for.clear();
  add_hang({link("a", "", "x.cc:2"), ended}, verdict.hangs);
  EXPECT_EQ(count_kinds(verdict).hangs, 0U);
  EXPECT_EQ(count_kinds(verdict).on_left_locks, 1U);
}

}  // namespace
}  // namespace zoneknot::lockcheck
