// The explorer finds what is wrong with each faulty form, and goes through all of the repaired one.
#include <gtest/gtest.h>

#include <optional>

#include "sim/dpor/source_dpor.h"
#include "sim/search/explorer.h"
#include "t/sim/scenario/stage.h"

namespace zoneknot::sim::scenario {
namespace {

using core::ScopedLock;
using core::Sharing;

core::LockInfo lock_named(std::string_view name) { return {name, core::LockKind::plain, 0, std::nullopt}; }

template <class T>
void set_under(core::Mutex& lock, core::Shared<T>& cell, T value) {
  const ScopedLock guard(lock);
  cell.write(value);
}

device::DeviceConfig disk(std::uint32_t max_active = 0) {
  return {.zone_size = kZoneBytes, .zones = 8, .max_active = max_active};
}

device::FaultPlan one_fault(device::FaultTarget target, device::FaultKind kind, double probability) {
  device::Fault fault;
  fault.target = target;
  fault.kind = kind;
  fault.error = EIO;
  fault.transferred = kBlockBytes;
  fault.probability = probability;
  fault.count = 1;
  return {{fault}};
}

// A zone is filled, and then noted as idle and as full in two steps; who looks for an idle zone in between writes to
// a full one.
void counters_apart_from_state(Stage& stage, Form form) {
  core::Mutex lock(stage.runtime(), lock_named("allocator"));
  core::Shared<bool> idle(stage.runtime(), "idle", Sharing::locked, false);
  core::Shared<bool> full(stage.runtime(), "full", Sharing::locked, false);
  const auto filler = [&] {
    stage.must(stage.write(0, kZoneBytes).error == 0, "the zone can be filled");
    if (form == Form::faulty) {
      set_under(lock, idle, true);
      set_under(lock, full, true);
      return;
    }
    const ScopedLock guard(lock);
    idle.write(true);
    full.write(true);
  };
  const auto allocator = [&] {
    bool taken = false;
    {
      const ScopedLock guard(lock);
      taken = idle.read() && !full.read();
    }
    if (taken) stage.must(stage.write(0).error == 0, "an idle zone that is not full can be written");
  };
  stage.together({filler, allocator});
}

// Who closes a zone gives it away before the device is done; the next owner's zone is closed under his hands.
void released_before_the_close(Stage& stage, Form form) {
  core::Mutex lock(stage.runtime(), lock_named("zone"));
  core::Shared<bool> owned(stage.runtime(), "open_for_write", Sharing::locked, true);
  stage.must(stage.write(0).error == 0, "the zone can be written");
  const auto give_back = [&] { set_under(lock, owned, false); };
  const auto first = [&] {
    if (form == Form::faulty) give_back();
    stage.must(stage.device().close(0) == 0, "an owner can close his zone");
    if (form == Form::repaired) give_back();
  };
  const auto second = [&] {
    {
      const ScopedLock guard(lock);
      if (owned.read()) return;
      owned.write(true);
    }
    stage.must(stage.device().open(0) == 0, "an owner can open his zone");
    stage.must(stage.write(kBlockBytes).error == 0, "an owner can write his zone");
    stage.must(stage.device().report()[0].condition == core::ZoneCondition::explicit_open, "his zone stays open");
  };
  stage.together({first, second});
}

// Compaction takes all zones that may be open, and waits for a log that needs one. Repaired: one is reserved.
void all_slots_taken(Stage& stage, Form form) {
  core::Semaphore slots(stage.runtime(), "open zones", 2);
  core::Semaphore logged(stage.runtime(), "logged", 0);
  const auto compaction = [&] {
    const std::uint32_t wanted = form == Form::faulty ? 2 : 1;
    for (std::uint32_t i = 0; i < wanted; ++i) slots.acquire();
    logged.acquire();
    slots.release(wanted);
  };
  const auto log = [&] {
    slots.acquire();
    stage.must(stage.write(0).error == 0, "the log can be written");
    slots.release();
    logged.release();
  };
  stage.together({compaction, log});
}

// The slot of a zone is given back before its finish is done, and the next zone is one too many for the device.
void slot_released_before_the_finish(Stage& stage, Form form) {
  core::Semaphore slot(stage.runtime(), "active zones", 1);
  const auto finisher = [&] {
    slot.acquire();
    stage.must(stage.write(0).error == 0, "a zone with a slot can be written");
    if (form == Form::faulty) slot.release();
    stage.must(stage.device().finish(0) == 0, "it can be finished");
    if (form == Form::repaired) slot.release();
  };
  const auto writer = [&] {
    slot.acquire();
    stage.must(stage.write(kZoneBytes).error == 0, "a zone with a slot can be written");
    stage.must(stage.device().reset(1) == 0, "it can be reset");
    slot.release();
  };
  stage.together({finisher, writer});
}

// A write that is cut short has moved the device's write pointer; who writes again from the start is refused.
void partial_write_moves_the_pointer(Stage& stage, Form form) {
  const std::uint32_t length = 2 * kBlockBytes;
  const Stage::Written written = stage.write(0, length);
  if (written.error != 0 || written.bytes == length) return;
  const std::uint32_t done = form == Form::faulty ? 0 : written.bytes;
  stage.must(stage.write(done, length - done).error == 0, "the rest of a short write can be written");
}

// A zone is reset under its lock, but the write pointer that software remembers is set back after it.
void stale_pointer_after_a_reset(Stage& stage, Form form) {
  core::Mutex lock(stage.runtime(), lock_named("zone"));
  core::Shared<std::uint64_t> wp(stage.runtime(), "wp", Sharing::racy, std::uint64_t{kBlockBytes});
  stage.must(stage.write(0).error == 0, "the zone can be written");
  const auto resetter = [&] {
    {
      const ScopedLock guard(lock);
      stage.must(stage.device().reset(0) == 0, "the zone can be reset");
      if (form == Form::repaired) wp.write(0);
    }
    if (form == Form::faulty) wp.write(0);
  };
  const auto writer = [&] {
    const ScopedLock guard(lock);
    stage.must(stage.write(wp.peek()).error == 0, "a write at the remembered pointer is one at the device's");
  };
  stage.together({resetter, writer});
}

// At the limit, the holder of the metadata lock finishes another's zone; that one's last write has to end first, and
// its end needs the lock.
void finish_under_the_metadata_lock(Stage& stage, Form form) {
  core::Mutex metadata(stage.runtime(), lock_named("metadata"));
  core::Semaphore committed(stage.runtime(), "committed", 0);
  const auto needs_a_zone = [&] {
    ScopedLock guard(metadata);
    if (form == Form::repaired) guard.unlock();
    committed.acquire();
    stage.must(stage.device().finish(0) == 0, "a zone at rest can be finished");
  };
  const auto writer = [&] {
    stage.must(stage.write(0).error == 0, "the data can be written");
    const ScopedLock guard(metadata);
    committed.release();
  };
  stage.together({needs_a_zone, writer});
}

// More streams than the device has active zones. Repaired: a stream has to have a slot for as long as its zone is
// active.
void more_streams_than_zones(Stage& stage, Form form) {
  core::Semaphore slots(stage.runtime(), "active zones", 2);
  std::vector<std::function<void()>> streams;
  for (std::uint32_t zone = 0; zone < 3; ++zone) {
    streams.emplace_back([&stage, &slots, form, zone] {
      if (form == Form::repaired) slots.acquire();
      stage.must(stage.write(zone * kZoneBytes).error == 0, "a stream can begin its zone");
      stage.must(stage.device().finish(zone) == 0, "and finish it");
      if (form == Form::repaired) slots.release();
    });
  }
  stage.together(std::move(streams));
}

// A queue is frozen, and whoever froze it waits for what is in flight. A write of that has failed, and its recovery
// wants a report, which has to enter the queue. Repaired: it ends the write first.
void recovery_needs_what_is_frozen(Stage& stage, Form form) {
  core::Mutex queue(stage.runtime(), lock_named("queue"));
  core::Semaphore in_flight(stage.runtime(), "drained", 0);
  const auto freezer = [&] {
    const ScopedLock frozen(queue);
    in_flight.acquire();
  };
  const auto writer = [&] {
    const bool failed = stage.write(0).error != 0;
    if (form == Form::repaired) in_flight.release();
    if (failed) {
      const ScopedLock entered(queue);
      stage.must(stage.device().report()[0].wp == 0, "a write that failed has moved nothing");
    }
    if (form == Form::faulty) in_flight.release();
  };
  stage.together({freezer, writer});
}

// A slot is lost where a write fails, and the next who wants one waits for ever.
void slot_leaks_on_an_error(Stage& stage, Form form) {
  core::Semaphore slot(stage.runtime(), "active zones", 1);
  const auto writer = [&](std::uint32_t zone) {
    return [&stage, &slot, form, zone] {
      slot.acquire();
      const bool failed = stage.write(zone * kZoneBytes).error != 0;
      if (failed && form == Form::faulty) return;
      slot.release();
    };
  };
  stage.together({writer(0), writer(1)});
}

// A range of zones is reset to its last one included, where it should end before it.
void reset_one_too_many(Stage& stage, Form form) {
  stage.must(stage.write(0).error == 0, "zone 0 can be written");
  const auto resetter = [&] {
    const std::uint32_t end = 1;
    for (std::uint32_t zone = 0; form == Form::faulty ? zone <= end : zone < end; ++zone) {
      stage.must(stage.device().reset(zone) == 0, "a zone can be reset");
    }
  };
  const auto neighbour = [&] {
    for (const std::uint64_t block : {0U, 1U}) {
      stage.must(stage.write(kZoneBytes + block * kBlockBytes).error == 0, "a neighbour goes on where he was");
    }
  };
  stage.together({resetter, neighbour});
}

// A file's zone is given away before it is on record how long the file is. After a power cut the file is taken to
// reach to the write pointer, and has swallowed what another has written behind it.
void zone_released_before_it_is_on_record(Stage& stage, Form form) {
  core::Mutex lock(stage.runtime(), lock_named("zone"));
  core::Shared<bool> free(stage.runtime(), "free", Sharing::locked, false);
  const auto record = [&] { static_cast<void>(stage.write(kZoneBytes)); };
  const auto give_away = [&] { set_under(lock, free, true); };
  const auto owner = [&] {
    if (stage.write(0).error != 0) return;
    if (form == Form::faulty) give_away();
    record();
    if (form == Form::repaired) give_away();
  };
  const auto other = [&] {
    {
      const ScopedLock guard(lock);
      if (!free.read()) return;
    }
    static_cast<void>(stage.write(kBlockBytes));
  };
  std::vector<core::ZoneReport> found;
  const auto power = [&] {
    static_cast<void>(stage.trim(2 * kZoneBytes));
    found = stage.device().report();
  };
  stage.together({owner, other, power});
  const bool on_record = found[1].wp != found[1].start;
  stage.must(on_record || found[0].wp <= found[0].start + kBlockBytes, "a file ends where its data ends");
}

const std::vector<Scenario>& scenarios() {
  using device::FaultKind;
  using device::FaultTarget;
  static const std::vector<Scenario> kAll = {
      {"counters apart from state", "ZenFS #35", disk(), {}, counters_apart_from_state},
      {"released before the close", "ZenFS PR 46, 71, 78", disk(), {}, released_before_the_close},
      {"all slots taken", "ZenFS 99212a1", disk(), {}, all_slots_taken, true},
      {"slot released before the finish", "fio #2032", disk(1), {}, slot_released_before_the_finish},
      {"partial write moves the pointer", "fio 650c4ad3", disk(),
       one_fault(FaultTarget::write, FaultKind::short_transfer, 0.5), partial_write_moves_the_pointer},
      {"stale pointer after a reset", "btrfs 5fabb1cf25d7", disk(), {}, stale_pointer_after_a_reset},
      {"finish under the metadata lock", "btrfs 1ebe51c29fa9", disk(), {}, finish_under_the_metadata_lock, true},
      {"more streams than zones", "f2fs, six logs", disk(2), {}, more_streams_than_zones},
      {"recovery needs what is frozen", "block fe0418eb9bd6", disk(),
       one_fault(FaultTarget::write, FaultKind::error, 0.5), recovery_needs_what_is_frozen, true},
      {"slot leaks on an error", "btrfs #537", disk(), one_fault(FaultTarget::write, FaultKind::error, 0.5),
       slot_leaks_on_an_error, true},
      {"reset one too many", "xnvme PR 16", disk(), {}, reset_one_too_many},
      {"zone released before it is on record", "ZenFS 4968742", disk(),
       one_fault(FaultTarget::trim, FaultKind::power_cut, 1), zone_released_before_it_is_on_record},
  };
  return kAll;
}

struct Explored {
  SearchResult result;
  std::set<std::string> broken;
};

Explored explore_scenario(const Scenario& scenario, Form form) {
  Simulation simulation;
  SimWorld world(simulation, {.device = scenario.device, .devices = {}, .faults = scenario.faults});
  Explored explored;
  SourceDpor strategy;
  explored.result = explore(simulation,
                            [&](Simulation&) {
                              world.begin_execution();
                              Stage stage(simulation, world, explored.broken);
                              scenario.program(stage, form);
                            },
                            strategy, {.first_hang_ends = false});
  return explored;
}

class Scenarios : public ::testing::TestWithParam<Scenario> {};

TEST_P(Scenarios, FaultyFormIsFound) {
  const Explored explored = explore_scenario(GetParam(), Form::faulty);
  EXPECT_EQ(explored.result.hangs > 0, GetParam().hangs);
  EXPECT_EQ(explored.broken.empty(), GetParam().hangs) << *explored.broken.begin();
}

TEST_P(Scenarios, RepairedFormIsExhausted) {
  const Explored explored = explore_scenario(GetParam(), Form::repaired);
  EXPECT_TRUE(explored.result.exhaustive);
  EXPECT_EQ(explored.result.hangs, 0U);
  for (const std::string& promise : explored.broken) ADD_FAILURE() << promise;
}

std::string name_of_scenario(const ::testing::TestParamInfo<Scenario>& scenario) {
  std::string name = scenario.param.name;
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Scenarios, ::testing::ValuesIn(scenarios()), name_of_scenario);

}  // namespace
}  // namespace zoneknot::sim::scenario
