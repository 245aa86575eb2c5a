#include <cerrno>

#include "core/semaphore.h"
#include "device/run_on_devices.h"

using namespace zoneknot;

// The writers of on_devices.cc, through io_uring.
void writers(core::World& world) {
  core::ZonedDevice& device = world.device("disk");
  core::Semaphore slot = core::Semaphore::pool(world.runtime(), "active zones", 1);
  const auto writer = [&](std::uint32_t zone) {
    return [&world, &device, &slot, zone] {
      const auto engine = world.open_engine_on("disk", core::EngineKind::io_uring);
      alignas(4096) std::byte block[4096] = {};
      core::IoRequest append;
      append.direction = core::Direction::write;
      append.append = true;
      append.offset = device.geometry().zone_size * zone;
      append.length = sizeof(block);
      append.buffer = block;
      slot.acquire();
      core::IoRequest* ended = nullptr;
      if (engine->queue(append) == core::QueueStatus::queued && engine->reap({&ended, 1}, 1) != 1) return;
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
  device::DeviceInUse disk{.path = "zones.img", .config = {.zones = 4, .max_active = 1}};
  disk.faults = {{{.target = device::FaultTarget::write, .zones = {}, .error = EIO, .count = 1}}};
  return device::run_main(argc, argv, writers, disk);
}
