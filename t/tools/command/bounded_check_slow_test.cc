// `zoneknot check JOB --bound …` of an instance that has too many states.
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::StartsWith;

class BoundedCheck : public CommandTest {};

// After a minute, that is.
TEST_F(BoundedCheck, WithoutABudget_EndsByItself) {
  const std::string job =
      write("job.fio", "[w]\nfilename=${ZONED}\nzonemode=zbd\nioengine=libaio\nrw=randread\nbs=64k\nsize=16z\n");
  const Ended ended = zoneknot({"check", job, "--bound=zones=2"});
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.out, StartsWith("INCOMPLETE")) << ended.out;
}

}  // namespace
}  // namespace zoneknot::tools
