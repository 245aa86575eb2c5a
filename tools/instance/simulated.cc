#include "tools/instance/simulated.h"

#include <algorithm>

#include "core/workload/job_end.h"
#include "lockcheck/picture/hang_picture.h"
#include "tools/instance/workload_report.h"

namespace zoneknot::tools {
namespace {

sim::WorldConfig world_config(const Instance& instance, sim::TimeOrder order) {
  return {.device = instance.device,
          .faults = instance.faults,
          .draws_are_choices = !instance.seed,
          .fault_seed = instance.seed.value_or(0),
          .moves_data = instance.moves_data(),
          .time_order = order};
}

}  // namespace

SimulatedWorkload::SimulatedWorkload(const Instance& instance, sim::TimeOrder order)
    : instance_(instance),
      world_(simulation_, world_config(instance, order)),
      program_([this](sim::Simulation&) { run_once(); }) {
  for (std::size_t i = 0; i < instance.jobs.size(); ++i) {
    work_.push_back({.job = instance.task_names[i + 1], .ios = 0});
  }
}

sim::Examined SimulatedWorkload::examined() {
  return {.simulation = simulation_,
          .program = program_,
          .identity = instance_.identity(),
          .task_names = instance_.task_names,
          .zones = [this] { return zones_; },
          .work = [this] { return work_; },
          .ends = [this] { return ends_; }};
}

sim::Ending SimulatedWorkload::ending(const sim::Outcome& outcome) const {
  const bool timely = outcome.kind == sim::OutcomeKind::finished && outcome.timely;
  return timely ? sim::worst_of(ends_) : sim::Ending::as_told;
}

void SimulatedWorkload::run_once() {
  world_.begin_execution();
  results_.clear();
  core::Workload workload(world_, instance_.jobs, instance_.fixes);
  workload_ = &workload;
  simulation_.at_hang([this](const lockcheck::StuckCore& stuck) { look_at_hang(stuck); });
  // Left by an exception when the execution is stopped: what was done until then counts.
  const AtEnd at_end(*this);
  ends_.clear();
  workload.run();
  ends_ = job_ends(workload, instance_.task_names);
}

SimulatedWorkload::AtEnd::~AtEnd() {
  of_.count_work();
  if (of_.keep_results_ && of_.results_.empty()) {
    of_.results_ = job_results(*of_.workload_, of_.instance_.task_names);
  }
  of_.workload_ = nullptr;
}

void SimulatedWorkload::count_work() {
  for (std::size_t i = 0; i < work_.size(); ++i) {
    const core::JobContext& job = workload_->job(i);
    lockcheck::WorkInVerdict& work = work_[i];
    const std::uint64_t ios = core::ios_done(job);
    const bool failed = job.error != 0 || job.aborted;
    *work.ios += ios;
    work.failed |= failed;
    if (ios != 0 || failed) continue;
    const core::NoIo why = core::why_no_io(job);
    if (std::ranges::find(work.why_none, why) == work.why_none.end()) work.why_none.push_back(why);
  }
}

// Everything is still as it was when the tasks got stuck.
void SimulatedWorkload::look_at_hang(const lockcheck::StuckCore& stuck) {
  if (keep_results_) results_ = job_results(*workload_, instance_.task_names);
  zones_ = lockcheck::zones_of_hang(simulation_.watch(), stuck, zone_lookup(*workload_));
}

}  // namespace zoneknot::tools
