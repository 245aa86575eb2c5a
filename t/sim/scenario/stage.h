// How real zoned software went wrong, in small programs on core::World, each as it was and as it was repaired. They use
// what is installed of Zoneknot and nothing else, so that they are examples of using it on other code: the test
// t/install builds them against the package alone. Each program says what it must never see by Stage::must(); a hang is
// noticed without being told.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/semaphore.h"
#include "core/shared.h"
#include "core/world.h"
#include "sim/world/sim_world.h"

namespace zoneknot::scenario {

inline constexpr std::uint64_t kZoneBytes = std::uint64_t{16} << 10U;  // four blocks
inline constexpr std::uint32_t kBlockBytes = 4096;

class BrokenPromise : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a program has: a world with a device of eight zones, and synchronous I/Os to it.
class Stage {
 public:
  explicit Stage(core::World& world) : world_(world) {}

  [[nodiscard]] core::Runtime& runtime() { return world_.runtime(); }
  [[nodiscard]] core::ZonedDevice& device() { return world_.device("disk"); }
  void must(bool holds, const std::string& promise) {
    if (!holds) throw BrokenPromise(promise);
  }

  // One I/O of the calling task; what the device says.
  struct Done {
    int error = 0;
    std::uint32_t bytes = 0;
    std::uint64_t at = 0;  // where it is
  };
  Done write(std::uint64_t offset, std::uint32_t bytes = kBlockBytes) {
    return submit({.direction = core::Direction::write, .offset = offset, .length = bytes});
  }
  // To the zone that starts there.
  Done append(std::uint64_t zone_start) {
    return submit({.direction = core::Direction::write, .offset = zone_start, .length = kBlockBytes, .append = true});
  }
  Done trim(std::uint64_t offset) {
    return submit({.direction = core::Direction::trim, .offset = offset, .length = kBlockBytes});
  }
  Done sync() { return submit({.direction = core::Direction::sync}); }

  // Runs the bodies side by side to their ends.
  void together(std::vector<std::function<void()>> bodies) {
    std::vector<core::TaskId> tasks;
    tasks.reserve(bodies.size());
    for (std::function<void()>& body : bodies) {
      tasks.push_back(runtime().spawn("task" + std::to_string(tasks.size() + 1), std::move(body)));
    }
    for (const core::TaskId task : tasks) runtime().join(task);
  }

 private:
  Done submit(core::IoRequest io) {
    const std::unique_ptr<core::IoEngine> engine = world_.open_engine_on("disk", core::EngineKind::psync);
    engine->queue(io);
    return {io.error, io.transferred, io.append ? io.written_at : io.offset};
  }

  core::World& world_;
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

const std::vector<Scenario>& scenarios();

// The world that a scenario's program runs in.
inline sim::WorldConfig world_of(const Scenario& scenario) {
  return {.device = scenario.device, .devices = {}, .faults = scenario.faults};
}

inline core::LockInfo lock_named(std::string_view name) { return {name, core::LockKind::plain, 0, std::nullopt}; }

template <class T>
void set_under(core::Mutex& lock, core::Shared<T>& cell, T value) {
  const core::ScopedLock guard(lock);
  cell.write(value);
}

void counters_apart_from_state(Stage& stage, Form form);
void released_before_the_close(Stage& stage, Form form);
void all_slots_taken(Stage& stage, Form form);
void slot_released_before_the_finish(Stage& stage, Form form);
void finish_under_the_metadata_lock(Stage& stage, Form form);
void more_streams_than_zones(Stage& stage, Form form);
void recovery_needs_what_is_frozen(Stage& stage, Form form);
void slot_leaks_on_an_error(Stage& stage, Form form);
void half_of_a_range_stays_open(Stage& stage, Form form);
void partial_write_moves_the_pointer(Stage& stage, Form form);
void stale_pointer_after_a_reset(Stage& stage, Form form);
void reset_one_too_many(Stage& stage, Form form);
void appends_beside_writes(Stage& stage, Form form);
void zone_released_before_it_is_on_record(Stage& stage, Form form);
void told_safe_before_the_sync(Stage& stage, Form form);

}  // namespace zoneknot::scenario
