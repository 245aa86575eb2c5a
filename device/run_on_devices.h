// run_program() for programs on zoned devices: a zoned block device, or a file or a disk with emulated zones, under the
// real engines. The counterpart of sim/check_on_devices.h, for the same programs. docs/library.md has an example. One
// program at a time; from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "core/world.h"
#include "device/model/fault_plan.h"
#include "device/model/zone_model.h"
#include "device/real/backing.h"
#include "device/run_program.h"
#include "lockcheck/verdict/verdict.h"

namespace zoneknot::device {

// The first task. It spawns tasks and joins them.
using ProgramOnDevices = std::function<void(core::World&)>;

// What every file name of a program stands for.
struct DeviceInUse {
  std::string path;
  Backing backing = Backing::file;
  // Of emulated zones, which begin as it says; those of a block device that has its own are as they are.
  DeviceConfig config{};
  FaultPlan faults{};
  std::uint64_t fault_seed = 0;
  bool keep_state = false;          // of a file's zones, beside it
  bool destroy_data = false;        // a block device, or a file that holds something, may be written
  bool destroy_partitions = false;  // also a block device with partitions
};

// As run_program(). A device that is not to be had is the error, one line, and nothing has been changed then: it is
// mounted or held, holds something without `destroy_data`, or has no zones where it is to have its own.
tl::expected<lockcheck::Verdict, std::string> run_on_devices(const std::string& name, const ProgramOnDevices& program,
                                                             const DeviceInUse& device,
                                                             const RunProgramOptions& options = {});

// A command made of it, as run_main(); exit code 2 for a device that is not to be had.
int run_main(int argc, char** argv, const ProgramOnDevices& program, const DeviceInUse& device);

}  // namespace zoneknot::device
