#include "lockcheck/offline/trace_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "lockcheck/offline/trace_prediction.h"
#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/text/site.h"

namespace zoneknot::lockcheck {
namespace {

using core::kNoId;

// Gives rings that are one to a reader one name: who owns a lock of which class where, and wants one of which class
// where. Places that look alike are one.
class PlacesOfRings {
 public:
  PlacesOfRings(const std::vector<LockDependency>& dependencies, const TraceNames& names)
      : dependencies_(dependencies), names_(names) {}

  std::vector<std::uint32_t> of(std::span<const std::uint32_t> ring) {
    constexpr std::size_t kNumbers = 4;
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const LockDependency& dependency = dependencies_[ring[i]];
      const LockDependency& before = dependencies_[ring[(i + ring.size() - 1) % ring.size()]];
      const auto owned = std::ranges::lower_bound(dependency.owned, before.wanted, {}, &OwnedAt::lock);
      places.insert(places.end(), {lock_class(owned->lock), place(owned->site), lock_class(dependency.wanted),
                                   place(dependency.wanted_site)});
    }
    // A ring has no first task.
    std::vector<std::uint32_t> least = places;
    for (std::size_t i = 1; i < ring.size(); ++i) {
      std::ranges::rotate(places, places.begin() + kNumbers);
      least = std::min(least, places);
    }
    return least;
  }

 private:
  std::uint32_t number(std::string text) {
    return numbers_.try_emplace(std::move(text), static_cast<std::uint32_t>(numbers_.size())).first->second;
  }
  std::uint32_t lock_class(core::LockId lock) { return number("class " + names_.locks[lock].lock_class); }
  std::uint32_t place(std::uint32_t site) {
    return number(site_text(core::Site(names_.sites[site])) + " " + names_.sites[site].function);
  }

  const std::vector<LockDependency>& dependencies_;
  const TraceNames& names_;
  std::map<std::string, std::uint32_t> numbers_;
};

Place place_of(const TraceNames& names, std::uint32_t site) {
  const core::Place& known = names.sites[site];
  return {.file = known.file, .line = known.line, .function = known.function};
}

ResourceInVerdict lock_of(const TraceNames& names, core::LockId id) {
  const TraceLock& lock = names.locks[id];
  return {.kind = ResourceType::lock,
          .id = id,
          .name = lock.name,
          .lock_class = lock.lock_class,
          .order_key = lock.order_key,
          .group = lock.group};
}

std::vector<LinkInVerdict> links_of(const PredictedRing& deadlock, const std::vector<LockDependency>& all,
                                    const TraceNames& names) {
  std::vector<LinkInVerdict> links;
  for (std::size_t i = 0; i < deadlock.ring.size(); ++i) {
    const LockDependency& dependency = all[deadlock.ring[i]];
    const LockDependency& before = all[deadlock.ring[(i + deadlock.ring.size() - 1) % deadlock.ring.size()]];
    const auto owned = std::ranges::lower_bound(dependency.owned, before.wanted, {}, &OwnedAt::lock);
    links.push_back({.task = {dependency.task, names.tasks[dependency.task]},
                     .owns = lock_of(names, owned->lock),
                     .owned_at = place_of(names, owned->site),
                     .waits_for = lock_of(names, dependency.wanted),
                     .asked_at = place_of(names, dependency.wanted_site)});
  }
  return links;
}

PredictionInVerdict prediction_of(const PredictedRing& deadlock, const std::vector<LockDependency>& all,
                                  const TraceNames& names, std::uint64_t events) {
  PredictionInVerdict prediction{.links = links_of(deadlock, all, names)};
  if (deadlock.sound) {
    prediction.status = PredictionStatus::sound;
    prediction.grounds = Grounds::reordered_run;
    prediction.run_events = deadlock.run_events;
    prediction.events = events;
  } else {
    prediction.grounds = deadlock.asked ? Grounds::not_in_order : Grounds::not_asked;
  }
  return prediction;
}

// Whether anybody is stuck at the end.
bool describe_stuck(const LockWatch& watch, SceneInVerdict& scene) {
  const StuckCore stuck = stuck_core(watch.wait_state());
  if (stuck.empty()) return false;
  describe_hang(watch, stuck, scene);
  // A trace tells too little of I/Os for a task that is not stuck to be of interest.
  std::erase_if(scene.tasks, [](const TaskInVerdict& task) { return task.standing > TaskStanding::bystander; });
  return true;
}

}  // namespace

void TraceCheck::conclude(const TraceNames& names, Verdict& verdict) {
  player_.finish();
  facts_.finish();
  const bool hang = describe_stuck(watch_, verdict.scene);
  describe_rules(watch_.broken_rules(), {names.tasks.begin(), names.tasks.end()}, verdict.scene);

  const std::vector<LockDependency>& all = dependencies().all();
  PlacesOfRings places(all, names);
  const TracePredictions found = predict(all, facts_.segments(), facts_.order(),
                                         [&places](std::span<const std::uint32_t> ring) { return places.of(ring); });
  for (const PredictedRing& deadlock : found.deadlocks) {
    verdict.order.predictions.push_back(prediction_of(deadlock, all, names, events_));
  }
  const auto limit = [&verdict](bool hit, std::string text) {
    if (hit) verdict.assumptions.push_back(std::move(text));
  };
  limit(!found.all_rings, "not every ring of waits was looked for: there are too many");
  limit(!found.all_places, fmt::format("only the first {} predictions are listed", kPredictionsMax));
  limit(dependencies().left_some_out(), "not every wait was looked at: there are too many different ones");

  const auto first_that_applies = [&] {
    if (hang) return VerdictWord::hang;
    if (!verdict.scene.rules.empty()) return VerdictWord::rule;
    if (!verdict.order.predictions.empty()) return VerdictWord::possible;
    return verdict.assumptions.empty() ? VerdictWord::clean : VerdictWord::incomplete;
  };
  verdict.word = first_that_applies();
}

}  // namespace zoneknot::lockcheck
