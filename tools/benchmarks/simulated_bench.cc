// What the whole core costs under the simulator: executions of the bounded main job, and I/Os of long runs.

#include "core/workload.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "sim/world/sim_world.h"
#include "tools/benchmarks/random_job.h"
#include "tools/benchmarks/search_batches.h"
#include "tools/instance/instance.h"
#include "tools/instance/simulated.h"

namespace zoneknot::tools {
namespace {

// The instance that docs and tests search to its end, with every fix or as it hung in 2020.
void random_walk_two_jobs(benchmark::State& state, const char* fixes) {
  const auto instance = load_instance({.job_path = ZONEKNOT_JOBS "/two-jobs.fio",
                                       .faults_path = {},
                                       .fixes = fixes,
                                       .device = {},
                                       .bound = "jobs=2,zones=2,depth=2,ios=4,blocks=2",
                                       .seed = {},
                                       .environment = {}});
  if (!instance) return state.SkipWithError(instance.error().to_string().c_str());
  SimulatedWorkload workload(*instance);
  sim::RandomWalk strategy(1);
  search_in_batches(state, workload.simulation(), workload.program(), strategy);
}
BENCHMARK_CAPTURE(random_walk_two_jobs, series, "series");
BENCHMARK_CAPTURE(random_walk_two_jobs, legacy, "legacy");

// One job and its device, an I/O an iteration, without exploration: the task goes on while it can, I/Os end in their
// order.
void simulated_ios(benchmark::State& state, core::EngineKind engine, std::uint32_t iodepth) {
  constexpr benchmark::IterationCount kIos = 200'000;
  const std::vector<core::JobSpec> jobs = {random_job(Rw::randwrite, engine, iodepth, kIos)};
  sim::Simulation simulation;
  sim::SimWorld world(simulation,
                      {.device = device_for(Rw::randwrite), .devices = {}, .faults = {}, .draws_are_choices = false});
  std::uint64_t ios = 0;
  std::uint64_t points = 0;
  const auto program = [&] {
    world.begin_execution();
    core::Workload workload(world, jobs, core::FixSet::series());
    workload.run();
    ios += workload.job(0).stats.of(core::Direction::write).ios;
  };
  while (state.KeepRunningBatch(kIos)) {
    sim::Replay steady{core::Schedule{}};
    (void)steady.begin();
    points += simulation.run(program, steady, {.max_steps = UINT64_MAX}).steps;
  }
  if (ios != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("the job ended early");
  using benchmark::Counter;
  state.counters["ios"] = Counter(static_cast<double>(ios), Counter::kIsRate);
  state.counters["points"] = Counter(static_cast<double>(points), Counter::kIsRate);
}
BENCHMARK_CAPTURE(simulated_ios, psync, core::EngineKind::psync, 1);
BENCHMARK_CAPTURE(simulated_ios, libaio_32, core::EngineKind::libaio, 32);

}  // namespace
}  // namespace zoneknot::tools
