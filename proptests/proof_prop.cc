// What is proved never hangs: random job files, proved on the one side, searched with strategies, devices and faults on
// the other. ZONEKNOT_PROOF_CASES times as many cases are tried, each with so many times the executions.
#include <algorithm>
#include <cstdlib>

#include "proptests/any_job_file.h"
#include "proptests/many_cases.h"
#include "tools/instance/search_verdict.h"
#include "tools/prove/answer.h"

namespace zoneknot::proptests {
namespace {

using lockcheck::VerdictWord;
using tools::Instance;

constexpr double kCases = 0.2;                // of those of other properties
constexpr std::uint64_t kStates = 6'000;      // of one proof
constexpr std::uint64_t kExecutions = 60;     // of one strategy
constexpr std::uint64_t kMostSteps = 50'000;  // scheduling points of one execution

// One of the jobs that hang only beyond small bounds (t/trust/proof-*), with at most one option changed.
rc::Gen<AnyJobFile> near_a_known_hang() {
  return rc::gen::exec([] {
    struct Known {
      std::string fixes, device, rw, io_size;
    };
    const Known known = *rc::gen::elementOf(std::vector<Known>{
        {"series", "sim:conventional=1", "rw=rw\nsize=8z", "io_size=8z"},
        {"series,-quiesce-all", "sim", "rw=randwrite\nnorandommap=1\nsize=4z", ""},
        {"series,-cleanup-aio", "sim:max-active=1", "rw=randwrite\nnorandommap=1\nsize=6z", "io_size=6z"}});
    AnyJobFile file{.fixes = known.fixes, .device = known.device};
    file.text = "[mix]\nfilename=disk\nzonemode=zbd\nioengine=libaio\nzonesize=64k\nbs=16k\niodepth=4\nnumjobs=3\n";
    file.text += known.rw + "\n" + known.io_size + "\n";
    file.text += one_of({"", "", "", "bs=32k\n", "iodepth=3\n", "numjobs=4\n", "size=5z\n", "ioengine=io_uring\n"});
    if (known.fixes == "series,-quiesce-all") {
      file.faults = "[[fault]]\non = \"write\"\nerror = \"EIO\"\nprobability = 0.5\n";
    }
    return file;
  });
}

bool is_proved(const Instance& instance) {
  tools::ProofTask task{.first = {}, .faults = tools::least_faults(instance)};
  if (!instance.faults.faults.empty()) task.faults = sim::ProofFaults::device;
  task.limits.states = kStates;
  const auto answered = tools::answer(instance, task);
  return answered && answered->verdict.word == VerdictWord::proved;
}

bool hangs(const Instance& instance, const std::string& strategy, std::uint64_t executions) {
  sim::SearchPlan plan{.stages = tools::stages_of(strategy, false).value()};
  plan.limits.executions = executions;
  plan.limits.execution.max_steps = kMostSteps;
  plan.order_check = false;
  return tools::search(instance, plan).verdict.word == VerdictWord::hang;
}

std::uint64_t times() {
  const char* const text = std::getenv("ZONEKNOT_PROOF_CASES");  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? 1 : std::max<std::uint64_t>(std::strtoull(text, nullptr, 10), 1);
}

TEST(ProofProperty, WhatIsProvedNeverHangs) {
  expect_in_many_cases(kCases * static_cast<double>(times()), [] {
    const bool near = *rc::gen::inRange(0, 2) == 0;
    const AnyJobFile file = near ? *near_a_known_hang() : *any_job_file();
    const auto instance = instance_of(file);
    RC_PRE(instance.has_value());
    const bool proved = is_proved(*instance);
    RC_CLASSIFY(proved, "proved");
    if (!proved) return;
    for (const std::string strategy : {"portfolio", "random", "pos", "pct:3", "urw", "dfs", "dpor", "preemption"}) {
      RC_ASSERT(!hangs(*instance, strategy, kExecutions * times()));
    }
    const auto small = instance_of(file, "jobs=2,depth=3,zones=3,blocks=1,ios=6");
    if (small) RC_ASSERT(!hangs(*small, "portfolio", kExecutions * times()));
  });
}

}  // namespace
}  // namespace zoneknot::proptests
