// Ctrl-C: every long command stops, says what it knows, and ends with exit code 3. A child that ended before the signal
// reached it would fail the test: the work given to each is far more than anybody waits for.
#include <chrono>
#include <string>
#include <thread>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;

class Interrupt : public CommandTest {
 protected:
  // Lets the command work for a while, once it is ready for a signal, and interrupts it.
  [[nodiscard]] Ended interrupted(const Arguments& arguments) const {
    constexpr int kLooks = 6000;
    constexpr auto kPause = std::chrono::milliseconds(10);
    ChildProcess child = start(arguments);
    for (int look = 0; look < kLooks && !child.catches(SIGINT); ++look) std::this_thread::sleep_for(kPause);
    std::this_thread::sleep_for(30 * kPause);
    child.send(SIGINT);
    return child.wait();
  }

  // Sixteen jobs that write for an hour.
  [[nodiscard]] std::string long_job() const {
    return write("long.fio",
                 "[global]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nmax_open_zones=4\nioengine=libaio\n"
                 "rw=randwrite\nnorandommap=1\nbs=16k\niodepth=4\nsize=8z\ntime_based\nruntime=3600\n"
                 "[long]\nnumjobs=4\n");
  }

  const std::string bounded_ = "--bound=jobs=2,zones=3,depth=2,ios=6,blocks=2";
};

TEST_F(Interrupt, Check_SaysHowFarItCame) {
  const Ended ended = interrupted({"check", job_file("random-map.fio"), "--fixes=series", bounded_});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, HasSubstr("INCOMPLETE: stopped by the user before an answer"));
  EXPECT_THAT(ended.out, HasSubstr(" executions"));
}

TEST_F(Interrupt, RandomWalkOfLongExecutions_SaysHowFarItCame) {
  const Ended ended =
      interrupted({"check", job_file("zone-lock-stress.fio"), "--executions=1000000000", "--max-steps=1000000000000"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("INCOMPLETE: stopped by the user before an answer"));
}

TEST_F(Interrupt, Matrix_ShowsTheCellsThatItHas) {
  const Ended ended =
      interrupted({"matrix", job_file("two-jobs.fio"), job_file("zone-lock-stress.fio"), "--executions=1000000000"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("series,-zone-lock"));
  EXPECT_THAT(ended.out, HasSubstr("INCOMPLETE"));
}

TEST_F(Interrupt, Matrix_HasWrittenTheWitnessOfACellThatIsNotDone) {
  const std::string witness = path("w/two-jobs.fio--none.json");
  {
    const ChildProcess matrix =
        start({"matrix", job_file("two-jobs.fio"), "--fixes=none", "--executions=1000000000", "--witnesses=w"});
    for (int i = 0; i < 600 && !std::filesystem::exists(witness); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }  // killed
  const Ended again = zoneknot({"replay", witness});
  EXPECT_EQ(again.code, 1) << again.err;
  EXPECT_THAT(again.out, HasSubstr("HANG: "));
}

TEST_F(Interrupt, RunOnTheSimulator_PrintsStatistics) {
  const Ended ended = interrupted({"run", long_job()});
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("long.3: (groupid=0, jobs=1): err= 0"));
  EXPECT_THAT(ended.out, HasSubstr("  WRITE: bw="));
}

TEST_F(Interrupt, RunOnAFile_PrintsStatistics) {
  const Ended ended = interrupted({"run", long_job(), "--device=file:" + path("device")});
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("long.3: (groupid=0, jobs=1): err= 0"));
  EXPECT_THAT(ended.out, HasSubstr("  WRITE: bw="));
}

}  // namespace
}  // namespace zoneknot::tools
