#include "tools/explain/explanation.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/fix_table.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/progress_line.h"
#include "tools/cli/search_limits.h"
#include "tools/explain/cause.h"
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
  plan.time_is_over = over_after(time / 2);
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
  add_point_of_no_return(finding.instance, finding.witness, finding.verdict);
  // The whole job comes to it more often than what is left of it.
  finding.verdict.scene.cause =
      cause_of(instance, finding.verdict.scene, {.steps = 20'000'000, .time_is_over = over_after(time / 2)});
  return finding;
}

}  // namespace

std::vector<FixesToTry> released_fixes() {
  std::vector<FixesToTry> fixes;
  std::string first;
  for (const core::Preset& preset : core::presets()) {
    if (!preset.name.starts_with("fio-")) continue;
    if (!fixes.empty() && fixes.back().set == preset.set) {
      fixes.back().name = first + " to " + preset.name;
    } else {
      first = preset.name;
      fixes.push_back({preset.name, preset.set});
    }
  }
  return fixes;
}

Explanation explain(const Instance& instance, Placement placement, const std::vector<FixesToTry>& fixes,
                    std::chrono::milliseconds time) {
  Explanation explanation{.placement = std::move(placement), .groups = {}, .tried = {}, .finding = {}, .next = {}};
  explanation.groups = together(explanation.placement);
  const std::vector<WaitingPlace> places = places_of(explanation.groups);
  if (std::ranges::none_of(places, [](const WaitingPlace& place) { return place.is_aim(); })) {
    return explanation;
  }
  const auto end = Clock::now() + time;
  ProgressLine line;
  for (std::size_t i = 0; i < fixes.size() && !interrupted().load(); ++i) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) break;
    if (line.shown()) {
      line.show([&](double) { return fmt::format("explain: {} ({} of {})", fixes[i].name, i + 1, fixes.size()); });
    }
    InstanceSource source = instance.source;
    source.fixes = fixes[i].set.to_string();
    const auto under = make_instance(source, instance.job_text, instance.faults_text);
    if (!under) {
      explanation.tried.push_back({fixes[i], {}, under.error().message});
      continue;
    }
    // What was found once needs no second search of the same length.
    const auto share = left / static_cast<std::int64_t>(fixes.size() - i);
    Reproduced result = reproduce(*under, places, {.time_is_over = over_after(share)});
    const std::optional<sim::FirstSeen> found = result.found;
    explanation.tried.push_back({fixes[i], std::move(result), {}});
    if (found && !explanation.finding) explanation.finding = finding_of(*under, fixes[i], *found, time / 3);
  }
  clear_progress();
  return explanation;
}

}  // namespace zoneknot::tools
