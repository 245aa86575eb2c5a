// What is there after a power cut.
#include "t/sim/scenario/stage.h"

namespace zoneknot::scenario {

using core::ScopedLock;
using core::Sharing;

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

// A record is told to be safe when it is written. With a write cache it is so only after a sync, and when the power has
// failed, recovery finds less than was promised. The power fails at any write or sync.
void told_safe_before_the_sync(Stage& stage, Form form) {
  constexpr std::uint64_t kRecords = 3;
  std::uint64_t safe = 0;
  bool failed = false;
  const auto log = [&] {
    for (std::uint64_t record = 0; record < kRecords && !failed; ++record) {
      failed = stage.write(record * kBlockBytes).error != 0;
      if (form == Form::repaired && !failed) failed = stage.sync().error != 0;
      if (!failed) safe = (record + 1) * kBlockBytes;
    }
    if (!failed) failed = stage.sync().error != 0;
  };
  stage.together({log});
  // The machine is on again.
  const core::ZoneReport zone = stage.device().report()[0];
  stage.must(zone.wp >= zone.start + safe, "what was told to be safe is there");
  const core::ZoneCondition restarted =
      zone.wp == zone.start ? core::ZoneCondition::empty : core::ZoneCondition::closed;
  stage.must(!failed || zone.condition == restarted, "no zone is open after a restart");
  stage.must(stage.device().finish(0) == 0, "recovery can seal the zone");
}

}  // namespace zoneknot::scenario
