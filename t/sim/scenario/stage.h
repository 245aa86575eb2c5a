// How real zoned software went wrong, in a dozen small programs on core::Runtime and the seams of a zoned device, each
// as it was and as it was repaired. They are examples of using Zoneknot on other code as well. Each program says what
// it must never see by Stage::must(); a hang is noticed without being told.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/semaphore.h"
#include "core/shared.h"
#include "sim/world/sim_world.h"

namespace zoneknot::sim::scenario {

inline constexpr std::uint64_t kZoneBytes = std::uint64_t{16} << 10U;  // four blocks
inline constexpr std::uint32_t kBlockBytes = 4096;

// What a program has: a runtime, a device of eight zones, and writes to it.
class Stage {
 public:
  Stage(core::Runtime& runtime, SimWorld& world, std::set<std::string>& broken)
      : runtime_(runtime), world_(world), broken_(broken) {}

  [[nodiscard]] core::Runtime& runtime() { return runtime_; }
  [[nodiscard]] core::ZonedDevice& device() { return world_.device("disk"); }
  // The promise is broken in this execution unless it holds.
  void must(bool holds, const std::string& promise) {
    if (!holds) broken_.insert(promise);
  }

  // One write by the calling task; what the device says.
  struct Written {
    int error = 0;
    std::uint32_t bytes = 0;
  };
  Written write(std::uint64_t offset, std::uint32_t bytes = kBlockBytes) {
    return submit(core::Direction::write, offset, bytes);
  }
  Written trim(std::uint64_t offset) { return submit(core::Direction::trim, offset, kBlockBytes); }

  // Runs the bodies side by side to their ends.
  void together(std::vector<std::function<void()>> bodies) {
    std::vector<core::TaskId> tasks;
    for (std::function<void()>& body : bodies) {
      tasks.push_back(runtime_.spawn("task" + std::to_string(tasks.size() + 1), std::move(body)));
    }
    for (const core::TaskId task : tasks) runtime_.join(task);
  }

 private:
  Written submit(core::Direction direction, std::uint64_t offset, std::uint32_t bytes) {
    core::JobSpec spec;
    spec.filename = "disk";
    spec.engine = core::EngineKind::psync;
    const std::unique_ptr<core::IoEngine> engine = world_.open_engine(spec);
    core::IoRequest io;
    io.direction = direction;
    io.offset = offset;
    io.length = bytes;
    engine->queue(io);
    return {io.error, io.transferred};
  }

  core::Runtime& runtime_;
  SimWorld& world_;
  std::set<std::string>& broken_;
};

enum class Form : std::uint8_t { faulty, repaired };

struct Scenario {
  const char* name;
  const char* told_by;  // where it was seen
  device::DeviceConfig device;
  device::FaultPlan faults;
  void (*program)(Stage& stage, Form form);
  bool hangs = false;  // the faulty form hangs; else it breaks a promise
};

}  // namespace zoneknot::sim::scenario
