#include "tools/release/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/fix_table.h"

namespace zoneknot::tools {
namespace {

using core::Fix;
using core::FixSet;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

const auto kNever = [] { return false; };

std::vector<ReleaseRow> rows_between(const std::string& from, const std::string& to) {
  return releases_between(from, to, "--from").value();
}

TEST(History, OneSwitchThatEndsAHang_IsTheSmallestSet) {
  const auto rows = rows_between("3.18", "3.21");
  const auto answer = [](FixSet set) { return std::string(set.has(Fix::zone_lock) ? "CLEAN" : "HANG"); };
  const History history = history_of(rows, answer, kNever);
  EXPECT_THAT(history.answers, ElementsAre("HANG", "CLEAN", "CLEAN"));
  ASSERT_EQ(history.changes.size(), 1U);
  const Change& change = history.changes.front();
  EXPECT_EQ(rows[change.from].label, "fio-3.18, 3.19");
  EXPECT_EQ(rows[change.to].label, "fio-3.20");
  EXPECT_THAT(change.switches, ElementsAre(Fix::zone_lock));
  EXPECT_TRUE(change.smallest);
}

TEST(History, TwoSwitchesThatNeedEachOther_AreFoundAmongMany) {
  const auto answer = [](FixSet set) {
    return std::string(set.has(Fix::find_lock) && set.has(Fix::plain_m) ? "CLEAN" : "HANG");
  };
  const History history = history_of(rows_between("fio-3.19", "fio-3.20"), answer, kNever);
  ASSERT_EQ(history.changes.size(), 1U);
  EXPECT_THAT(history.changes.front().switches, UnorderedElementsAre(Fix::find_lock, Fix::plain_m));
  EXPECT_TRUE(history.changes.front().smallest);
}

// A set that is no program is never asked for, and what a switch replaces goes with it.
TEST(History, OnlyProgramsAreAskedFor) {
  const auto answer = [](FixSet set) {
    EXPECT_EQ(core::contradiction(set), std::nullopt);
    return std::string(set.has(Fix::swd_lock) && set.has(Fix::swd_wp) ? "RULE" : "CLEAN");
  };
  const History history = history_of(rows_between("3.25", "3.26"), answer, kNever);
  ASSERT_EQ(history.changes.size(), 1U);
  // swd-wp needs conv-free.
  EXPECT_THAT(history.changes.front().switches, UnorderedElementsAre(Fix::swd_lock, Fix::swd_wp, Fix::conv_free));
}

TEST(History, EveryChangeIsTold_AlsoThereAndBack) {
  const auto answer = [](FixSet set) {
    return std::string(!set.has(Fix::device_limit) || set.has(Fix::open_retry) ? "CLEAN" : "EARLY");
  };
  const History history = history_of(rows_between("3.18", "newest"), answer, kNever);
  ASSERT_EQ(history.changes.size(), 2U);
  EXPECT_THAT(history.changes[0].switches, ElementsAre(Fix::device_limit));
  EXPECT_THAT(history.changes[1].switches, ElementsAre(Fix::open_retry));
}

TEST(History, ThatIsStopped_HasWhatWasAskedSoFar) {
  int left = 2;
  const History history = history_of(
      rows_between("3.18", "3.24"), [](FixSet) { return std::string("CLEAN"); }, [&] { return left-- == 0; });
  EXPECT_EQ(history.answers.size(), 2U);
}

}  // namespace
}  // namespace zoneknot::tools
