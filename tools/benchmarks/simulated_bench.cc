// What the whole core costs under the simulator: executions of the bounded main job, and I/Os of long runs.

#include "core/workload/workload.h"
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
BENCHMARK_CAPTURE(random_walk_two_jobs, fio_3_33, "fio-3.33");
BENCHMARK_CAPTURE(random_walk_two_jobs, fio_newest, "fio-newest");

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
// The bare zone model: zones are written full block by block, and reset.
void model_commands(benchmark::State& state, device::DialectName dialect) {
  constexpr std::uint64_t kBlock = 4096;
  device::DeviceConfig config;
  config.dialect = dialect;
  config.max_open = 8;
  device::ZoneModel model(config);
  std::uint64_t at = 0;
  for (auto _ : state) {
    if (model.apply(core::Direction::write, at, kBlock).error != 0) return state.SkipWithError("a write fails");
    at += kBlock;
    if (at % config.zone_size != 0) continue;
    if (at == config.zone_size * config.zones) {
      model.reset_all();
      at = 0;
    }
  }
  state.counters["commands"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(model_commands, zns, device::DialectName::zns);
BENCHMARK_CAPTURE(model_commands, null_blk, device::DialectName::null_blk);

// A restart of a device of 100,000 zones of which a hundred were written, and a report of all.
void many_zones_restart(benchmark::State& state) {
  device::DeviceConfig config;
  config.zones = 100'000;
  device::ZoneModel model(config);
  for (auto _ : state) {
    for (std::uint64_t zone = 0; zone < 100; ++zone) {
      benchmark::DoNotOptimize(model.apply(core::Direction::write, zone * 997 * config.zone_size, 4096));
    }
    model.reset_device();
  }
}
BENCHMARK(many_zones_restart);

// What tells such a state from every other one.
void many_zones_snapshot(benchmark::State& state) {
  struct Sum final : core::StateSink {
    std::uint64_t sum = 0;
    void add(std::uint64_t value) override { sum += value; }
  } sum;
  device::DeviceConfig config;
  config.zones = 100'000;
  device::ZoneModel model(config);
  for (std::uint64_t zone = 0; zone < 100; ++zone) {
    if (model.apply(core::Direction::write, zone * 997 * config.zone_size, 4096).error != 0) {
      return state.SkipWithError("a write fails");
    }
  }
  for (auto _ : state) model.describe(sum);
  benchmark::DoNotOptimize(sum.sum);
}
BENCHMARK(many_zones_snapshot);

void many_zones_report(benchmark::State& state) {
  device::DeviceConfig config;
  config.zones = 100'000;
  const device::ZoneModel model(config);
  for (auto _ : state) benchmark::DoNotOptimize(model.report());
}
BENCHMARK(many_zones_report);

BENCHMARK_CAPTURE(simulated_ios, psync, core::EngineKind::psync, 1);
BENCHMARK_CAPTURE(simulated_ios, libaio_32, core::EngineKind::libaio, 32);

}  // namespace
}  // namespace zoneknot::tools
