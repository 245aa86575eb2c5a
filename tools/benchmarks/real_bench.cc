// The real runner: one job on threads and real engines against a file that emulates zones, watched as by `zoneknot
// run`. Reads are of holes, so that they cost what the software costs; writes are the disk's affair as well.

#include <benchmark/benchmark.h>

#include "core/workload/workload.h"
#include "device/real/real_world.h"
#include "device/real/watchdog.h"
#include "t/device/real/temp_folder.h"
#include "tools/benchmarks/random_job.h"

namespace zoneknot::tools {
namespace {

// The statistics of the only job.
core::Stats run_watched(device::RealWorld& world, const std::vector<core::JobSpec>& jobs) {
  core::Workload workload(world, jobs, core::FixSet::series());
  const device::Watchdog watchdog(world.watch(), world.thread_runtime(), [](const lockcheck::StuckCore&) {});
  world.thread_runtime().run("main", [&] { workload.run(); });
  return workload.job(0).stats;
}

// An iteration of the benchmark is one I/O. Making the file and trying the engine is not timed.
void real_ios(benchmark::State& state, Rw rw, core::EngineKind engine, std::uint32_t iodepth) {
  const std::uint64_t ios_per_run = rw == Rw::randread ? 65'536 : 16'384;
  const std::vector<core::JobSpec> jobs = {random_job(rw, engine, iodepth, ios_per_run)};
  const device::TempFolder folder;
  std::uint64_t ios = 0;
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(ios_per_run))) {
    state.PauseTiming();
    auto world = device::RealWorld::open(
        jobs, {.path = folder.file("zones"), .config = device_for(rw), .faults = {}, .destroy_data = true});
    if (!world) {
      state.SkipWithError(world.error().c_str());
      break;
    }
    state.ResumeTiming();
    ios += run_watched(**world, jobs).of(rw == Rw::randread ? core::Direction::read : core::Direction::write).ios;
    state.PauseTiming();
    world->reset();
    state.ResumeTiming();
  }
  if (ios != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("the job ended early");
  state.counters["ios"] = benchmark::Counter(static_cast<double>(ios), benchmark::Counter::kIsRate);
}

void options(benchmark::internal::Benchmark* made) { made->UseRealTime()->MeasureProcessCPUTime(); }
BENCHMARK_CAPTURE(real_ios, read_psync, Rw::randread, core::EngineKind::psync, 1)->Apply(options);
BENCHMARK_CAPTURE(real_ios, read_libaio_32, Rw::randread, core::EngineKind::libaio, 32)->Apply(options);
BENCHMARK_CAPTURE(real_ios, read_io_uring_32, Rw::randread, core::EngineKind::io_uring, 32)->Apply(options);
BENCHMARK_CAPTURE(real_ios, write_psync, Rw::randwrite, core::EngineKind::psync, 1)->Apply(options);
BENCHMARK_CAPTURE(real_ios, write_libaio_32, Rw::randwrite, core::EngineKind::libaio, 32)->Apply(options);
BENCHMARK_CAPTURE(real_ios, write_io_uring_32, Rw::randwrite, core::EngineKind::io_uring, 32)->Apply(options);

}  // namespace
}  // namespace zoneknot::tools
