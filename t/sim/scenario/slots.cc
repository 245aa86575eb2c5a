// Limits of the device, and what software keeps of them.
#include "t/sim/scenario/stage.h"

namespace zoneknot::scenario {

using core::ScopedLock;
using core::Sharing;

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

// A range of zones is opened beyond the limit of open zones. It ends with an error, but the first of them are open, and
// whoever comes next finds no room. Repaired: what was opened is closed.
void half_of_a_range_stays_open(Stage& stage, Form form) {
  core::Mutex lock(stage.runtime(), lock_named("open zones"));
  const auto greedy = [&] {
    const ScopedLock guard(lock);
    if (stage.device().open({1, 3}) == 0) return;
    if (form == Form::repaired) stage.must(stage.device().close({1, 2}) == 0, "what was opened can be closed");
  };
  const auto modest = [&] {
    const ScopedLock guard(lock);
    stage.must(stage.write(0).error == 0, "there is room for one zone");
  };
  stage.together({greedy, modest});
}

}  // namespace zoneknot::scenario
