#include "tools/explain/explanation.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/fix_table.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/progress_line.h"
#include "tools/cli/search_limits.h"
#include "tools/explain/cause.h"
#include "tools/explain/loop.h"
#include "tools/instance/search_verdict.h"
#include "tools/instance/simulated.h"
#include "tools/witness/no_return.h"
#include "tools/witness/shrink_witness.h"
#include "tools/witness/witness_input.h"

namespace zoneknot::tools {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<WaitingPlace> places_of(const std::vector<Together>& groups) {
  std::vector<WaitingPlace> places;
  for (const Together& group : groups) {
    const bool zone = group.stands == Stands::waits_for_zone;
    const bool signal = group.stands == Stands::waits_for_signal;
    if (!zone && !signal && group.stands != Stands::waits_for_m && group.stands != Stands::reaps) continue;
    places.push_back({.lock_class = zone                                  ? "zone"
                                    : group.stands == Stands::waits_for_m ? "M"
                                                                          : "",
                      .functions = group.stands == Stands::reaps ? "" : group.ours,
                      .tasks = static_cast<std::uint32_t>(group.titles.size()),
                      .or_m = zone && group.or_m,
                      .signal = signal});
  }
  return places;
}

std::function<bool()> over_after(std::chrono::milliseconds time) {
  return [end = Clock::now() + time] { return interrupted().load() || Clock::now() >= end; };
}

sim::Witness witness_of(const Instance& instance, const sim::FirstSeen& seen) {
  SimulatedWorkload workload(instance);
  sim::Recording recording;
  return sim::record_witness(workload.simulation(), workload.program(), seen, instance.identity(), {}, recording);
}

// Nothing: it does not come again, which is the tool's own fault and no reason to show anything.
std::optional<Explanation::Finding> finding_of(const Instance& instance, const FixesToTry& fixes,
                                               const sim::FirstSeen& seen, std::chrono::milliseconds time) {
  const sim::Witness found = witness_of(instance, seen);
  const auto replayed = replay_exactly({instance, found, {}}, fixes.name);
  if (!replayed || !replayed->kind) return std::nullopt;
  ShrinkPlan plan;
  plan.stop = &interrupted();
  plan.time_is_over = over_after(time / 3);
  const ShrunkWitness shrunk = shrink_witness(instance, found, *replayed->kind, plan);
  Explanation::Finding finding{
      .fixes = fixes.name, .instance = shrunk.instance, .witness = {}, .trace = {}, .verdict = {}};
  finding.witness = witness_of(
      shrunk.instance, {.execution = 1, .decisions = shrunk.kept.decisions, .max_steps = shrunk.kept.size.steps});
  const auto again = replay_exactly({shrunk.instance, finding.witness, {}}, fixes.name);
  if (!again) return std::nullopt;
  finding.trace = again->trace;
  finding.verdict = again->verdict;
  finding.verdict.search.strategy = "directed to what the backtrace shows, then shrink, then replay";
  if (const auto line = sim::to_line(finding.witness)) finding.verdict.scene.witness = *line;
  add_point_of_no_return(finding.instance, finding.witness, finding.verdict, over_after(time / 3));
  // The whole job comes to it more often than what is left of it.
  finding.verdict.scene.cause =
      cause_of(instance, finding.verdict.scene, {.steps = 20'000'000, .time_is_over = over_after(time / 3)});
  return finding;
}

}  // namespace

std::vector<FixesToTry> released_fixes() {
  std::vector<FixesToTry> fixes;
  for (const core::Preset& preset : core::presets()) {
    if (!preset.name.starts_with("fio-")) continue;
    if (!fixes.empty() && fixes.back().set == preset.set) {
      fixes.back().last = preset.name;
      fixes.back().name = fixes.back().first + " to " + preset.name;
    } else {
      fixes.push_back({.name = preset.name, .first = preset.name, .last = preset.name, .set = preset.set});
    }
  }
  return fixes;
}

namespace {

class Explaining {
 public:
  Explaining(const Instance& instance, Placement placement, std::chrono::milliseconds time)
      : instance_(instance), time_(time), end_(Clock::now() + time) {
    explanation_.placement = std::move(placement);
    explanation_.groups = together(explanation_.placement);
    places_ = places_of(explanation_.groups);
    for (const PlacedThread& thread : explanation_.placement.threads) {
      if (thread.may_go_round() && !thread.around.empty()) around_.push_back(thread.around);
    }
  }

  Explanation run(const std::vector<FixesToTry>& fixes) {
    if (!waits() && around_.empty()) return std::move(explanation_);
    ProgressLine line;
    for (std::size_t i = 0; i < fixes.size() && !interrupted().load(); ++i) {
      const std::chrono::milliseconds left = time_left();
      if (left.count() <= 0) break;
      if (line.shown()) {
        line.show([&](double) { return fmt::format("explain: {} ({} of {})", fixes[i].name, i + 1, fixes.size()); });
      }
      // What was found once needs no second search of the same length.
      explanation_.tried.push_back(tried(fixes[i], left / static_cast<std::int64_t>(fixes.size() - i)));
    }
    clear_progress();
    return std::move(explanation_);
  }

 private:
  [[nodiscard]] std::chrono::milliseconds time_left() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now());
  }

  // Else somebody may go round in the functions of around_.
  [[nodiscard]] bool waits() const {
    return std::ranges::any_of(places_, [](const WaitingPlace& place) { return place.is_aim(); });
  }

  TriedFixes tried(const FixesToTry& fixes, std::chrono::milliseconds share) {
    TriedFixes tried{.fixes = fixes, .result = {}};
    if (!fixes.first.empty()) tried.left_out = why_not_released_as(explanation_.placement, fixes.first, fixes.last);
    if (!tried.left_out.empty()) return tried;
    InstanceSource source = instance_.source;
    source.fixes = fixes.set.to_string();
    const auto under = make_instance(source, instance_.job_text, instance_.faults_text);
    if (!under) {
      tried.refused = under.error().message;
    } else if (waits()) {
      search_hang(*under, share, tried);
    } else {
      search_for_loop(*under, share, tried);
    }
    return tried;
  }

  void search_hang(const Instance& under, std::chrono::milliseconds share, TriedFixes& tried) {
    tried.result = reproduce(under, places_, {.time_is_over = over_after(share)});
    if (!tried.result.found || explanation_.finding) return;
    explanation_.finding =
        finding_of(under, tried.fixes, *tried.result.found, std::clamp(time_left(), time_ / 12, time_ / 3));
  }

  // A loop is small: what is not met soon is not met at all.
  void search_for_loop(const Instance& under, std::chrono::milliseconds share, TriedFixes& tried) {
    constexpr std::chrono::milliseconds kMost{2'000};
    LoopSearch loop = search_loop(under, around_, over_after(std::min(share, kMost)));
    tried.result.executions = loop.conclusion.verdict.search.executions.value_or(0);
    tried.goes_round = loop.is_that_one && loop.conclusion.finding;
    if (!tried.goes_round || explanation_.finding) return;
    explanation_.finding = Explanation::Finding{.fixes = tried.fixes.name,
                                                .instance = under,
                                                .witness = std::move(loop.conclusion.finding->witness),
                                                .trace = std::move(loop.conclusion.finding->trace),
                                                .verdict = std::move(loop.conclusion.verdict)};
  }

  const Instance& instance_;
  std::chrono::milliseconds time_;
  Clock::time_point end_;
  Explanation explanation_;
  std::vector<WaitingPlace> places_;
  std::vector<std::string> around_;
};

}  // namespace

Explanation explain(const Instance& instance, Placement placement, const std::vector<FixesToTry>& fixes,
                    std::chrono::milliseconds time) {
  return Explaining(instance, std::move(placement), time).run(fixes);
}

}  // namespace zoneknot::tools
