#include "device/run_program.h"

#include <memory>

#include "device/real/perturbation.h"
#include "device/real/real_clock.h"
#include "device/real/thread_runtime.h"
#include "device/watched_run.h"

namespace zoneknot::device {

lockcheck::Verdict run_program(const std::string& name, const ProgramOnThreads& program,
                               const RunProgramOptions& options) {
  lockcheck::LockWatch watch(lockcheck::Threads::many);
  ThreadRuntime runtime(watch);
  RealClock clock(runtime);
  std::unique_ptr<Perturbation> perturbation;
  if (options.perturb) {
    perturbation = std::make_unique<Perturbation>(*options.perturb);
    runtime.set_hook(*perturbation);
  }
  return watched_run(name, watch, runtime, options, [&] { program(runtime, clock); });
}

int run_main(int argc, char** argv, const ProgramOnThreads& program) {
  return command_of(argc, argv, [&](const std::string& name, const RunProgramOptions& options) {
    return run_program(name, program, options);
  });
}

}  // namespace zoneknot::device
