#include "tools/command/shown_run.h"

#include <algorithm>
#include <string>

namespace zoneknot::tools {

void ZonesSeen::io(core::TaskId /*task*/, const core::IoEvent& event, core::Site /*site*/) {
  const bool moves = event.step == core::IoStep::queue && event.error == 0;
  if (event.direction != core::Direction::write || (!moves && event.step != core::IoStep::prepare)) return;
  const std::uint64_t wp = event.offset + (moves ? event.length : 0);
  const std::uint64_t step = story_.step();
  const std::lock_guard guard(mutex_);
  auto& seen = moves_[event.offset / zone_size_];
  if (!seen.empty() && seen.back().second == wp) return;
  if (seen.size() == kMostMoves) seen.erase(seen.begin(), seen.begin() + kMostMoves / 2);
  seen.emplace_back(seen.empty() ? step : std::max(step, seen.back().first), wp);
}

std::vector<lockcheck::ZoneInRun> ZonesSeen::zones() const {
  const std::lock_guard guard(mutex_);
  std::vector<lockcheck::ZoneInRun> zones;
  zones.reserve(moves_.size());
  for (const auto& [zone, moves] : moves_) {
    zones.push_back({.zone = "zone " + std::to_string(zone), .start = zone * zone_size_, .wp = moves});
  }
  return zones;
}

ShownRun::ShownRun(const Instance& instance, lockcheck::LockWatch& watch)
    : watch_(watch), zones_(instance.device.zone_size, story_) {
  story_.count_steps();
  watch_.add_listener(story_);
  watch_.add_listener(zones_);
}

ShownRun::~ShownRun() {
  watch_.remove_listener(zones_);
  watch_.remove_listener(story_);
}

lockcheck::RunInVerdict ShownRun::run() const {
  lockcheck::RunInVerdict run = story_.story();
  run.zones = zones_.zones();
  return run;
}

}  // namespace zoneknot::tools
