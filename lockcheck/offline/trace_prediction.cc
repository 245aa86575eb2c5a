#include "lockcheck/offline/trace_prediction.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace zoneknot::lockcheck {

using core::kNoId;

// Instances are gone through in the order of the trace, all of them at once: the closure of later ones has everything
// that the closure of earlier ones has, so it is never built anew, and an instance that it has come to contain is of no
// use to any later one either.
bool sync_preserving_run(std::span<const RingPart> ring, const std::vector<LockDependency>& dependencies,
                         TraceClosure& closure) {
  closure.reset();
  std::vector<RingPart> parts(ring.begin(), ring.end());
  for (;;) {
    for (const RingPart& part : parts) {
      const LockDependency& dependency = dependencies[part.dependency];
      closure.add(dependency.task, dependency.instances[part.instance].position);
    }
    bool reached = true;
    for (RingPart& part : parts) {
      const LockDependency& dependency = dependencies[part.dependency];
      const std::uint32_t length = closure.length(dependency.task);
      if (length <= dependency.instances[part.instance].position) continue;
      reached = false;
      const auto next = std::ranges::lower_bound(dependency.instances, length, {}, &WaitInstance::position);
      if (next == dependency.instances.end()) return false;
      part.instance = static_cast<std::uint32_t>(next - dependency.instances.begin());
    }
    if (reached) return true;
  }
}

namespace {

// The most certain first, then the shortest, then as they were found: clang deprecates what stable_sort is made of.
void sort_by_certainty(std::vector<PredictedRing>& rings) {
  std::vector<std::tuple<RingStatus, std::size_t, std::size_t>> order;
  order.reserve(rings.size());
  for (std::size_t i = 0; i < rings.size(); ++i) order.emplace_back(rings[i].status, rings[i].ring.size(), i);
  std::ranges::sort(order);
  std::vector<PredictedRing> sorted;
  sorted.reserve(rings.size());
  for (const auto& [status, length, i] : order) sorted.push_back(std::move(rings[i]));
  rings = std::move(sorted);
}

class Predictor {
 public:
  Predictor(TraceFacts& facts, const RingPlaces& places, WorkLimit& work)
      : facts_(facts),
        dependencies_(facts.dependencies().all()),
        places_(places),
        work_(work),
        shapes_(wait_shapes(facts.dependencies())),
        members_(dependencies_, facts.clocks(), shapes_.all, work),
        closure_(facts.order()) {}

  TracePredictions run() {
    RingSearch search(shapes_, work_);
    found_.all_dependencies = !shapes_.some_left_out;
    found_.all_of_length = 1;
    while (const auto length = search.next_length(found_.all_of_length)) {
      found_.all_rings = search.of_length(
          *length, [this](ShapeRing ring) { take(ring); },
          [this](ShapeRing ring, OwnableId gate) { note_pair(ring, gate); });
      if (!found_.all_rings) break;
      found_.all_of_length = *length;
    }
    if (found_.all_rings) found_.all_rings = search.looks_at_all();
    ask_the_rest();
    list();
    return std::move(found_);
  }

 private:
  // Rings at the same places.
  struct Kind {
    std::optional<PredictedRing> best;
  };
  // A ring of shapes of which not every ring of tasks was asked.
  struct Open {
    std::vector<std::uint32_t> ring;
    std::size_t kind = 0;
    std::uint64_t asked = 0;
  };

  // What each step of the ring owns and wants: the part of it that the ring is made of.
  std::vector<RingStep> steps_of(ShapeRing ring) const {
    std::vector<RingStep> steps;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const WaitShape& shape = shapes_.all[ring[i]];
      const WaitShape& before = shapes_.all[ring[(i + ring.size() - 1) % ring.size()]];
      steps.push_back({*shape.owns(before.wanted), {shape.wanted, shape.wanted_site}});
    }
    return steps;
  }

  void take(ShapeRing ring) {
    work_.spend(8 * ring.size());
    std::vector<std::uint32_t> places = places_(steps_of(ring));
    const auto known = known_.find(places);
    if (known == known_.end() && kinds_.size() >= kRingKindsMax) return take_unnamed(ring);
    const std::size_t kind = known == known_.end() ? kinds_.size() : known->second;
    if (known == known_.end()) {
      known_.emplace(std::move(places), kind);
      kinds_.emplace_back();
    }
    if (const auto& best = kinds_[kind].best; best && best->status == RingStatus::sound) return;
    Open open{.ring = {ring.begin(), ring.end()}, .kind = kind};
    if (!ask(open, kAsksAtFirst)) open_.push_back(std::move(open));
  }

  // There are too many kinds to remember another one, unless it is sound.
  void take_unnamed(ShapeRing ring) {
    Open open{.ring = {ring.begin(), ring.end()}, .kind = kinds_.size()};
    kinds_.emplace_back();
    const bool all = ask(open, kAsksAtFirst);
    const auto& best = kinds_.back().best;
    if (best && best->status == RingStatus::sound && kinds_.size() <= kRingKindsMax + kPredictionsMax) return;
    found_.left_out += best ? 1 : 0;
    found_.all_asked = found_.all_asked && all;
    kinds_.pop_back();
  }

  // Asks up to `most` rings of tasks more. False: there are others.
  bool ask(Open& open, std::uint64_t most) {
    std::optional<PredictedRing>& best = kinds_[open.kind].best;
    std::uint64_t number = 0;
    bool cut = false;
    bool any = false;
    const bool all = members_.for_each(open.ring, ApartBy::data, [&](std::span<const RingPart> parts) {
      any = true;
      if (!best || best->status == RingStatus::ordered) {
        best = {.status = RingStatus::possible, .ring = {parts.begin(), parts.end()}};
      }
      if (number++ < open.asked) return false;
      cut = number > open.asked + most;
      return cut || is_sound(parts, *best);
    });
    if (best && best->status == RingStatus::sound) return true;
    open.asked = cut ? number - 1 : number;
    if (instances_left_out(open.ring)) {
      note_unknown(open.ring, best);
    } else if (all && !any && !best) {
      look_for_ordered(open, best);
    }
    return all && !cut;
  }

  bool instances_left_out(const std::vector<std::uint32_t>& ring) const {
    return std::ranges::any_of(ring, [this](std::uint32_t shape) {
      return std::ranges::any_of(shapes_.all[shape].members,
                                 [this](std::uint32_t member) { return dependencies_[member].instances_left_out; });
    });
  }

  // What is not known of all its instances may be sound, whatever is known of the others.
  void note_unknown(const std::vector<std::uint32_t>& ring, std::optional<PredictedRing>& best) {
    found_.all_asked = false;
    if (!best) {
      auto parts = different_tasks(ring);
      if (!parts) return;
      best = {.ring = *std::move(parts)};
    }
    best->status = RingStatus::possible;
    best->all_asked = false;
  }

  // The run that the closure is destroys what is waited for.
  [[nodiscard]] bool is_destroyed(const RingPart& part) const {
    const OwnableId wanted = dependencies_[part.dependency].wanted;
    if (is_task_end(wanted)) return false;
    const Position destroyed = facts_.destroyed(lock_of(wanted));
    return destroyed.valid() && closure_.length(destroyed.task) > destroyed.at;
  }

  bool is_sound(std::span<const RingPart> parts, PredictedRing& best) {
    ++best.asked;
    const std::uint64_t before = closure_.work();
    const bool sound = sync_preserving_run(parts, dependencies_, closure_);
    work_.spend(closure_.work() - before + parts.size());
    if (!sound || std::ranges::any_of(parts, [&](const RingPart& part) { return is_destroyed(part); })) return false;
    best.status = RingStatus::sound;
    best.ring.assign(parts.begin(), parts.end());
    // The instances at which they wait are those that the run comes to.
    for (RingPart& part : best.ring) {
      const LockDependency& of = dependencies_[part.dependency];
      const auto at = std::ranges::lower_bound(of.instances, closure_.length(of.task), {}, &WaitInstance::position);
      part.instance = static_cast<std::uint32_t>(at - of.instances.begin());
    }
    best.lengths = closure_.lengths();
    best.run_events = std::max<std::uint64_t>(closure_.events(), 1);
    return true;
  }

  // Data keeps all its tasks apart. Either forks and joins do so too, and it is none, or it is ordered.
  void look_for_ordered(const Open& open, std::optional<PredictedRing>& best) {
    const bool all = members_.for_each(open.ring, ApartBy::forks, [&](std::span<const RingPart> parts) {
      best = {.status = RingStatus::ordered, .ring = {parts.begin(), parts.end()}};
      return true;
    });
    if (all && !best) note_kept_by_forks(open.ring);
  }

  // What is left is asked in rounds, all in each of them twice as much as before.
  void ask_the_rest() {
    for (std::uint64_t most = 2 * kAsksAtFirst; !open_.empty() && work_.is_left(); most *= 2) {
      std::erase_if(open_, [&](Open& open) {
        const auto& best = kinds_[open.kind].best;
        return (best && best->status == RingStatus::sound) || (work_.is_left() && ask(open, most));
      });
    }
    for (const Open& open : open_) {
      std::optional<PredictedRing>& best = kinds_[open.kind].best;
      if (best && best->status == RingStatus::sound) continue;
      found_.all_asked = false;
      // It may be more than what was found out about it so far.
      if (best) best->all_asked = false;
    }
  }

  void list() {
    std::vector<PredictedRing> all;
    for (Kind& kind : kinds_) {
      if (kind.best) all.push_back(std::move(*kind.best));
    }
    sort_by_certainty(all);
    std::array<std::size_t, 3> listed{};
    for (PredictedRing& ring : all) {
      if (++listed.at(static_cast<std::size_t>(ring.status)) > kPredictionsMax) {
        ++found_.left_out;
      } else {
        found_.deadlocks.push_back(std::move(ring));
      }
    }
  }

  // --- What is kept apart
  // ---------------------------------------------------------------------------------------------

  void note_pair(ShapeRing ring, OwnableId gate) {
    RingKeptApart kept{.by = gate == kNoId ? KeptApartBy::one_task : KeptApartBy::gate, .gate = gate, .ring = {}};
    for (const std::uint32_t shape : ring) kept.ring.push_back({.dependency = shapes_.all[shape].members.front()});
    note_kept_apart(ring, std::move(kept));
  }

  void note_kept_by_forks(ShapeRing ring) {
    std::optional<std::vector<RingPart>> parts = different_tasks(ring);
    if (!parts) return;
    const KeptApartBy by = kept_by_fork(*parts) ? KeptApartBy::fork : KeptApartBy::join;
    note_kept_apart(ring, {.by = by, .ring = *std::move(parts)});
  }

  // The first member of each shape that is of another task than those before. Nothing: there may be no such members.
  std::optional<std::vector<RingPart>> different_tasks(ShapeRing ring) const {
    std::vector<RingPart> parts;
    std::set<core::TaskId> tasks;
    for (const std::uint32_t shape : ring) {
      const std::vector<std::uint32_t>& members = shapes_.all[shape].members;
      const auto member =
          std::ranges::find_if(members, [&](std::uint32_t each) { return !tasks.contains(dependencies_[each].task); });
      if (member == members.end()) return std::nullopt;
      tasks.insert(dependencies_[*member].task);
      parts.push_back({.dependency = *member});
    }
    return parts;
  }

  void note_kept_apart(ShapeRing ring, RingKeptApart kept) {
    std::vector<std::uint32_t> places = places_(steps_of(ring));
    places.push_back(static_cast<std::uint32_t>(kept.by));
    if (!kept_apart_.try_emplace(std::move(places)).second) return;
    if (found_.kept_apart.size() == kPredictionsMax) {
      ++found_.kept_apart_left_out;
      return;
    }
    found_.kept_apart.push_back(std::move(kept));
  }

  // Some task of the ring is forked, it or one of those that it is forked by, by another one after its wait.
  bool kept_by_fork(const std::vector<RingPart>& ring) const {
    for (const RingPart& earlier : ring) {
      const LockDependency& first = dependencies_[earlier.dependency];
      for (const RingPart& later : ring) {
        // A trace may say anything, even that two tasks have forked each other.
        std::uint32_t generations = 0;
        Position by = facts_.forked_by(dependencies_[later.dependency].task);
        for (; by.valid() && generations < kTraceTasksMax; by = facts_.forked_by(by.task), ++generations) {
          if (by.task == first.task && by.at > first.instances.front().position) return true;
        }
      }
    }
    return false;
  }

  TraceFacts& facts_;
  const std::vector<LockDependency>& dependencies_;
  const RingPlaces& places_;
  WorkLimit& work_;
  WaitShapes shapes_;
  RingMembers members_;
  TraceClosure closure_;
  TracePredictions found_;
  std::vector<Kind> kinds_;
  std::map<std::vector<std::uint32_t>, std::size_t> known_;
  std::map<std::vector<std::uint32_t>, bool> kept_apart_;
  std::vector<Open> open_;
};

}  // namespace

TracePredictions predict(TraceFacts& facts, const RingPlaces& places, WorkLimit& work) {
  return Predictor(facts, places, work).run();
}

}  // namespace zoneknot::lockcheck
