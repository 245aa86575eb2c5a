#include <cerrno>

#include "core/semaphore.h"
#include "sim/check_on_devices.h"

using namespace zoneknot;

// Two writers on a device that lets one zone be active. Who has the slot appends to his zone, empties it again, and
// gives the slot back; but not if the append fails.
void writers(core::World& world) {
  core::ZonedDevice& device = world.device("disk");
  core::Semaphore slot = core::Semaphore::pool(world.runtime(), "active zones", 1);
  const auto writer = [&](std::uint32_t zone) {
    return [&world, &device, &slot, zone] {
      const auto engine = world.open_engine_on("disk", core::EngineKind::psync);
      core::IoRequest append;
      append.direction = core::Direction::write;
      append.append = true;
      append.offset = device.geometry().zone_size * zone;
      append.length = device.geometry().block_size;
      slot.acquire();
      engine->queue(append);
      if (append.error != 0 || device.reset(zone) != 0) return;
      slot.release();
    };
  };
  const core::TaskId one = world.runtime().spawn("one", writer(0));
  const core::TaskId two = world.runtime().spawn("two", writer(1));
  world.runtime().join(one);
  world.runtime().join(two);
}

int main(int argc, char** argv) {
  sim::WorldConfig world;
  world.device = {.zones = 4, .max_active = 1};
  world.faults = {{{.target = device::FaultTarget::write, .zones = {}, .error = EIO, .probability = 0.1}}};
  return sim::check_main(argc, argv, writers, world);
}
