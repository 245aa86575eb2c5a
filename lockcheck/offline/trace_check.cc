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

std::vector<LinkInVerdict> links_of(const PredictedRing& deadlock, const std::vector<LockDependency>& all,
                                    const TraceNames& names) {
  std::vector<LinkInVerdict> links;
  for (std::size_t i = 0; i < deadlock.ring.size(); ++i) {
    const LockDependency& dependency = all[deadlock.ring[i]];
    const LockDependency& before = all[deadlock.ring[(i + deadlock.ring.size() - 1) % deadlock.ring.size()]];
    const auto owned = std::ranges::lower_bound(dependency.owned, before.wanted, {}, &OwnedAt::lock);
    const core::Place& owns_site = names.sites[owned->site];
    const core::Place& waits_site = names.sites[dependency.wanted_site];
    links.push_back({.task = names.tasks[dependency.task],
                     .owns = names.locks[owned->lock].name,
                     .owns_site = site_text(core::Site(owns_site)),
                     .owns_function = owns_site.function,
                     .waits_for = names.locks[dependency.wanted].name,
                     .waits_site = site_text(core::Site(waits_site)),
                     .waits_function = waits_site.function});
  }
  return links;
}

std::string reason_of(const PredictedRing& deadlock, std::uint64_t events) {
  if (deadlock.sound) {
    return fmt::format(
        "a run that makes {} of the {} recorded events, in their order, ends in it, and every recorded read sees what "
        "it saw",
        deadlock.run_events, events);
  }
  if (!deadlock.asked) return "it was not asked whether a run in the recorded order comes to it";
  return "no run that keeps the recorded order of events comes to it; one that does not might";
}

PredictionInVerdict prediction_of(const PredictedRing& deadlock, const std::vector<LockDependency>& all,
                                  const TraceNames& names, std::uint64_t events) {
  PredictionInVerdict prediction{.status = deadlock.sound ? "sound" : "possible",
                                 .links = links_of(deadlock, all, names),
                                 .reason = reason_of(deadlock, events)};
  prediction.what = fmt::format("{} tasks could wait on each other", prediction.links.size());
  const char* between = ": ";
  for (const LinkInVerdict& link : prediction.links) {
    prediction.what += between + link.owns;
    between = ", ";
  }
  return prediction;
}

// Whether anybody is stuck at the end.
bool describe_stuck(const LockWatch& watch, Verdict& verdict) {
  const StuckCore stuck = stuck_core(watch.wait_state());
  if (stuck.empty()) return false;
  const auto no_device = [](std::uint32_t, std::uint32_t, core::TaskId) { return ZoneFacts{}; };
  describe_hang(watch, stuck, no_device, verdict);
  // A trace tells nothing of zones, and too little of I/Os for a task that is not stuck to be of interest.
  verdict.zones.clear();
  std::erase_if(verdict.tasks,
                [](const TaskInVerdict& task) { return task.state != "stuck" && task.state != "bystander"; });
  return true;
}

}  // namespace

void TraceCheck::conclude(const TraceNames& names, Verdict& verdict) {
  player_.finish();
  facts_.finish();
  const bool hang = describe_stuck(watch_, verdict);
  describe_rules(watch_.broken_rules(), {names.tasks.begin(), names.tasks.end()}, verdict);

  const std::vector<LockDependency>& all = dependencies().all();
  PlacesOfRings places(all, names);
  const TracePredictions found = predict(all, facts_.segments(), facts_.order(),
                                         [&places](std::span<const std::uint32_t> ring) { return places.of(ring); });
  for (const PredictedRing& deadlock : found.deadlocks) {
    verdict.predictions.push_back(prediction_of(deadlock, all, names, events_));
  }
  const auto limit = [&verdict](bool hit, std::string text) {
    if (hit) verdict.assumptions.push_back(std::move(text));
  };
  limit(!found.all_rings, "not every ring of waits was looked for: there are too many");
  limit(!found.all_places, fmt::format("only the first {} predictions are listed", kPredictionsMax));
  limit(dependencies().left_some_out(), "not every wait was looked at: there are too many different ones");

  const auto first_that_applies = [&] {
    if (hang) return VerdictWord::hang;
    if (!verdict.rules.empty()) return VerdictWord::rule;
    if (!verdict.predictions.empty()) return VerdictWord::possible;
    return verdict.assumptions.empty() ? VerdictWord::clean : VerdictWord::incomplete;
  };
  verdict.word = first_that_applies();
}

}  // namespace zoneknot::lockcheck
