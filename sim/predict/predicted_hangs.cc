#include "sim/predict/predicted_hangs.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/verdict/deadlock_kind.h"
#include "sim/strategy/directed.h"
#include "sim/witness/witness.h"

namespace zoneknot::sim {

namespace {

using lockcheck::LinkInVerdict;
using lockcheck::PredictionInVerdict;

Target target_of(const PredictionInVerdict& prediction) {
  Target target;
  for (const LinkInVerdict& link : prediction.links) {
    target.cycle.push_back({.held = {.name = link.owns}, .wanted = {.name = link.waits_for}});
  }
  return target;
}

// The things that the tasks wait for.
std::set<std::string> awaited(const std::vector<LinkInVerdict>& links) {
  std::set<std::string> names;
  for (const LinkInVerdict& link : links) names.insert(link.waits_for);
  return names;
}

std::string in_words(const std::set<std::string>& names) {
  std::string words;
  for (const std::string& name : names) words += (words.empty() ? "" : ", ") + name;
  return words;
}

bool may_be_driven(const PredictionInVerdict& prediction) {
  return prediction.status == "possible" || prediction.status == "sound";
}

class Driver {
 public:
  Driver(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t identity,
         const OrderRunLimits& limits, std::vector<PredictionInVerdict>& predictions)
      : simulation_(simulation),
        program_(program),
        seed_(seed),
        identity_(identity),
        limits_(limits),
        max_steps_(std::min(limits.max_steps, kStepsForAPrediction)),
        predictions_(predictions) {}

  DrivenRuns drive_all() {
    std::map<lockcheck::DeadlockKind, std::size_t> tried;  // of each kind
    for (PredictionInVerdict& prediction : predictions_) {
      const lockcheck::DeadlockKind kind = lockcheck::kind_of(prediction.links);
      if (tried.size() == kKindsDriven && !tried.contains(kind)) continue;
      if (!may_be_driven(prediction) || confirmed_.contains(kind) || tried[kind]++ == kPredictionsOfAKind) continue;
      if (!drive(prediction)) break;
    }
    return runs_;
  }

  void confirm_what_was_found(const HangLog& found) {
    for (const lockcheck::HangInVerdict& hang : found.hangs()) {
      const lockcheck::DeadlockKind kind = lockcheck::kind_of(hang.links);
      const auto of_kind = std::ranges::find_if(predictions_, [&](const PredictionInVerdict& prediction) {
        return may_be_driven(prediction) && lockcheck::kind_of(prediction.links) == kind;
      });
      if (of_kind == predictions_.end() || confirmed_.contains(kind)) continue;
      confirm(*of_kind, "an execution of the search", hang.links, *found.first_of(kind));
    }
  }

 private:
  static constexpr const char* kSteered = "an execution that was steered there";

  // False: the user wants no more.
  bool drive(const PredictionInVerdict& prediction) {
    Directed directed(seed_, target_of(prediction));
    directed.look_at(simulation_.watch());
    const std::uint64_t steps_end = runs_.steps + kStepsForAPrediction;
    for (std::uint64_t n = 0; n < kExecutionsForAPrediction && runs_.steps < steps_end; ++n) {
      if (!may_be_driven(prediction) || !directed.begin()) break;
      simulation_.set_stop(limits_.stop);
      simulation_.set_max_steps(max_steps_);
      const Outcome outcome = simulation_.run([this] { program_(simulation_); }, directed);
      simulation_.set_stop(nullptr);
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
      runs_.waits = links;
    }
    const lockcheck::DeadlockKind kind = lockcheck::kind_of(links);
    PredictionInVerdict* of_kind = nullptr;
    for (PredictionInVerdict& prediction : predictions_) {
      if (!may_be_driven(prediction) || lockcheck::kind_of(prediction.links) != kind) continue;
      if (awaited(prediction.links) == awaited(links)) return confirm(prediction, kSteered, links, seen);
      if (of_kind == nullptr) of_kind = &prediction;
    }
    if (of_kind != nullptr && !confirmed_.contains(kind)) confirm(*of_kind, kSteered, links, seen);
  }

  void confirm(PredictionInVerdict& prediction, const std::string& who, const std::vector<LinkInVerdict>& links,
               const FirstSeen& seen) {
    confirmed_.insert(lockcheck::kind_of(links));
    prediction.status = "confirmed";
    prediction.reason = who + " hangs on it";
    if (const auto names = awaited(links); names != awaited(prediction.links)) {
      prediction.reason = who + " hangs at these places, on " + in_words(names);
    }
    Recording recording;
    if (const auto line = to_line(record_witness(simulation_, program_, seen, identity_, recording))) {
      prediction.witness = *line;
    }
  }

  Simulation& simulation_;
  const Program& program_;
  const std::uint64_t seed_;
  const std::uint64_t identity_;
  const OrderRunLimits& limits_;
  const std::uint64_t max_steps_;
  std::vector<PredictionInVerdict>& predictions_;
  std::set<lockcheck::DeadlockKind> confirmed_;
  DrivenRuns runs_;
};

}  // namespace

DrivenRuns drive_predictions(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t identity,
                             const OrderRunLimits& limits, const HangLog& found, lockcheck::Verdict& verdict) {
  Driver driver(simulation, program, seed, identity, limits, verdict.predictions);
  const DrivenRuns runs = driver.drive_all();
  driver.confirm_what_was_found(found);
  std::vector<PredictionInVerdict> in_order;
  for (const bool confirmed : {true, false}) {
    for (const PredictionInVerdict& prediction : verdict.predictions) {
      if ((prediction.status == "confirmed") == confirmed) in_order.push_back(prediction);
    }
  }
  verdict.predictions = std::move(in_order);
  return runs;
}

}  // namespace zoneknot::sim
