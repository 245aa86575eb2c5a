// bisect, fixes and tables of releases, as a user meets them.
#include <filesystem>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Bisect : public CommandTest {
 protected:
  const std::string job_ = job_file("two-jobs.fio");
};

TEST_F(Bisect, HangOfOldReleases_IsEndedByACarefulLock) {
  const Ended ended = zoneknot({"bisect", job_, "--from=3.18", "--to=3.20", "--executions=40", "-o", "found"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("HANG until fio-3.19"));
  EXPECT_THAT(ended.out, HasSubstr("fio-3.19 to fio-3.20: HANG, then "));
  EXPECT_THAT(ended.out, HasSubstr("F3 zone-lock, in convert_to_open_zone: takes its zone locks"));
  EXPECT_THAT(ended.out, HasSubstr("No smaller set of switches does it"));
  const Ended replayed = zoneknot({"replay", path("found.fio-3.18.json")});
  EXPECT_EQ(replayed.code, 1) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("HANG: "));
  EXPECT_FALSE(std::filesystem::exists(path("found.json")));
}

TEST_F(Bisect, RangeWithoutAFinding_EndsWith0) {
  const Ended ended = zoneknot({"bisect", job_, "--from=3.20", "--to=3.20", "--executions=20", "--bound=ios=8"});
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("nothing found from fio-3.20 to fio-3.20"));
}

TEST_F(Bisect, NeverReplacesAFileThatIsNoWitness) {
  write("found.fio-3.18.json", "precious");
  const Ended ended = zoneknot({"bisect", job_, "--to=3.20", "-o", "found.json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(read("found.fio-3.18.json"), "precious");
  std::filesystem::copy_file(job_, path("x.fio-3.18.json"));
  expect_refused({"bisect", "x.fio-3.18.json", "--to=3.20", "-o", "x"}, "--output");
}

TEST_F(Bisect, UnknownRelease_NamesTheNearest) {
  expect_refused({"bisect", job_, "--from=3.77"}, "unknown release 'fio-3.77'");
  expect_refused({"bisect", job_, "--from=3.30", "--to=3.20"}, "fio-3.30 is newer than fio-3.20");
  expect_refused({"matrix", job_, "--releases=3.2-3.20"}, "unknown release 'fio-3.2'");
  expect_refused({"fixes", "fio-9"}, "unknown release 'fio-9'");
}

TEST_F(Bisect, StoppedByTime_SaysSo) {
  const Ended ended = zoneknot({"bisect", job_, "--from=3.20", "--time=0.001s", "--format=json"});
  EXPECT_EQ(ended.code, 3) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("\"stopped\": true"));
}

TEST_F(Bisect, TableOfReleases_HasARowForThoseThatBehaveAlike) {
  const Ended table = zoneknot({"matrix", job_, "--releases=3.18-3.21", "--executions=20"});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("\nfio-3.18, 3.19  HANG"));
  EXPECT_THAT(table.out, HasSubstr("\nfio-3.20"));
  EXPECT_THAT(table.out, Not(HasSubstr("legacy")));
  const Ended json = zoneknot({"matrix", job_, "--releases=3.18", "--executions=5", "--format=json"});
  EXPECT_THAT(json.out, HasSubstr("\"fio-3.18\""));
  const Ended named = zoneknot({"matrix", job_, "--fixes=fio-3.31", "--fixes=fio-3.32", "--executions=5"});
  EXPECT_THAT(named.out, HasSubstr("\nfio-3.31"));
  EXPECT_THAT(named.out, HasSubstr("\nfio-3.32"));
}

// The limit of 2020 is 128, and a limit for the job alone is refused since 3.28.
TEST_F(Bisect, ReleaseThatRefusesTheJob_IsAnAnswerAmongOthers) {
  const std::string text = "[w]\nzonemode=zbd\nzonesize=64k\nrw=write\nsize=2z\n";
  write("alone.fio", text + "job_max_open_zones=1\n");
  write("many.fio", text + "max_open_zones=200\n");
  const Ended table = zoneknot({"matrix", "alone.fio", "many.fio", "--releases=3.19-3.28", "--executions=5"});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("fio-3.19        CLEAN    REFUSED"));
  EXPECT_THAT(table.out, HasSubstr("fio-3.28        REFUSED  CLEAN"));
  EXPECT_THAT(table.out, HasSubstr("alone.fio, fio-3.28: alone.fio:6:20: job_max_open_zones needs max_open_zones\n"));
  const std::string note = "'job_max_open_zones' came with fio 3.20";
  EXPECT_EQ(table.err.find(note), table.err.rfind(note)) << "is said once";
  const Ended bisected = zoneknot({"bisect", "alone.fio", "--from=3.27", "--to=3.28", "--executions=5"});
  EXPECT_EQ(bisected.code, 0) << bisected.err;
  EXPECT_THAT(bisected.out, HasSubstr("nothing found until fio-3.27, REFUSED since fio-3.28"));
  EXPECT_THAT(bisected.out, HasSubstr("G18 track-none"));
  expect_refused({"matrix", "alone.fio", "--fixes=fio-3.33", "--fixes=fio-3.28"}, "needs max_open_zones (fio-3.33)");
  expect_refused({"bisect", "alone.fio", "--from=3.28"}, "needs max_open_zones (fio-3.28)");
  const Ended json = zoneknot({"matrix", "alone.fio", "--releases=3.27-3.28", "--executions=5", "--format=json"});
  EXPECT_THAT(json.out, HasSubstr("\"verdict\": \"REFUSED\""));
  write("table.json", json.out);
  EXPECT_EQ(zoneknot({"matrix", "alone.fio", "--releases=3.27-3.28", "--executions=5", "--expect=table.json"}).code, 0);
}

TEST_F(Bisect, FixesSaysWhatLiesBetweenTwoReleases) {
  const Ended between = zoneknot({"fixes", "fio-3.20", "fio-3.21"});
  EXPECT_EQ(between.code, 0) << between.err;
  EXPECT_THAT(between.out, HasSubstr("limit-in-convert"));
  EXPECT_THAT(between.out, Not(HasSubstr("own-range")));
  const Ended all = zoneknot({"fixes"});
  EXPECT_THAT(all.out, HasSubstr("fio-newest"));
  EXPECT_THAT(all.out, HasSubstr("worker-flag"));
}

}  // namespace
}  // namespace zoneknot::tools
