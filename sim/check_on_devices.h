// check_program() and its like for programs on simulated zoned devices: what such a program gets is a core::World, with
// devices, I/O engines, a clock and random numbers beside the Runtime. docs/library.md has an example. Pure but for the
// program; one thread.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "core/world.h"
#include "lockcheck/verdict/verdict.h"
#include "sim/check_program.h"
#include "sim/world/sim_world.h"

namespace zoneknot::sim {

// As ProgramOfRuntime. Every execution begins with fresh devices.
using ProgramOfWorld = std::function<void(core::World&)>;

// `world` says what devices there are, which faults they have, and whether chances are choices of the search; it
// belongs to the identity of witnesses. Every DeviceConfig in it has passed device::check_config(), else
// std::invalid_argument says why it has not.
lockcheck::Verdict check_program(const std::string& name, const ProgramOfWorld& program, const WorldConfig& world,
                                 const CheckOptions& options = {});
tl::expected<lockcheck::Verdict, std::string> replay_program(const std::string& name, const ProgramOfWorld& program,
                                                             const std::string& witness, const WorldConfig& world,
                                                             const CheckOptions& options = {});
int check_main(int argc, char** argv, const ProgramOfWorld& program, const WorldConfig& world,
               const CheckOptions& options = {});

}  // namespace zoneknot::sim
