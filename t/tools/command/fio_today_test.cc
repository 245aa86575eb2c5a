// What docs/fio-today.md says is open, asked again: the jobs of that page, under the newest release and the one that
// was run beside it.
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;

class FioToday : public CommandTest {
 protected:
  void expect_open(const std::string& job, const std::string& word) const {
    for (const std::string fixes : {"fio-3.33", "fio-newest"}) {
      const Ended found = zoneknot({"check", job_file(job), "--fixes=" + fixes, "--executions=4", "--max-steps=50000",
                                    "--no-order-check", "-o", "open.json"});
      EXPECT_EQ(found.code, 1) << fixes << found.err;
      EXPECT_THAT(found.out, HasSubstr("\n" + word + ": ")) << fixes;
      EXPECT_THAT(zoneknot({"replay", "open.json"}).out, HasSubstr("\n" + word + ": ")) << fixes;
    }
  }

  // One switch more is enough, and another one is not.
  void expect_closed_by(const std::string& closes, const std::string& does_not, const std::string& job) const {
    for (const std::string& name : {closes, does_not}) {
      const Ended found = zoneknot({"check", job_file(job), "--fixes=fio-newest,+" + name, "--executions=4",
                                    "--max-steps=50000", "--no-order-check"});
      EXPECT_EQ(found.code, name == closes ? 0 : 1) << name << found.out << found.err;
    }
  }
};

TEST_F(FioToday, WritersWithAZoneEach_EndEarly) {
  expect_open("zone-for-each.fio", "EARLY");
  expect_closed_by("opener-slot", "slot-wait", "zone-for-each.fio");
}

TEST_F(FioToday, JobThatPollsAndPauses_NeverEnds) {
  expect_open("polls-and-pauses.fio", "LIVELOCK");
  expect_closed_by("commit-in-reap", "reap-when-done", "polls-and-pauses.fio");
}

}  // namespace
}  // namespace zoneknot::tools
