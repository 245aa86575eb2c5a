// What docs/fio-today.md says is open, asked again: the jobs of that page, under the newest release, with the switch
// that is to close them, and with one that is not.
#include <sstream>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

struct OpenToday {
  std::string job;
  std::string word;
  std::string closes;  // names of further switches, behind a comma each
  std::string does_not;
  std::string options{};  // besides the job, separated by blanks
};

// "owner-puts" in the name of a test is "owner_puts".
std::string name_of(const ::testing::TestParamInfo<OpenToday>& info) {
  std::string name = info.param.closes.substr(0, info.param.closes.find(','));
  std::ranges::replace(name, '-', '_');
  return name;
}

class FioToday : public CommandTest, public ::testing::WithParamInterface<OpenToday> {
 protected:
  [[nodiscard]] Arguments asked(const std::string& fixes) const {
    const OpenToday& open = GetParam();
    Arguments arguments = {
        "check",           job_file("../today/" + open.job), "--fixes=" + fixes, "--executions=20", "--max-steps=50000",
        "--no-order-check"};
    std::istringstream options(open.options);
    for (std::string option; options >> option;) {
      const std::size_t at = option.find('@');
      arguments.push_back(at == std::string::npos ? option : option.replace(at, 1, job_file("../today/")));
    }
    return arguments;
  }
};

TEST_P(FioToday, IsOpen_AndClosedByOneSwitchAndNotByAnother) {
  const OpenToday& open = GetParam();
  Arguments found = asked("fio-newest");
  found.insert(found.end(), {"-o", "open.json"});
  const Ended ended = zoneknot(found);
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.out, ::testing::StartsWith(open.word + ": "));
  EXPECT_THAT(zoneknot({"replay", "open.json"}).out, ::testing::StartsWith(open.word + ": "));
  const Ended closed = zoneknot(asked("fio-newest,+" + open.closes));
  EXPECT_EQ(closed.code, 0) << closed.out << closed.err;
  EXPECT_EQ(zoneknot(asked("fio-newest,+" + open.does_not)).code, 1) << open.does_not;
}

INSTANTIATE_TEST_SUITE_P(
    Jobs, FioToday,
    ::testing::Values(OpenToday{"../jobs/zone-for-each.fio", "EARLY", "opener-slot", "slot-wait"},
                      OpenToday{"slot-left-behind.fio", "EARLY", "end-delists,+opener-slot", "opener-slot"},
                      OpenToday{"no-slot.fio", "EARLY", "slot-wait", "opener-slot,+end-delists"},
                      OpenToday{"../jobs/polls-and-pauses.fio", "LIVELOCK", "commit-in-reap", "reap-when-done"},
                      OpenToday{"done-in-flight.fio", "HANG", "reap-when-done", "commit-in-reap"},
                      OpenToday{"short-transfers.fio", "HANG", "remainder-at-once", "overlap-quiesces",
                                "--faults=@short-writes.toml"},
                      OpenToday{"overlapping.fio", "RULE", "overlap-quiesces", "remainder-at-once"},
                      OpenToday{"offloaded.fio", "HANG", "owner-puts", "reap-when-done"},
                      OpenToday{"second-round.fio", "ABORT", "round-base", "skip-in-range"},
                      OpenToday{"skips-on.fio", "ABORT", "skip-in-range", "round-base"},
                      OpenToday{"nothing-to-read.fio", "EARLY", "read-to-write", "slot-wait"},
                      OpenToday{"trims-beside-conventional.fio", "ABORT", "trim-sequential", "round-base",
                                "--device=sim:zones=16,conventional=8,filled=12-15"}),
    name_of);

}  // namespace
}  // namespace zoneknot::tools
