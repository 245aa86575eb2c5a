// What a TraceCheck has to say at the end of a trace, as a Verdict.

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/offline/trace_prediction.h"
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

std::string awaited(const core::Wait& wait, const TraceNames& names) {
  switch (wait.kind) {
    case core::WaitKind::lock:
      return names.locks[wait.object].name;
    case core::WaitKind::completion:
      return wait.can_end ? "completion" : "completion that cannot come";
    case core::WaitKind::timer:
      return "timer";
    case core::WaitKind::join:
      return "the end of " + names.tasks[wait.object];
    case core::WaitKind::condition:
      return "condition variable '" + names.conditions[wait.object] + "'";
    case core::WaitKind::semaphore:
      return "semaphore '" + names.semaphores[wait.object].name + "'";
  }
  return "?";
}

}  // namespace

WaitState TraceCheck::wait_state(const TraceNames& names) const {
  WaitState state;
  for (const Task& of : tasks_) {
    TaskWait wait{.state = of.state, .wait = of.wait};
    const core::TaskId owner =
        of.requested == kNoId || of.requested >= locks_.size() ? kNoId : locks_[of.requested].owner;
    const bool in_line = of.state == TaskState::running && owner != kNoId;
    if (in_line) wait = {.state = TaskState::waiting, .wait = {.kind = core::WaitKind::lock, .object = of.requested}};
    state.tasks.push_back(wait);
  }
  state.tasks.resize(names.tasks.size());
  for (const Lock& lock : locks_) state.lock_owner.push_back(lock.owner);
  state.lock_owner.resize(names.locks.size(), kNoId);
  for (std::size_t i = 0; i < names.semaphores.size(); ++i) {
    const std::int64_t change = i < semaphores_.size() ? semaphores_[i].count_change : 0;
    const std::int64_t count = std::int64_t{names.semaphores[i].count} + change;
    state.semaphore_count.push_back(static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, UINT32_MAX)));
  }
  state.unit_holders.resize(names.semaphores.size());
  for (const core::SemaphoreId pool : names.pools) {
    if (pool < semaphores_.size()) state.unit_holders[pool] = semaphores_[pool].units.holders();
  }
  return state;
}

bool TraceCheck::describe_tasks(const TraceNames& names, Verdict& verdict) const {
  const WaitState state = wait_state(names);
  const StuckCore stuck = stuck_core(state);
  if (stuck.empty()) return false;
  const auto describe = [&](core::TaskId id, const char* called) {
    const core::Wait& wait = state.tasks[id].wait;
    const Task& of = tasks_[id];
    TaskInVerdict text{.task = names.tasks[id], .state = called, .waits_for = awaited(wait, names)};
    const core::TaskId owner = wait.kind == core::WaitKind::lock ? state.lock_owner[wait.object] : kNoId;
    if (owner != kNoId) text.owner = names.tasks[owner];
    text.by_anybody = wait.kind == core::WaitKind::condition || wait.kind == core::WaitKind::semaphore;
    text.site = site_text(core::Site(names.sites[of.site]));
    text.function = names.sites[of.site].function;
    for (const OwnedLock& owned : of.owned) {
      const core::Place& site = names.sites[owned.site];
      text.holds.push_back({names.locks[owned.lock].name, site_text(core::Site(site)), site.function, owned.count});
    }
    verdict.tasks.push_back(std::move(text));
  };
  for (const core::TaskId id : stuck.core) describe(id, "stuck");
  for (const core::TaskId id : stuck.bystanders) describe(id, "bystander");
  return true;
}

void TraceCheck::describe_rules(const TraceNames& names, Verdict& verdict) const {
  for (const auto& [rule_and_place, broken] : rules_) {
    const core::Place& site = names.sites[broken.site];
    verdict.rules.push_back({.rule = rule_and_place.first,
                             .site = site_text(core::Site(site)),
                             .function = site.function,
                             .task = names.tasks[broken.task],
                             .what = broken.what,
                             .count = broken.count});
  }
}

void TraceCheck::conclude(const TraceNames& names, Verdict& verdict) {
  requests_that_never_ended();
  const bool hang = describe_tasks(names, verdict);
  describe_rules(names, verdict);

  const std::vector<LockDependency>& all = dependencies_.all();
  PlacesOfRings places(all, names);
  const TracePredictions found =
      predict(all, segments_, order_, [&places](std::span<const std::uint32_t> ring) { return places.of(ring); });
  for (const PredictedRing& deadlock : found.deadlocks) {
    verdict.predictions.push_back(prediction_of(deadlock, all, names, events_));
  }
  const auto limit = [&verdict](bool hit, std::string text) {
    if (hit) verdict.assumptions.push_back(std::move(text));
  };
  limit(!found.all_rings, "not every ring of waits was looked for: there are too many");
  limit(!found.all_places, fmt::format("only the first {} predictions are listed", kPredictionsMax));
  limit(dependencies_.left_some_out(), "not every wait was looked at: there are too many different ones");

  const auto first_that_applies = [&] {
    if (hang) return VerdictWord::hang;
    if (!verdict.rules.empty()) return VerdictWord::rule;
    if (!verdict.predictions.empty()) return VerdictWord::possible;
    return verdict.assumptions.empty() ? VerdictWord::clean : VerdictWord::incomplete;
  };
  verdict.word = first_that_applies();
}

}  // namespace zoneknot::lockcheck
