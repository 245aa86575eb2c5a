#include "sim/check_on_devices.h"

#include <memory>
#include <stdexcept>
#include <utility>

#include "sim/checked_program.h"

namespace zoneknot::sim {

namespace {

void must_be_possible(const std::string& name, const device::DeviceConfig& config) {
  if (const auto why = device::check_config(config)) throw std::invalid_argument("device " + name + ": " + *why);
}

std::string identity_text(const WorldConfig& world) {
  std::string text = " device " + world.device.to_string();
  for (const auto& [name, config] : world.devices) text += " device " + name + " " + config.to_string();
  text += " faults " + world.faults.to_string();
  text += " choices " + std::to_string(world.draws_are_choices ? 1 : 0);
  text += " seed " + std::to_string(world.fault_seed) + " data " + std::to_string(world.moves_data ? 1 : 0);
  return text;
}

CheckedProgram on_devices(const ProgramOfWorld& program, const WorldConfig& config) {
  return {.world = identity_text(config), .on = [&program, &config](Simulation& simulation) -> Program {
            must_be_possible("of every name", config.device);
            for (const auto& [name, device] : config.devices) must_be_possible(name, device);
            return [&program, world = std::make_shared<SimWorld>(simulation, config)](Simulation&) {
              world->begin_execution();
              program(*world);
            };
          }};
}

}  // namespace

lockcheck::Verdict check_program(const std::string& name, const ProgramOfWorld& program, const WorldConfig& world,
                                 const CheckOptions& options) {
  return check(name, on_devices(program, world), options);
}

tl::expected<lockcheck::Verdict, std::string> replay_program(const std::string& name, const ProgramOfWorld& program,
                                                             const std::string& witness, const WorldConfig& world,
                                                             const CheckOptions& options) {
  return replay(name, on_devices(program, world), witness, options);
}

int check_main(int argc, char** argv, const ProgramOfWorld& program, const WorldConfig& world,
               const CheckOptions& options) {
  return check_main(argc, argv, on_devices(program, world), options);
}

}  // namespace zoneknot::sim
