#include "sim/conclude/conclude.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/picture/order_picture.h"
#include "lockcheck/verdict/deadlock_kind.h"
#include "sim/conclude/program_failure.h"
#include "sim/conclude/repeatable.h"
#include "sim/conclude/search_in_verdict.h"
#include "sim/conclude/stages.h"
#include "sim/conclude/timely_runs.h"
#include "sim/predict/order_runs.h"
#include "sim/predict/predicted_hangs.h"
#include "sim/search/event_trace.h"
#include "sim/search/hang_log.h"

namespace zoneknot::sim {
namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;

// The limit of looking for what is predicted, after a search that had one of its own.
constexpr std::chrono::seconds kTimeOfOrder{5};

std::vector<std::string> names_in(const Examined& examined) {
  if (!examined.task_names.empty()) return examined.task_names;
  std::vector<std::string> names;
  for (lockcheck::TaskSnapshot& task : examined.simulation.watch().tasks()) names.push_back(std::move(task.name));
  return names;
}

void describe_hang(const Examined& examined, const lockcheck::StuckCore& stuck, const Recording* recording,
                   lockcheck::SceneInVerdict& scene) {
  const lockcheck::LockWatch& watch = examined.simulation.watch();
  lockcheck::describe_hang(watch, stuck, scene);
  if (examined.zones) scene.zones = examined.zones();
  if (recording != nullptr) {
    scene.steps_to_hang = steps_to_hang(*recording, watch, stuck);
    add_places_of_holds(*recording, watch, scene.tasks);
  }
  lockcheck::find_rules_in_knot(scene);
}

// A hang that only steering towards what is predicted has found.
void add_driven_hang(const DrivenRuns& driven, SearchResult& result) {
  result.first_hang = driven.first_hang;
  result.first_hang->execution += result.executions;
  result.first_hang_steps = result.steps + driven.steps;
  result.stuck = driven.stuck;
  result.hangs = 1;
  result.executions += driven.executions;
  result.steps += driven.steps;
}

class Concluding {
 public:
  Concluding(const Examined& examined, const SearchPlan& plan, Verdict about)
      : examined_(examined),
        plan_(plan),
        guard_(examined.simulation, plan.silence_limit, &end_process),
        hangs_(examined.simulation),
        conclusion_{.verdict = std::move(about)} {}

  Conclusion conclude() {
    Searched searched = search();
    // What is run later, to look at order or to show something, is no part of the search.
    if (examined_.work) verdict().search.work = examined_.work();
    verdict().search.lock_waits = examined_.simulation.watch().lock_waits();
    SearchResult& result = searched.result;
    look_at_ends(result);
    not_repeated_ = drop_what_does_not_repeat(examined_, plan_.limits.execution, result);
    if (not_repeated_.empty()) verdict().search.hangs = hangs_.hangs();
    const bool asked = plan_.order_check && (result.hangs == 0 || plan_.order_beside_hangs);
    if (asked && result.end != SearchEnd::user) look_at_order(searched);
    lockcheck::compare_hangs_with_predictions(verdict());
    verdict().word = word_of(searched, plan_);
    describe_search(searched, plan_, verdict());
    describe_rules(result);
    weigh_predictions(verdict());
    if (const FirstSeen* seen = what_was_found(result)) show(*seen, result);
    tell_not_repeated();
    return std::move(conclusion_);
  }

 private:
  Verdict& verdict() { return conclusion_.verdict; }

  Searched search() {
    SearchLimits limits = limits_with_endings();
    limits.hung = [this](const Outcome& outcome) { hangs_.add(outcome); };
    limits.found = [this](const FirstSeen& seen) {
      try {
        Recording recording;
        Finding finding;
        finding.witness = witness_of(seen, plan_.limits.execution, recording);
        if (const auto line = to_line(finding.witness)) guard_.set_found(finding.line = *line);
        if (!plan_.hang_found || hangs_.hangs().empty()) return;
        finding.trace = event_trace_text(recording, examined_.simulation.watch());
        plan_.hang_found(finding);
      } catch (const NotRepeated&) {  // NOLINT(bugprone-empty-catch): it is told of at the end
      }
    };
    Searched searched = search_in_stages(examined_.simulation, examined_.program, plan_, limits);
    if (searched.result.end == SearchEnd::not_repeatable) {
      throw std::runtime_error(
          difference_text(searched.result.difference.value_or(Difference{}), examined_.simulation.watch()));
    }
    return searched;
  }

  [[nodiscard]] SearchLimits limits_with_endings() const {
    SearchLimits limits = plan_.limits;
    if (examined_.ends) limits.ending = [this] { return worst_of(examined_.ends()); };
    return limits;
  }

  // How a workload ended in which nothing worse was found.
  void look_at_ends(SearchResult& result) {
    if (!examined_.ends || result.end == SearchEnd::user || result.exhaustive || what_was_found(result)) return;
    SearchLimits limits = limits_with_endings();
    limits.hung = [this](const Outcome& outcome) { hangs_.add(outcome); };
    const bool endless = result.cut > 0;
    search_timely(examined_.simulation, examined_.program, plan_.seed, limits, result);
    if (endless && plan_.stateful.data_in_cells && result.hangs == 0) {
      search_endless(examined_.simulation, examined_.program, plan_.seed, limits, result);
    }
  }

  // What would have been more than the word says is no finding, and no reason to call anything clean.
  void tell_not_repeated() {
    if (not_repeated_.empty()) return;
    std::vector<std::string>& lines = verdict().proof.evidence;
    lines.insert(lines.end(), not_repeated_.begin(), not_repeated_.end());
    if (verdict().word <= VerdictWord::possible) return;
    verdict().word = VerdictWord::incomplete;
    verdict().search.stopped_by = lockcheck::StoppedBy::not_repeatable;
    lines.emplace_back(
        "next: take out of the program what two calls of it have in common (a static variable, a clock, a thread of "
        "its own), and search again");
  }

  Witness witness_of(const FirstSeen& seen, const ExecutionOptions& options, Recording& recording) {
    return record_witness(examined_.simulation, examined_.program, seen, examined_.identity, options, recording);
  }

  // What was covered needs no steering; beside a hang it is a question of its own.
  void look_at_order(Searched& searched) {
    SearchResult& result = searched.result;
    ExecutionOptions options = plan_.limits.execution;
    const std::function<bool()> over = [end = std::chrono::steady_clock::now() + kTimeOfOrder] {
      return std::chrono::steady_clock::now() >= end;
    };
    // Where there is no limit of time, whatever is said is to be the same everywhere.
    if (plan_.limits.time_is_over) options.time_is_over = &over;
    observe_order(examined_.simulation, examined_.program, plan_.seed, options, verdict());
    if (result.hangs > 0 ? !plan_.drive_beside_hangs : result.exhaustive) return;
    const DrivenRuns driven = drive_predictions(examined_.simulation, examined_.program, plan_.seed, examined_.identity,
                                                options, hangs_, verdict());
    if (!driven.first_hang || result.first_hang) return;
    if (!hangs_again(examined_, *driven.first_hang, driven.stuck, options)) return;
    add_driven_hang(driven, result);
    lockcheck::add_hang(driven.waits, verdict().search.hangs);
    searched.strategies += ", then directed to what is predicted";
  }

  void describe_rules(const SearchResult& result) {
    std::vector<lockcheck::RuleBreak> rules;
    rules.reserve(result.broken_rules.size());
    for (const BrokenRule& broken : result.broken_rules) rules.push_back(broken.what);
    lockcheck::describe_rules(rules, names_in(examined_), verdict().scene);
  }

  // Makes the execution once more. A livelock is shown once around.
  void show(const FirstSeen& seen, const SearchResult& result) {
    ExecutionOptions options = plan_.limits.execution;
    if (verdict().word == VerdictWord::livelock) {
      options.max_steps = result.livelock->begins + result.livelock->steps;
      verdict().scene.cycle_steps = result.livelock->steps;
      for (const CutPlace& place : result.livelock->places) verdict().scene.cycle.push_back(in_verdict(place));
    }
    Finding finding;
    Recording recording;
    finding.witness = witness_of(seen, options, recording);
    if (const auto line = to_line(finding.witness)) finding.line = *line;
    finding.trace = event_trace_text(recording, examined_.simulation.watch());
    if (verdict().word == VerdictWord::hang) describe_hang(examined_, result.stuck, &recording, verdict().scene);
    if (verdict().word == VerdictWord::early || verdict().word == VerdictWord::late) {
      verdict().scene.ends = examined_.ends();
    }
    verdict().scene.witness = finding.line;
    conclusion_.finding = std::move(finding);
  }

  const Examined& examined_;
  const SearchPlan& plan_;
  SearchGuard guard_;
  HangLog hangs_;
  std::vector<std::string> not_repeated_;
  Conclusion conclusion_;
};

}  // namespace

Conclusion conclude(const Examined& examined, const SearchPlan& plan, Verdict about) {
  try {
    return Concluding(examined, plan, std::move(about)).conclude();
  } catch (...) {
    throw_failure(examined, plan.limits.execution);
  }
}

Ending worst_of(const std::vector<lockcheck::EndInVerdict>& ends) {
  if (ends.empty()) return Ending::as_told;
  const bool early = std::ranges::any_of(
      ends, [](const lockcheck::EndInVerdict& end) { return end.kind == lockcheck::EndKind::early; });
  return early ? Ending::early : Ending::late;
}

void conclude_execution(const Examined& examined, const Outcome& outcome, const Recording* recording, AtLimit at_limit,
                        Verdict& verdict) {
  const bool hang = outcome.kind == OutcomeKind::hang;
  lockcheck::describe_rules(examined.simulation.watch().broken_rules(), names_in(examined), verdict.scene);
  if (examined.ends && outcome.kind == OutcomeKind::finished && outcome.timely) verdict.scene.ends = examined.ends();
  verdict.word = word_of_run(hang, verdict);
  verdict.search.executions = 1;
  verdict.search.steps = outcome.steps;
  if (hang) describe_hang(examined, outcome.stuck, recording, verdict.scene);
  if (outcome.kind == OutcomeKind::cut && at_limit == AtLimit::unfinished && verdict.word == VerdictWord::clean) {
    verdict.word = VerdictWord::incomplete;
    verdict.search.stopped_by = lockcheck::StoppedBy::steps;
  }
}

VerdictWord word_of_run(bool hang, const Verdict& verdict) {
  if (hang) return VerdictWord::hang;
  if (lockcheck::any_assertion_failed(verdict.scene)) return VerdictWord::abort;
  if (!verdict.scene.rules.empty()) return VerdictWord::rule;
  const Ending ending = worst_of(verdict.scene.ends);
  if (ending != Ending::as_told) return ending == Ending::early ? VerdictWord::early : VerdictWord::late;
  return lockcheck::any_prediction_stands(verdict.order) ? VerdictWord::possible : VerdictWord::clean;
}

}  // namespace zoneknot::sim
