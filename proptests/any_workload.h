// Random workloads for the simulator: a few jobs on a few small zones, any set of fixes, any schedule. What RapidCheck
// makes and shrinks is plain data.
#pragma once

#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "core/fix_set.h"
#include "core/job_spec.h"
#include "core/workload/start_rules.h"
#include "core/workload/workload.h"
#include "device/model/zone_model.h"
#include "sim/search/explorer.h"
#include "sim/world/sim_world.h"

namespace zoneknot::proptests {

inline constexpr std::uint32_t kBlock = 16384;
inline constexpr std::uint64_t kZone = 4 * kBlock;

struct AnyWorkload {
  std::vector<core::JobSpec> jobs;
  device::DeviceConfig device;
  core::FixSet fixes = core::FixSet::none();
  bool draws_are_choices = false;
  std::uint64_t schedule_seed = 0;
};

inline void showValue(const AnyWorkload& workload, std::ostream& out) {
  out << "\n  fixes " << workload.fixes.to_string() << ", device " << workload.device.to_string() << ", schedule "
      << workload.schedule_seed << (workload.draws_are_choices ? ", draws are choices" : "");
  for (const core::JobSpec& job : workload.jobs) out << "\n  job " << core::canonical_text(job);
}

inline rc::Gen<core::FixSet> any_fixes() {
  using enum core::Fix;
  static constexpr std::array kFixes = {adjust_trylock,      swd_skip,         reset_one_zone, zone_lock,
                                        cleanup_aio,         quiesce_all,      find_lock,      file_reset_quiesce,
                                        accept_conventional, replay_order_wrap};
  return rc::gen::map(rc::gen::inRange(0U, 1U << kFixes.size()), [](unsigned bits) {
    core::FixSet fixes = core::FixSet::none();
    for (unsigned i = 0; i < kFixes.size(); ++i) {
      if ((bits >> i & 1U) != 0) fixes = fixes.with(kFixes.at(i));
    }
    return fixes;
  });
}

// Without trims, which abort the historic program on a zone with data.
inline core::JobSpec any_job(std::uint32_t zones, std::uint32_t max_open_zones) {
  core::JobSpec job;
  job.name = "job";
  job.filename = "disk";
  job.engine = *rc::gen::element(core::EngineKind::libaio, core::EngineKind::io_uring, core::EngineKind::psync);
  job.random = *rc::gen::arbitrary<bool>();
  job.writes = *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
  job.reads = !job.writes || *rc::gen::weightedElement<bool>({{1, true}, {2, false}});
  job.min_bs = job.max_bs = {kBlock, kBlock, kBlock};
  job.size = zones * kZone;
  job.io_size = *rc::gen::inRange<std::uint64_t>(1, 13) * kBlock;
  job.loops = *rc::gen::inRange(1U, 3U);
  job.iodepth = *rc::gen::inRange(1U, 5U);
  job.batch = *rc::gen::inRange(1U, job.iodepth + 1);
  job.complete_min = *rc::gen::inRange(0U, job.iodepth + 1);
  job.complete_max = *rc::gen::inRange(std::max(job.complete_min, 1U), job.iodepth + 1);
  job.iodepth_low = *rc::gen::inRange(1U, job.iodepth + 1);
  job.random_map = *rc::gen::arbitrary<bool>();
  job.randseed = *rc::gen::inRange<std::uint64_t>(0, 1000);
  job.max_open_zones = max_open_zones;
  job.read_beyond_wp = *rc::gen::weightedElement<bool>({{1, true}, {3, false}});
  job.fsync = *rc::gen::inRange(0U, 3U);
  return job;
}

inline rc::Gen<AnyWorkload> any_workload() {
  const auto workload = rc::gen::exec([] {
    AnyWorkload made;
    made.device.zone_size = kZone;
    made.device.zone_capacity = *rc::gen::inRange<std::uint64_t>(1, 5) * kBlock;
    made.device.zones = *rc::gen::inRange(2U, 6U);
    made.device.conventional = *rc::gen::weightedElement<std::uint32_t>({{4, 0}, {1, 1}});
    made.device.prefilled = *rc::gen::weightedElement<bool>({{1, true}, {4, false}});
    made.fixes = *any_fixes();
    made.draws_are_choices = *rc::gen::arbitrary<bool>();
    made.schedule_seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto max_open_zones = *rc::gen::inRange(0U, made.device.zones + 1);
    for (auto jobs = *rc::gen::inRange(1U, 4U); jobs > 0; --jobs) {
      made.jobs.push_back(any_job(made.device.zones, max_open_zones));
      made.jobs.back().clone = jobs;
    }
    return made;
  });
  return rc::gen::resize(rc::kNominalSize, workload);
}

// A simulation that runs one workload, once or again.
class WorkloadBench {
 public:
  explicit WorkloadBench(const AnyWorkload& workload)
      : workload_(workload),
        world_(simulation, {.device = workload.device, .draws_are_choices = workload.draws_are_choices}) {
    const device::ZoneModel model(workload.device);
    for (const core::JobSpec& job : workload.jobs) {
      const auto error = core::check_job(job, model.geometry(), model.report());
      RC_PRE(!error && !core::refused_at_start(job, workload.jobs, model.geometry(), workload.fixes));
    }
  }

  // `at_end` sees the workload of an execution that comes to an end.
  [[nodiscard]] sim::Program program(std::function<void(const core::Workload&)> at_end = {}) {
    return [this, at_end = std::move(at_end)](sim::Simulation&) {
      world_.begin_execution();
      core::Workload running(world_, workload_.jobs, workload_.fixes);
      current = &running;
      running.run();
      current = nullptr;
      if (at_end) at_end(running);
    };
  }

  sim::Simulation simulation;
  const core::Workload* current = nullptr;  // between the first step of the jobs and the last

 private:
  const AnyWorkload& workload_;
  sim::SimWorld world_;
};

}  // namespace zoneknot::proptests
