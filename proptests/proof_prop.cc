// What is proved never hangs: random job files, proved on the one side, searched with strategies, devices and faults on
// the other. ZONEKNOT_PROOF_CASES times as many cases are tried, each with so many times the executions.
#include <algorithm>
#include <cstdlib>

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

struct AnyJobFile {
  std::string text;
  std::string fixes;
  std::string device;
  std::string faults;
};

void showValue(const AnyJobFile& file, std::ostream& out) {
  out << "\n--fixes=" << file.fixes << " --device=" << file.device << "\n" << file.text << file.faults;
}

std::string one_of(const std::vector<std::string>& texts) { return *rc::gen::elementOf(texts); }

// What decides about locks and waits in ways that few jobs have.
std::string any_rare_option() {
  return one_of({"percentage_random=50\n",
                 "rwmixread=90\n",
                 "job_max_open_zones=1\n",
                 "read_beyond_wp=1\n",
                 "write_zone_remainder=1\n",
                 "recover_zbd_write_error=1\n",
                 "io_submit_mode=offload\n",
                 "io_submit_mode=offload\nserialize_overlap=1\n",
                 "fdatasync=2\n",
                 "verify=crc32c\nverify_backlog=2\n",
                 "verify=crc32c\nverify_async=2\n",
                 "flow=1\nflow_sleep=10\n",
                 "rate_iops=1000\n",
                 "latency_target=1ms\nlatency_window=10ms\n",
                 "exitall=1\n",
                 "iodepth_batch_complete_min=0\n",
                 "iodepth_low=1\n",
                 "thinktime=1ms\nthinktime_blocks=2\n",
                 "offset_increment=2z\n",
                 "zonecapacity=48k\n",
                 "time_based\nruntime=1\n",
                 "continue_on_error=write\n",
                 "loops=3\n",
                 "randrepeat=0\n"});
}

std::string any_section(const std::string& name) {
  std::string text = "[" + name + "]\n";
  text += "rw=" +
          one_of({"write", "randwrite", "randwrite", "rw", "randrw", "read", "randread", "trim", "trimwrite",
                  "randwrite:2", "write:16k"}) +
          "\n";
  text += one_of(
      {"bs=16k\n", "bs=16k\n", "bs=32k\n", "bs=64k\n", "bsrange=16k-32k\n", "bs=16k,32k\n", "bssplit=16k/60:32k/40\n"});
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) text += any_rare_option();
  text += one_of({"", "norandommap=1\n", "norandommap=1\n", "time_based\nruntime=1\n"});
  text += one_of({"size=2z\n", "size=3z\n", "size=4z\n", "size=6z\n", "size=4z\noffset=1z\n", "offset=3z\n"});
  text += one_of({"", "io_size=8z\n", "number_ios=40\n", "loops=2\n"});
  text += one_of({"iodepth=1\n", "iodepth=2\n", "iodepth=3\n", "iodepth=4\n", "iodepth=4\niodepth_batch=2\n"});
  text += one_of({"", "", "", "verify=crc32c\n", "fsync=2\n", "end_fsync=1\n", "zoneskip=1z\n", "thinktime=1ms\n"});
  return text;
}

rc::Gen<AnyJobFile> any_job_file() {
  return rc::gen::exec([] {
    AnyJobFile file;
    file.text = "[global]\nfilename=disk\nzonemode=zbd\nzonesize=64k\ndirect=1\n";
    file.text += "ioengine=" + one_of({"libaio", "libaio", "io_uring", "psync"}) + "\n";
    file.text += "max_open_zones=" + one_of({"0", "1", "2", "2", "3"}) + "\n";
    file.text += "numjobs=" + one_of({"2", "3", "4"}) + "\n";
    file.text += one_of({"", "", "zone_reset_threshold=0.5\nzone_reset_frequency=0.5\n", "continue_on_error=all\n"});
    file.text += any_section("first");
    if (*rc::gen::inRange(0, 3) == 0) file.text += any_section("second");
    file.fixes = one_of({"series", "series", "series,+find-zone-trylock", "series,-quiesce-all", "series,-cleanup-aio",
                         "series,-zone-lock", "series,+find-zone-trylock,+file-reset-quiesce,+accept-conventional",
                         "fio-3.20", "fio-3.27", "fio-3.33", "fio-3.34", "fio-newest", "fio-newest", "fio-newest"});
    file.device = one_of({"sim", "sim", "sim:conventional=1", "sim:conventional=2", "sim:max-active=1",
                          "sim:max-open=2", "sim:zones=32", "sim:filled=0-1,half=2", "sim:max-open=2,close=never"});
    if (*rc::gen::inRange(0, 3) == 0) {
      file.faults = "[[fault]]\non = \"" + one_of({"write", "read", "reset"}) +
                    "\"\nerror = \"EIO\"\nprobability = " + one_of({"0.1", "0.5"}) + "\n";
    }
    return file;
  });
}

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

tl::expected<Instance, tools::InputError> instance_of(const AnyJobFile& file, const std::string& bound = {}) {
  const std::string faults_path = file.faults.empty() ? "" : "faults.toml";
  return tools::make_instance({.job_path = "any.fio",
                               .faults_path = faults_path,
                               .fixes = file.fixes,
                               .device = file.device,
                               .bound = bound,
                               .environment = {{}}},
                              file.text, file.faults);
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
