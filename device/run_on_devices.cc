#include "device/run_on_devices.h"

#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include "device/real/perturbation.h"
#include "device/real/real_world.h"
#include "device/watched_run.h"

namespace zoneknot::device {
namespace {

using OpenedWorld = tl::expected<std::unique_ptr<RealWorld>, std::string>;

// A world opens what its jobs name. Of a program one knows no more than that it has a first task and a device.
OpenedWorld open_world(const DeviceInUse& device, const RunProgramOptions& options, StepHook* hook) {
  core::JobSpec first_task;
  first_task.filename = device.path;
  first_task.engine = core::EngineKind::psync;
  first_task.direct = true;
  return RealWorld::open(std::vector{first_task}, {.path = device.path,
                                                   .backing = device.backing,
                                                   .config = device.config,
                                                   .faults = device.faults,
                                                   .fault_seed = device.fault_seed,
                                                   .keep_state = device.keep_state,
                                                   .destroy_data = device.destroy_data,
                                                   .destroy_partitions = device.destroy_partitions,
                                                   .hook = hook,
                                                   .stop = options.stop});
}

}  // namespace

tl::expected<lockcheck::Verdict, std::string> run_on_devices(const std::string& name, const ProgramOnDevices& program,
                                                             const DeviceInUse& device,
                                                             const RunProgramOptions& options) {
  std::unique_ptr<Perturbation> perturbation;
  if (options.perturb) perturbation = std::make_unique<Perturbation>(*options.perturb);
  const OpenedWorld world = open_world(device, options, perturbation.get());
  if (!world) return tl::unexpected(world.error());
  RealWorld& opened = **world;
  return watched_run(name, opened.watch(), opened.thread_runtime(), options, [&] { program(opened); });
}

int run_main(int argc, char** argv, const ProgramOnDevices& program, const DeviceInUse& device) {
  constexpr int kNoDevice = 2;
  std::string refusal;
  const int code = command_of(argc, argv, [&](const std::string& name, const RunProgramOptions& options) {
    auto verdict = run_on_devices(name, program, device, options);
    if (verdict) return std::move(*verdict);
    refusal = std::move(verdict.error());
    return lockcheck::Verdict{};
  });
  if (refusal.empty()) return code;
  std::fprintf(stderr, "%s\n", refusal.c_str());
  return kNoDevice;
}

}  // namespace zoneknot::device
