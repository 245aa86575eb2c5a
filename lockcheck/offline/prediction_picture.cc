#include "lockcheck/offline/prediction_picture.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "lockcheck/offline/recorded_callers.h"
#include "lockcheck/text/site.h"

namespace zoneknot::lockcheck {
namespace {

class PlacesOfRings {
 public:
  explicit PlacesOfRings(const TraceNames& names) : names_(names) {}

  std::vector<std::uint32_t> of(std::span<const RingStep> ring) {
    constexpr std::size_t kNumbers = 4;
    std::vector<std::uint32_t> places;
    for (const RingStep& step : ring) {
      places.insert(places.end(), {class_of(step.owned.what), place(step.owned.site), class_of(step.wanted.what),
                                   place(step.wanted.site)});
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
  static constexpr std::uint32_t kNotYet = UINT32_MAX;

  std::uint32_t number(std::string text) {
    return numbers_.try_emplace(std::move(text), static_cast<std::uint32_t>(numbers_.size())).first->second;
  }
  // Remembers what has been looked up, by its number.
  template <class Text>
  std::uint32_t remembered(std::vector<std::uint32_t>& known, std::uint32_t id, const Text& text) {
    if (id >= known.size()) known.resize(id + 1, kNotYet);
    if (known[id] == kNotYet) known[id] = number(text());
    return known[id];
  }
  std::uint32_t class_of(OwnableId what) {
    if (is_task_end(what)) return number("the end of a task");
    if (is_for_readers(what)) return number("a share of class " + names_.locks[lock_of(what)].lock_class);
    return remembered(classes_, what, [&] { return "class " + names_.locks[what].lock_class; });
  }
  std::uint32_t place(std::uint32_t site) {
    return remembered(places_, site,
                      [&] { return site_text(core::Site(names_.sites[site])) + " " + names_.sites[site].function; });
  }

  const TraceNames& names_;
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::uint32_t> classes_, places_;
};

class Describer {
 public:
  Describer(const TraceFacts& facts, const TraceNames& names)
      : facts_(facts), all_(facts.dependencies().all()), names_(names), callers_(callers_by_site(names)) {}

  [[nodiscard]] PredictionInVerdict prediction(const PredictedRing& deadlock) const {
    PredictionInVerdict prediction{.links = links_of(deadlock.ring), .asked = deadlock.asked};
    for (std::size_t i = 0; i < deadlock.ring.size(); ++i) prediction.seen.push_back(seen(deadlock.ring, i));
    switch (deadlock.status) {
      case RingStatus::sound:
        prediction.status = PredictionStatus::sound;
        prediction.grounds = Grounds::reordered_run;
        prediction.run_events = deadlock.run_events;
        prediction.events = facts_.events();
        describe_run(deadlock, prediction.run);
        break;
      case RingStatus::possible:
        prediction.grounds = deadlock.asked == 0  ? Grounds::not_asked
                             : deadlock.all_asked ? Grounds::not_in_order
                                                  : Grounds::not_all_asked;
        break;
      case RingStatus::ordered:
        prediction.status = PredictionStatus::ordered;
        prediction.grounds = Grounds::kept_by_data;
        prediction.data = data_of(deadlock.ring);
    }
    return prediction;
  }

  [[nodiscard]] ApartInVerdict apart(const RingKeptApart& kept) const {
    ApartInVerdict apart{.because = static_cast<ApartBecause>(kept.by), .links = links_of(kept.ring)};
    if (kept.by == KeptApartBy::gate) apart.gate = resource(kept.gate);
    return apart;
  }

  // How often each pair of those in predictions was made. All are looked at at once.
  void count(const TracePredictions& found) {
    for (const PredictedRing& deadlock : found.deadlocks) {
      for (std::size_t i = 0; i < deadlock.ring.size(); ++i) edges_[edge(deadlock.ring, i)];
    }
    if (edges_.empty()) return;
    for (const LockDependency& dependency : all_) {
      for (const OwnedAt& owned : dependency.owned) {
        const auto known = edges_.find({owned.what, dependency.wanted});
        if (known == edges_.end()) continue;
        known->second.times += dependency.instances.size();
        known->second.places.insert(dependency.wanted_site);
      }
    }
  }

 private:
  struct Edge {
    std::uint64_t times = 0;
    std::set<std::uint32_t> places;
  };

  using Ring = std::vector<RingPart>;

  [[nodiscard]] const LockDependency& of(const Ring& ring, std::size_t i) const { return all_[ring[i].dependency]; }
  // What the link owns that the one before it wants.
  [[nodiscard]] const OwnedAt& owned(const Ring& ring, std::size_t i) const {
    const LockDependency& before = of(ring, (i + ring.size() - 1) % ring.size());
    return *std::ranges::lower_bound(of(ring, i).owned, before.wanted, {}, &OwnedAt::what);
  }
  [[nodiscard]] std::pair<OwnableId, OwnableId> edge(const Ring& ring, std::size_t i) const {
    return {owned(ring, i).what, of(ring, i).wanted};
  }

  [[nodiscard]] Place place(std::uint32_t site) const { return place_with_callers(names_, site, callers_); }

  [[nodiscard]] ResourceInVerdict resource(OwnableId what) const {
    if (is_task_end(what)) {
      const core::TaskId task = task_that_ends(what);
      return {.kind = ResourceType::task_end, .id = task, .name = names_.tasks[task]};
    }
    const TraceLock& lock = names_.locks[lock_of(what)];
    return {.kind = ResourceType::lock,
            .id = lock_of(what),
            .name = lock.name,
            .lock_class = lock.lock_class,
            .order_key = lock.order_key,
            .group = lock.group,
            .shared = is_for_readers(what)};
  }

  [[nodiscard]] ResourceInVerdict owned_resource(const OwnedAt& has) const {
    ResourceInVerdict owned = resource(has.what);
    owned.shared = has.hold == Hold::share;
    if (has.hold == Hold::turn) owned.kind = ResourceType::turn;
    return owned;
  }

  [[nodiscard]] std::vector<LinkInVerdict> links_of(const Ring& ring) const {
    std::vector<LinkInVerdict> links;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const LockDependency& dependency = of(ring, i);
      const OwnedAt& has = owned(ring, i);
      const bool known = !is_task_end(has.what) || facts_.forked_by(dependency.task).valid();
      links.push_back({.task = {dependency.task, names_.tasks[dependency.task]},
                       .owns = owned_resource(has),
                       .owned_at = known ? place(has.site) : Place(),
                       .waits_for = resource(dependency.wanted),
                       .asked_at = place(dependency.wanted_site)});
    }
    return links;
  }

  [[nodiscard]] LinkSeen seen(const Ring& ring, std::size_t i) const {
    const LockDependency& dependency = of(ring, i);
    const WaitInstance& instance = dependency.instances[ring[i].instance];
    LinkSeen seen{.asked_at = instance.where};
    const OwnedAt& has = owned(ring, i);
    if (!is_task_end(has.what) && has.hold != Hold::turn) {
      const CriticalSection* const section =
          facts_.order().section_around({dependency.task, instance.position}, lock_of(has.what));
      if (section != nullptr) seen.owned_at = section->where;
    }
    const auto known = edges_.find(edge(ring, i));
    if (known != edges_.end()) {
      seen.times = known->second.times;
      seen.places = known->second.places.size();
    }
    return seen;
  }

  void describe_run(const PredictedRing& deadlock, std::vector<TaskInRun>& run) const {
    // Tasks that only ask for something have no events.
    const auto add = [&](core::TaskId task) {
      run.push_back({.task = names_.tasks[task],
                     .events = task < deadlock.lengths.size() ? deadlock.lengths[task] : 0,
                     .of = facts_.order().length(task)});
    };
    std::set<core::TaskId> waiting;
    for (const RingPart& part : deadlock.ring) {
      add(all_[part.dependency].task);
      waiting.insert(all_[part.dependency].task);
    }
    for (core::TaskId task = 0; task < deadlock.lengths.size(); ++task) {
      if (deadlock.lengths[task] > 0 && !waiting.contains(task)) add(task);
    }
  }

  // The first two tasks that data keeps apart.
  [[nodiscard]] std::optional<DataInVerdict> data_of(const Ring& ring) const {
    const auto position = [this](const RingPart& part) {
      const LockDependency& dependency = all_[part.dependency];
      return Position{dependency.task, dependency.instances[part.instance].position};
    };
    for (const RingPart& earlier : ring) {
      for (const RingPart& later : ring) {
        if (&earlier == &later) continue;
        const auto number = data_between(facts_.order(), position(earlier), position(later));
        if (!number) continue;
        const DataRead& read = facts_.reads()[*number];
        return DataInVerdict{
            .cell = names_.cells[read.cell], .read_at = place(read.read_at), .written_at = place(read.written_at)};
      }
    }
    return std::nullopt;
  }

  const TraceFacts& facts_;
  const std::vector<LockDependency>& all_;
  const TraceNames& names_;
  CallersBySite callers_;
  std::map<std::pair<OwnableId, OwnableId>, Edge> edges_;
};

}  // namespace

RingPlaces places_of_rings(const TraceNames& names) {
  return [places = std::make_shared<PlacesOfRings>(names)](std::span<const RingStep> ring) { return places->of(ring); };
}

void describe_predictions(const TracePredictions& found, const TraceFacts& facts, const TraceNames& names,
                          OrderInVerdict& order) {
  Describer describer(facts, names);
  describer.count(found);
  order.counts_lines = facts.counts_lines();
  for (const PredictedRing& deadlock : found.deadlocks) order.predictions.push_back(describer.prediction(deadlock));
  for (const RingKeptApart& kept : found.kept_apart) order.apart.push_back(describer.apart(kept));
}

}  // namespace zoneknot::lockcheck
