#include "sim/predict/predicted_hangs.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/verdict/deadlock_kind.h"
#include "sim/strategy/directed.h"
#include "sim/witness/witness.h"

namespace zoneknot::sim {

namespace {

using lockcheck::Grounds;
using lockcheck::LinkInVerdict;
using lockcheck::PredictionInVerdict;
using lockcheck::PredictionStatus;
using lockcheck::ResourceInVerdict;
using lockcheck::ResourceType;

// Numbers may differ in other runs: the same role and key. What is no lock can not be steered to, and matches none.
LockPattern pattern_of(const ResourceInVerdict& resource) {
  if (resource.kind != ResourceType::lock) return {.lock = core::kNoId};
  return {.lock_class = resource.lock_class, .order_key = resource.order_key, .group = resource.group};
}

Target target_of(const PredictionInVerdict& prediction) {
  Target target;
  for (const LinkInVerdict& link : prediction.links) {
    target.cycle.push_back({.held = pattern_of(link.owns), .wanted = pattern_of(link.waits_for)});
  }
  return target;
}

// What the tasks wait for, each once and by name.
std::vector<ResourceInVerdict> awaited(const std::vector<LinkInVerdict>& links) {
  std::vector<ResourceInVerdict> resources;
  for (const LinkInVerdict& link : links) {
    const bool known = std::ranges::any_of(resources, [&](const ResourceInVerdict& resource) {
      return lockcheck::same_resource(resource, link.waits_for);
    });
    if (!known) resources.push_back(link.waits_for);
  }
  std::ranges::sort(resources, {}, &ResourceInVerdict::name);
  return resources;
}

bool wait_for_the_same(const std::vector<LinkInVerdict>& a, const std::vector<LinkInVerdict>& b) {
  return std::ranges::equal(awaited(a), awaited(b), lockcheck::same_resource);
}

class Driver {
 public:
  Driver(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t identity,
         const ExecutionOptions& options, std::vector<PredictionInVerdict>& predictions)
      : simulation_(simulation),
        program_(program),
        seed_(seed),
        identity_(identity),
        options_(options),
        predictions_(predictions) {}

  DrivenRuns drive_all() {
    std::map<lockcheck::DeadlockKind, std::size_t> tried;  // of each kind
    for (PredictionInVerdict& prediction : predictions_) {
      const lockcheck::DeadlockKind kind = lockcheck::kind_of(prediction.links);
      if (tried.size() == kKindsDriven && !tried.contains(kind)) continue;
      if (!prediction.open() || confirmed_.contains(kind) || tried[kind]++ == kPredictionsOfAKind) continue;
      if (!drive(prediction)) break;
    }
    return runs_;
  }

  void confirm_what_was_found(const HangLog& found) {
    for (const lockcheck::HangInVerdict& hang : found.hangs()) {
      const lockcheck::DeadlockKind kind = lockcheck::kind_of(hang.links);
      const auto of_kind = std::ranges::find_if(predictions_, [&](const PredictionInVerdict& prediction) {
        return prediction.open() && lockcheck::kind_of(prediction.links) == kind;
      });
      if (of_kind == predictions_.end() || confirmed_.contains(kind)) continue;
      confirm(*of_kind, Grounds::found_by_search, hang.links, *found.first_of(kind));
    }
  }

 private:
  // False: the user wants no more.
  bool drive(const PredictionInVerdict& prediction) {
    Directed directed(seed_, target_of(prediction));
    directed.look_at(simulation_.watch());
    ExecutionOptions options = options_;
    options.max_steps = std::min(options_.max_steps, kStepsForAPrediction);
    const std::uint64_t steps_end = runs_.steps + kStepsForAPrediction;
    for (std::uint64_t n = 0; n < kExecutionsForAPrediction && runs_.steps < steps_end; ++n) {
      if (!prediction.open() || !directed.begin()) break;
      const Outcome outcome = simulation_.run([this] { program_(simulation_); }, directed, options);
      directed.ended(outcome);
      ++runs_.executions;
      runs_.steps += outcome.steps;
      if (outcome.kind == OutcomeKind::stopped) return false;
      if (outcome.kind == OutcomeKind::hang) look_at_hang(outcome);
    }
    return true;
  }

  // Whichever prediction it was steered to: at the places of one it confirms that one, if it can be on the same locks.
  void look_at_hang(const Outcome& outcome) {
    FirstSeen seen{runs_.executions, simulation_.decisions(), {}};
    seen.decisions.resize(outcome.decisions_to_hang);
    const std::vector<LinkInVerdict> links = lockcheck::waits_of_hang(simulation_.watch(), outcome.stuck);
    if (!runs_.first_hang) {
      runs_.first_hang = seen;
      runs_.stuck = outcome.stuck;
      runs_.waits = links;
    }
    const lockcheck::DeadlockKind kind = lockcheck::kind_of(links);
    PredictionInVerdict* of_kind = nullptr;
    for (PredictionInVerdict& prediction : predictions_) {
      if (!prediction.open() || lockcheck::kind_of(prediction.links) != kind) continue;
      if (wait_for_the_same(prediction.links, links))
        return confirm(prediction, Grounds::found_by_steering, links, seen);
      if (of_kind == nullptr) of_kind = &prediction;
    }
    if (of_kind != nullptr && !confirmed_.contains(kind)) confirm(*of_kind, Grounds::found_by_steering, links, seen);
  }

  // What does not hang there when it is made again confirms nothing.
  void confirm(PredictionInVerdict& prediction, Grounds grounds, const std::vector<LinkInVerdict>& links,
               const FirstSeen& seen) {
    const std::optional<std::string> witness = witness_of(seen, lockcheck::kind_of(links));
    if (!witness) return;
    confirmed_.insert(lockcheck::kind_of(links));
    prediction.status = PredictionStatus::confirmed;
    prediction.grounds = grounds;
    prediction.resources.clear();
    if (!wait_for_the_same(prediction.links, links)) prediction.resources = awaited(links);
    prediction.witness = *witness;
  }

  // The line, empty if there is none for so long a schedule.
  std::optional<std::string> witness_of(const FirstSeen& seen, const lockcheck::DeadlockKind& kind) {
    try {
      Recording recording;
      Outcome again;
      const Witness witness = record_witness(simulation_, program_, seen, identity_, options_, recording, &again);
      if (again.kind != OutcomeKind::hang) return std::nullopt;
      if (lockcheck::kind_of(lockcheck::waits_of_hang(simulation_.watch(), again.stuck)) != kind) return std::nullopt;
      return to_line(witness).value_or("");
    } catch (const NotRepeated&) {
      return std::nullopt;
    }
  }

  Simulation& simulation_;
  const Program& program_;
  const std::uint64_t seed_;
  const std::uint64_t identity_;
  const ExecutionOptions& options_;
  std::vector<PredictionInVerdict>& predictions_;
  std::set<lockcheck::DeadlockKind> confirmed_;
  DrivenRuns runs_;
};

}  // namespace

DrivenRuns drive_predictions(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t identity,
                             const ExecutionOptions& options, const HangLog& found, lockcheck::Verdict& verdict) {
  Driver driver(simulation, program, seed, identity, options, verdict.order.predictions);
  const DrivenRuns runs = driver.drive_all();
  driver.confirm_what_was_found(found);
  std::vector<PredictionInVerdict> in_order;
  for (const bool confirmed : {true, false}) {
    for (const PredictionInVerdict& prediction : verdict.order.predictions) {
      if ((prediction.status == PredictionStatus::confirmed) == confirmed) in_order.push_back(prediction);
    }
  }
  verdict.order.predictions = std::move(in_order);
  return runs;
}

}  // namespace zoneknot::sim
