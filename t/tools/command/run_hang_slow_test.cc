// The hang that all this is about, on real threads: the watchdog turns it into a report.
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RunHang : public CommandTest {
 protected:
  [[nodiscard]] Ended stress(const std::string& fixes) const {
    return zoneknot({"run", job_file("zone-lock-stress.fio"), "--fixes=" + fixes, "--device=file:" + path("device"),
                     "--destroy-data", "--watchdog=500ms"});
  }
};

// Which schedule real threads take is chance; that twenty runs all miss a hang which nearly every run has, is not.
TEST_F(RunHang, SixteenRealThreadsBeforeTheSeries_EndInAReportInsteadOfAHang) {
  constexpr int kRuns = 20;
  Ended ended;
  for (int run = 0; run < kRuns && ended.code != 1; ++run) ended = stress("legacy");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("HANG: "));
  EXPECT_THAT(ended.out, HasSubstr("waits for ever for zone "));
  EXPECT_THAT(ended.out, HasSubstr("the knot: "));
  EXPECT_THAT(ended.out, HasSubstr("issued rwts: total=0,")) << "statistics of a run that hung";
}

TEST_F(RunHang, SixteenRealThreadsWithTheSeries_FinishAndPrintStatistics) {
  const Ended ended = stress("series");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("stress: (groupid=0, jobs=16): err= 0"));
  EXPECT_THAT(ended.out, Not(HasSubstr("HANG")));
}

}  // namespace
}  // namespace zoneknot::tools
