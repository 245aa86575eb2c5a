// `zoneknot check JOB --bound …` of an instance that has too many states.
#include <chrono>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

class BoundedCheck : public CommandTest {};

TEST_F(BoundedCheck, WithoutABudget_EndsAfterAMinute) {
  const std::string job =
      write("job.fio", "[w]\nfilename=${ZONED}\nzonemode=zbd\nioengine=libaio\nrw=randread\nbs=64k\nsize=16z\n");
  const auto begin = std::chrono::steady_clock::now();
  const Ended ended = zoneknot({"check", job, "--bound=zones=2"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(100));
}

}  // namespace
}  // namespace zoneknot::tools
