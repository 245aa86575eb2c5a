// Why a job did no I/O: what is said of it is true, whatever the reason.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tools/instance/search_verdict.h"

namespace zoneknot::tools {
namespace {

using core::NoIo;
using lockcheck::VerdictWord;
using lockcheck::WorkInVerdict;

struct Idle {
  const char* name;
  std::string sections;
  std::vector<NoIo> why;  // of the last job; empty: it does some
  std::string device{};
  std::uint64_t max_steps = 100'000;
  std::string fixes = "fio-newest";
};

void PrintTo(const Idle& idle, std::ostream* out) { *out << idle.name; }

lockcheck::Verdict searched(const Idle& idle) {
  const std::string text =
      "[global]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nioengine=libaio\nbs=64k\nsize=2M\n" + idle.sections;
  const auto instance = make_instance(
      {.job_path = "idle.fio", .fixes = idle.fixes, .device = idle.device, .environment = {{}}}, text, {});
  EXPECT_TRUE(instance.has_value()) << (instance ? "" : instance.error().message);
  if (!instance) return {};
  sim::SearchPlan plan{.stages = {sim::drawing_stage()}};
  plan.limits.executions = 8;
  plan.limits.execution.max_steps = idle.max_steps;
  return search(*instance, plan).verdict;
}

class NoIoTest : public testing::TestWithParam<Idle> {};

TEST_P(NoIoTest, TheReasonIsTheOneThereWas) {
  const lockcheck::Verdict verdict = searched(GetParam());
  ASSERT_FALSE(verdict.search.work.empty());
  const WorkInVerdict& work = verdict.search.work.back();
  EXPECT_EQ(work.ios == 0, !GetParam().why.empty());
  EXPECT_EQ(work.why_none, GetParam().why);
  if (GetParam().why.empty()) return;
  EXPECT_EQ(verdict.word, VerdictWord::incomplete);
}

const std::string kOther = "[other]\nrw=write\noffset=8M\n";

INSTANTIATE_TEST_SUITE_P(
    Jobs, NoIoTest,
    testing::Values(
        Idle{"StonewallBehindALongJob", kOther + "[idle]\nstonewall\nrw=write\n", {NoIo::not_begun}, "", 200},
        Idle{"WaitForALongJob", kOther + "[idle]\nwait_for=other\nrw=write\n", {NoIo::not_begun}, "", 200},
        Idle{"CutBeforeItsFirst", "[idle]\nrw=write\n", {NoIo::under_way}, "", 8},
        Idle{"CreateOnly", "[idle]\ncreate_only=1\nrw=write\n", {NoIo::create_only}},
        Idle{"ExitallOfAll",
             "[other]\nexitall\nexit_what=all\nrw=write\n[idle]\nstonewall\nrw=write\n",
             {NoIo::ended_by_others}},
        Idle{"ReadsOfEmptyZones", kOther + "[idle]\nrw=randread\n", {NoIo::nothing_to_read}},
        Idle{"TrimsOfEmptyZones", "[idle]\nrw=randtrim\nbs=1M\n", {NoIo::nothing_to_trim}},
        Idle{"BlocksAboveTheCapacity", "[idle]\nrw=write\nbs=768k\nzonecapacity=512k\n", {NoIo::block_too_large}},
        Idle{"ASyncIsNone", "[idle]\nrw=write\nbs=768k\nzonecapacity=512k\nend_fsync=1\n", {NoIo::block_too_large}},
        Idle{"AllInTheRamp", "[some]\nrw=write\nramp_time=1\nthinktime=600ms\nsize=1M\nnumber_ios=3\n", {}}),
    [](const testing::TestParamInfo<Idle>& of) { return of.param.name; });

}  // namespace
}  // namespace zoneknot::tools
