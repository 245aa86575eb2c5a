// What is found beside hangs and broken rules: assertions that fail, jobs that end too early. Each has a witness that
// replays with the same word, and shrinks with it.
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Endings : public CommandTest {
 protected:
  // The word of a check with few executions, of its replay, and of the replay of the shrunk witness.
  void expect_word(const std::string& word, const std::string& job, const std::string& fixes) const {
    const std::string path = write("job.fio", job);
    const Ended found = zoneknot({"check", path, "--fixes=" + fixes, "--executions=40", "-o", "found.json"});
    EXPECT_EQ(found.code, 1) << found.err;
    EXPECT_THAT(found.out, StartsWith(word + ": "));
    const Ended replayed = zoneknot({"replay", "found.json"});
    EXPECT_EQ(replayed.code, 1) << replayed.err;
    EXPECT_THAT(replayed.out, StartsWith(word + ": "));
    const Ended shrunk = zoneknot({"shrink", "found.json", "-o", "small.json", "--executions=20"});
    EXPECT_EQ(shrunk.code, 1) << shrunk.err;
    EXPECT_THAT(zoneknot({"replay", "small.json"}).out, StartsWith(word + ": "));
    const Ended cells = zoneknot({"matrix", path, "--fixes=" + fixes, "--witnesses=cells", "--executions=20"});
    EXPECT_THAT(cells.out, HasSubstr(word));
    EXPECT_THAT(zoneknot({"replay", "cells/job.fio--" + fixes + ".json"}).out, StartsWith(word + ": "));
  }

  static std::string job(const std::string& options) {
    return "[a]\nfilename=sim\nzonemode=zbd\nioengine=libaio\nbs=16k\n" + options;
  }
};

TEST_F(Endings, MixedJobOnEmptyZonesThatDrawsARead_EndsEarly) {
  expect_word("EARLY", job("rw=randrw\nsize=1M\n"), "series");
}

TEST_F(Endings, ZoneThatIsResetWhileItsDataIsToBeVerified_Aborts) {
  expect_word(
      "ABORT",
      job("rw=randwrite\nverify=crc32c\nnorandommap=1\nsize=1M\nzone_reset_threshold=0.01\nzone_reset_frequency=1\n"),
      "series");
}

TEST_F(Endings, JobThatEndsEarly_SaysWhatItWasTold) {
  const Ended found = zoneknot(
      {"check", write("job.fio", job("rw=randrw\nsize=1M\n")), "--fixes=series", "--executions=40", "--format=json"});
  EXPECT_EQ(text_field(found.out, "end"), "early");
  EXPECT_THAT(found.out, HasSubstr("\"bytes_told\": 1048576"));
  EXPECT_THAT(text_field(found.out, "what"), StartsWith("ended without an error after "));
}

TEST_F(Endings, ReaderThatHasReadAllThereIs_HasNotEndedEarly) {
  const Ended read = zoneknot({"check", write("job.fio", job("rw=read\n")), "--fixes=series",
                               "--device=sim:zones=4,size=64k,filled=0-0", "--executions=20"});
  EXPECT_EQ(read.code, 0) << read.err << read.out;
}

TEST_F(Endings, TimeBasedJobWithPauses_EndsInTime) {
  const std::string text = job("rw=randwrite\ntime_based\nruntime=2\nthinktime=300000\n");
  const Ended ended = zoneknot({"check", write("job.fio", text), "--fixes=series", "--executions=20"});
  EXPECT_EQ(ended.code, 0) << ended.out;
}

}  // namespace
}  // namespace zoneknot::tools
