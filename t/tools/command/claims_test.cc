// What is certain about the switches, written by hand: the matrix of these jobs may hold surprises anywhere else.
// Taking a careful lock plainly turns one of these red.
#include <algorithm>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Claims : public CommandTest {
 protected:
  // The verdict of a search as long as that of a cell of the matrix, as JSON.
  [[nodiscard]] std::string check(const std::string& job, const std::string& fixes, const Arguments& more = {}) const {
    Arguments arguments = {"check", job_file(job), "--fixes=" + fixes, "--format=json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto sets_executions = [](const std::string& argument) { return argument.starts_with("--executions="); };
    if (std::ranges::none_of(more, sets_executions)) arguments.emplace_back("--executions=200");
    const Ended ended = zoneknot(arguments);
    EXPECT_EQ(ended.err, "");
    EXPECT_EQ(ended.code, text_field(ended.out, "verdict") == "CLEAN" ? 0 : 1) << fixes;
    return ended.out;
  }
  [[nodiscard]] std::string word(const std::string& job, const std::string& fixes, const Arguments& more = {}) const {
    return text_field(check(job, fixes, more), "verdict");
  }

  const Arguments faults_ = {"--faults=" + job_file("half-the-zones-fail.toml")};
};

TEST_F(Claims, TwoJobs_HangBeforeTheSeriesAndNotWithIt) {
  EXPECT_EQ(word("two-jobs.fio", "none"), "HANG");
  EXPECT_EQ(word("two-jobs.fio", "legacy"), "HANG");
  EXPECT_NE(word("two-jobs.fio", "series"), "HANG");
}

TEST_F(Claims, TwoJobs_AreRepairedByTheZoneLockPatchAlone) {
  EXPECT_NE(word("two-jobs.fio", "legacy,+zone-lock"), "HANG");
  EXPECT_EQ(word("two-jobs.fio", "series,-zone-lock"), "HANG");
  EXPECT_EQ(word("two-jobs.fio", "series,-adjust-trylock"), "HANG");
}

// The checker has seen only runs that did not hang.
TEST_F(Claims, EveryKindOfHangOfTwoWriters_IsPredicted) {
  const Ended ended =
      zoneknot({"matrix", job_file("two-jobs.fio"), job_file("random-map.fio"), "--fixes=legacy", "--fixes=none",
                "--fixes=series,-zone-lock", "--fixes=series,-adjust-trylock", "--format=json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"predicted\": true"));
  EXPECT_THAT(ended.out, Not(HasSubstr("\"predicted\": false")));
}

TEST_F(Claims, NothingIsPredictedWhereTheSeriesHasNoHang) {
  for (const char* job : {"two-jobs.fio", "sequential-regions.fio", "small-zones.fio", "verify.fio"}) {
    EXPECT_THAT(check(job, "series", {"--executions=5"}), HasSubstr("\"predictions\": []")) << job;
  }
}

TEST_F(Claims, SixteenJobs_HangBeforeTheSeriesAndNotWithIt) {
  EXPECT_EQ(word("zone-lock-stress.fio", "legacy"), "HANG");
  // Whole executions of this one take long under a sanitizer; the matrix has them.
  EXPECT_NE(word("zone-lock-stress.fio", "series", {"--bound=ios=40", "--strategy=random"}), "HANG");
}

// A writer that takes every lock carefully owns nothing while it waits: its own I/Os were put before. Zones of four
// blocks fill so fast that it meets every lock place of convert_to_open_zone.
TEST_F(Claims, SixteenJobsOnSmallZones_WaitForNoZoneWhileTheyOwnAnother) {
  const Arguments bound = {"--bound=blocks=4,ios=32", "--strategy=random"};
  // Nothing worse: with all zones taken by others a job finds no block, and ends.
  EXPECT_EQ(word("zone-lock-stress.fio", "series", bound), "EARLY");
}

TEST_F(Claims, DeviceErrors_DoNotHangTheSeries) { EXPECT_EQ(word("write-errors.fio", "series", faults_), "CLEAN"); }

TEST_F(Claims, DeviceErrorsWithoutCleanupAio_LeaveIosAndLocksBehind) {
  const std::string verdict = check("write-errors.fio", "series,-cleanup-aio", faults_);
  EXPECT_EQ(text_field(verdict, "verdict"), "HANG");
  EXPECT_THAT(verdict, HasSubstr(R"("rule": "a")"));
  EXPECT_THAT(verdict, HasSubstr(R"("rule": "d")"));
}

TEST_F(Claims, DeviceErrorsWithoutQuiesceAll_Hang) {
  EXPECT_EQ(word("write-errors.fio", "series,-quiesce-all", faults_), "HANG");
}

// What the series leaves open, and the smallest change that closes it: needed, and enough.
TEST_F(Claims, MixedJobs_NeedACarefulFindZoneBesidesTheSeries) {
  EXPECT_EQ(word("mixed.fio", "series,+file-reset-quiesce"), "HANG");
  // A job that draws a read first, of zones that are empty, ends at once.
  EXPECT_EQ(word("mixed.fio", "series,+find-zone-trylock", {"--bound=jobs=3,ios=24", "--strategy=random"}), "EARLY");
}

TEST_F(Claims, MapThatRunsOut_NeedsAFileResetThatReaps) {
  EXPECT_EQ(word("random-map.fio", "series,+find-zone-trylock"), "HANG");
  EXPECT_EQ(word("random-map.fio", "series,+file-reset-quiesce", {"--executions=20"}), "CLEAN");
}

TEST_F(Claims, MixedJobsOnConventionalZones_NeedThemUnlocked) {
  const std::string fixes = "series,+find-zone-trylock,+file-reset-quiesce";
  EXPECT_EQ(word("mixed.fio", fixes, {"--device=sim:conventional=4"}), "HANG");
  EXPECT_EQ(word("mixed.fio", fixes + ",+accept-conventional",
                 {"--device=sim:conventional=4", "--bound=jobs=3,ios=24", "--strategy=random"}),
            "CLEAN");
}

TEST_F(Claims, ReadBackBeyondAZone_NeedsAnOrderThatWraps) {
  EXPECT_EQ(word("read-back.fio", "series"), "RULE");
  EXPECT_EQ(word("read-back.fio", "series,+replay-order-wrap"), "CLEAN");
}

}  // namespace
}  // namespace zoneknot::tools
