#include "tools/witness/shrink_witness.h"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "core/random.h"
#include "lockcheck/picture/hang_kind.h"
#include "lockcheck/text/site.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "sim/witness/orderly_walk.h"
#include "tools/instance/simulated.h"
#include "tools/option/bound.h"

namespace zoneknot::tools {
namespace {

using lockcheck::Bounds;

constexpr std::uint64_t kWalkSeed = 1;
constexpr std::uint64_t kStepsOfAnAttempt = 3'000'000;  // about; of its random executions
constexpr std::uint64_t kMostPreemptions = 4;           // of an orderly walk, less one
constexpr std::uint64_t kShareWithoutAFind = 5;         // an attempt that has found nothing of the kind by then ends
constexpr unsigned kFindsOfAnAttempt = 25;              // of the same kind, each shrunk to see how small it gets

// How many of the smallest instances, by size, are tried before the witness's own is cut down piece by piece.
constexpr std::array<std::array<std::uint32_t, 4>, 6> kSmallInstances = {{{2, 1, 2, 2},
                                                                          {2, 2, 3, 2},
                                                                          {2, 2, 4, 2},
                                                                          {3, 2, 6, 2},
                                                                          {4, 4, 8, 2},
                                                                          {4, 4, 16, 4}}};  // zones, depth, ios, blocks

using What = FindingKind::What;
using Member = std::optional<std::uint32_t> Bounds::*;

bool is_assertion(const lockcheck::RuleBreak& broken) { return broken.rule == lockcheck::Rule::assertion; }

// What a replay would not call otherwise: no assertion fails beside another rule, no rule is broken beside an ending.
bool shows_rule(const FindingKind& kind, const std::vector<lockcheck::RuleBreak>& rules) {
  if (kind.what == What::rule && std::ranges::any_of(rules, is_assertion)) return false;
  return std::ranges::any_of(rules, [&](const auto& rule) { return lockcheck::rule_kind(rule) == kind.text; });
}

// `round`: the cycle, of an execution that has ended after going round it once.
bool shows(const FindingKind& kind, const sim::Outcome& outcome, const lockcheck::LockWatch& watch,
           const std::optional<sim::Revisits::Round>& round, sim::Ending ending) {
  if (kind.what == What::livelock) return round && livelock_kind(*round) == kind;
  const bool hang = outcome.kind == sim::OutcomeKind::hang;
  if (hang != (kind.what == What::hang)) return false;
  if (hang) return lockcheck::hang_kind(watch, outcome.stuck) == kind.text;
  if (outcome.kind != sim::OutcomeKind::finished) return false;
  if (kind.what == What::abort || kind.what == What::rule) return shows_rule(kind, watch.broken_rules());
  return finding_kind(outcome, watch, ending) == kind;
}

std::uint64_t zones_of(const core::JobSpec& job, const device::DeviceConfig& device) {
  const std::uint64_t device_bytes = device.zones * device.zone_size;
  const std::uint64_t bytes = job.size != 0 ? job.size_in_file() : device_bytes - std::min(job.offset, device_bytes);
  return (bytes + device.zone_size - 1) / device.zone_size;
}

WitnessSize size_of(const Instance& instance, const sim::ScheduleSize& schedule) {
  WitnessSize size{.schedule = schedule, .jobs = static_cast<std::uint32_t>(instance.jobs.size())};
  std::uint64_t largest = 1;
  for (const core::JobSpec& job : instance.jobs) {
    size.depth = std::max(size.depth, job.iodepth);
    size.zones = std::max(size.zones, zones_of(job, instance.device));
    largest = std::max<std::uint64_t>(largest, job.largest_bs());
  }
  const device::DeviceConfig& device = instance.device;
  size.blocks = (device.zone_capacity != 0 ? device.zone_capacity : device.zone_size) / largest;
  size.ios_bound = instance.bounds.ios.value_or(UINT32_MAX);
  return size;
}

// 1, 2, 3, 4, 6, 8, 12, 16, …
std::uint32_t next_size(std::uint32_t size) {
  if (size < 4) return size + 1;
  const bool power = (size & (size - 1)) == 0;
  return power ? size + size / 2 : size / 3 * 4;
}

// The plan for an instance in which the tasks have other numbers; kNoId: a task is not there.
sim::Plan mapped(const sim::Plan& plan, const std::vector<core::TaskId>& to) {
  sim::Plan result;
  for (sim::Turn turn : plan.turns) {
    turn.task = turn.task < to.size() ? to[turn.task] : core::kNoId;
    if (turn.task != core::kNoId) result.turns.push_back(turn);
  }
  for (std::size_t task = 0; task < plan.draws.size(); ++task) {
    const core::TaskId target = task < to.size() ? to[task] : core::kNoId;
    if (target == core::kNoId) continue;
    if (target >= result.draws.size()) result.draws.resize(target + 1);
    result.draws[target] = plan.draws[task];
  }
  return result;
}

// Who plays whose part where other jobs are left: those that matter go first, to a job of their section if there is
// one, and the others take what is left.
std::vector<core::TaskId> parts(const std::vector<core::JobSpec>& before, const std::vector<core::JobSpec>& now,
                                const std::vector<core::TaskId>& important) {
  std::vector<core::TaskId> to(before.size() + 1, core::kNoId);
  std::vector<bool> taken(now.size());
  to[0] = 0;
  const auto give = [&](core::TaskId task, bool any_section) {
    for (std::size_t i = 0; i < now.size() && to[task] == core::kNoId; ++i) {
      if (taken[i] || (!any_section && now[i].section != before[task - 1].section)) continue;
      taken[i] = true;
      to[task] = static_cast<core::TaskId>(i + 1);
    }
  };
  for (const bool any_section : {false, true}) {
    for (const core::TaskId task : important) give(task, any_section);
  }
  for (const bool any_section : {false, true}) {
    for (core::TaskId task = 1; task <= before.size(); ++task) give(task, any_section);
  }
  return to;
}

std::vector<std::uint32_t> sections_of(const std::vector<core::JobSpec>& jobs, std::size_t first, std::size_t count) {
  std::vector<std::uint32_t> sections;
  for (std::size_t i = first; i < first + count; ++i) sections.push_back(jobs[i].section);
  return sections;
}

// A plan with a quarter of its turns left out and an eighth of its draws changed.
sim::Plan disorderly(const sim::Plan& plan, core::SplitMix64& random) {
  constexpr std::uint64_t kLargestDraw = 8;
  sim::Plan result;
  for (const sim::Turn& turn : plan.turns) {
    if (random.below(4) != 0) result.turns.push_back(turn);
  }
  result.draws = plan.draws;
  for (auto& draws : result.draws) {
    for (std::uint32_t& draw : draws) {
      if (random.below(8) == 0) draw = static_cast<std::uint32_t>(random.below(kLargestDraw));
    }
  }
  return result;
}

std::vector<core::TaskId> tasks_of(const sim::Revisits::Round& round) {
  std::set<core::TaskId> tasks;
  for (const sim::CyclePlaces::Place& place : round.places.all()) tasks.insert(place.task);
  return {tasks.begin(), tasks.end()};
}

// The finding so far, and all attempts to make less of it.
class Shrinking {
 public:
  Shrinking(const Instance& instance, const FindingKind& kind, const ShrinkPlan& plan)
      : kind_(kind), plan_(plan), best_instance_(instance) {}

  ShrunkWitness run(const sim::Witness& witness) {
    load(witness);
    const WitnessSize before = best_size_;
    bool better = true;
    while (better && !interrupted_) {
      better = small_instances();
      better |= schedule_alone();
      better |= cut_down();
      better |= attempt(best_instance_.bounds);
    }
    return {.instance = best_instance_,
            .kept = best_,
            .kind = kind_,
            .before = before,
            .after = best_size_,
            .executions = executions_,
            .steps = steps_,
            .interrupted = interrupted_};
  }

 private:
  // An instance, made ready to be run again and again until it shows something of the kind.
  struct Bench {
    Bench(Shrinking& of, const Instance& instance, const sim::ShrinkLimits& limits)
        : workload(instance), shrinker(workload.simulation(), workload.program(), of.keep(workload), limits) {}

    SimulatedWorkload workload;
    sim::ScheduleShrinker shrinker;
  };

  sim::Keep keep(const SimulatedWorkload& workload) {
    return [this, &workload](const sim::Outcome& outcome, const lockcheck::LockWatch& watch,
                             const std::optional<sim::Revisits::Round>& round) {
      if (!shows(kind_, outcome, watch, round, workload.ending(outcome))) return false;
      important_ = round ? tasks_of(*round) : outcome.stuck.core;
      return true;
    };
  }

  sim::ShrinkLimits limits() const {
    return {.execution = {.max_steps = 4 * best_.size.steps + 1000, .stop = plan_.stop},
            .time_is_over = plan_.time_is_over,
            .ends_at_cycle = kind_.what == What::livelock};
  }

  // The witness as it is. Nobody may stop this: it is what there is if everything else is stopped.
  void load(const sim::Witness& witness) {
    Bench bench(*this, best_instance_,
                {.execution = {.max_steps = std::max<std::uint64_t>(witness.steps, 1)},
                 .ends_at_cycle = kind_.what == What::livelock});
    sim::Replay replay(witness.schedule);
    auto kept = bench.shrinker.run(replay);
    if (!kept) throw std::logic_error("a witness that was to be shrunk does not show what it showed before");
    accept(best_instance_, *std::move(kept));
  }

  void accept(const Instance& instance, sim::KeptExecution kept) {
    best_size_ = size_of(instance, kept.size);
    best_ = std::move(kept);
    best_important_ = important_;
    best_instance_ = instance;
  }

  void count(const sim::ScheduleShrinker& shrinker) {
    executions_ += shrinker.executions();
    steps_ += shrinker.steps();
    interrupted_ |= shrinker.interrupted();
    if (plan_.progress) plan_.progress(best_size_, executions_);
  }

  // Shrinks what was found on an instance; true: that is less than the best so far.
  bool take_if_less(const Instance& instance, sim::ScheduleShrinker& shrinker, sim::KeptExecution found) {
    sim::KeptExecution shrunk = shrinker.shrink(std::move(found));
    if (!size_of(instance, shrunk.size).less_than(best_size_)) return false;
    // The last execution was an attempt; the stuck tasks have to be those of this one.
    sim::Script script(shrunk.decisions);
    if (!shrinker.run(script) && !shrinker.interrupted()) return false;
    accept(instance, std::move(shrunk));
    return true;
  }

  bool schedule_alone() {
    const Instance instance = best_instance_;
    Bench bench(*this, instance, limits());
    const bool better = take_if_less(instance, bench.shrinker, best_);
    count(bench.shrinker);
    return better;
  }

  // An instance with these bounds, if they make one.
  [[nodiscard]] std::optional<Instance> bounded(const Bounds& bounds) const {
    InstanceSource source = best_instance_.source;
    source.fixes = best_instance_.fixes.to_string();
    source.bound = bound_text(bounds);
    if (!source.environment) source.environment = best_instance_.environment;
    auto instance = make_instance(source, best_instance_.job_text, best_instance_.faults_text);
    if (!instance || instance->jobs.empty()) return std::nullopt;
    return *std::move(instance);
  }

  // Looks for a finding of the kind under these bounds that is less than the best so far.
  bool attempt(const Bounds& bounds) {
    if (interrupted_) return false;
    const std::optional<Instance> instance = bounded(bounds);
    // Whatever is found there has at least the instance's size.
    if (!instance) return false;
    Bench bench(*this, *instance, limits());
    const bool better = search(*instance, bench.shrinker);
    count(bench.shrinker);
    return better;
  }

  bool search(const Instance& instance, sim::ScheduleShrinker& shrinker) {
    const std::vector<core::JobSpec>& jobs = best_instance_.jobs;
    const sim::Plan by_part = mapped(best_.plan, parts(jobs, instance.jobs, best_important_));
    for (const sim::Plan& plan : {by_part, mapped(best_.plan, parts(jobs, instance.jobs, {}))}) {
      auto found = shrinker.follow(plan);
      if (found && take_if_less(instance, shrinker, *std::move(found))) return true;
    }
    core::SplitMix64 random(kWalkSeed);
    sim::RandomWalk walk(kWalkSeed);
    sim::OrderlyWalk orderly(kWalkSeed, best_.size.steps, shrinker.log());
    const auto next_find = [&](std::uint64_t i) {
      if (i % 4 == 0) return shrinker.follow(disorderly(by_part, random));
      if (i % 4 == 1) return shrinker.run(walk);
      orderly.set_preemptions(i / 4 % std::clamp<std::uint64_t>(best_.size.preemptions, 1, kMostPreemptions));
      return shrinker.run(orderly);
    };
    unsigned finds = 0;
    const std::uint64_t last_step = shrinker.steps() + kStepsOfAnAttempt;
    const auto go_on = [&](std::uint64_t i) {
      const std::uint64_t walks = finds > 0 ? plan_.walks : plan_.walks / kShareWithoutAFind + 1;
      return i < walks && shrinker.steps() < last_step && !shrinker.interrupted();
    };
    for (std::uint64_t i = 0; go_on(i); ++i) {
      auto found = next_find(i);
      if (!found) continue;
      if (take_if_less(instance, shrinker, *std::move(found))) return true;
      if (++finds == kFindsOfAnAttempt) return false;
    }
    return false;
  }

  [[nodiscard]] std::uint32_t least_jobs() const {
    return static_cast<std::uint32_t>(
        std::max<std::size_t>(std::ranges::count_if(best_important_, [](core::TaskId task) { return task != 0; }), 1));
  }

  bool small_instances() {
    for (const auto& [zones, depth, ios, blocks] : kSmallInstances) {
      Bounds bounds;
      bounds.jobs = std::min(least_jobs(), best_size_.jobs);
      bounds.zones = static_cast<std::uint32_t>(std::min<std::uint64_t>(zones, best_size_.zones));
      bounds.depth = std::min(depth, best_size_.depth);
      bounds.ios = std::min(ios, best_size_.ios_bound);
      bounds.blocks = static_cast<std::uint32_t>(std::min<std::uint64_t>(blocks, best_size_.blocks));
      if (attempt_with_jobs(bounds, *bounds.jobs)) return true;
    }
    return false;
  }

  // So many jobs, from the first on or from a later one, but each row of sections only once, and none that lacks the
  // section of a stuck task.
  bool attempt_with_jobs(Bounds bounds, std::uint32_t count) {
    const std::vector<core::JobSpec> jobs = best_instance_.jobs;
    const std::uint32_t skipped = best_instance_.bounds.skip.value_or(0);
    std::set<std::vector<std::uint32_t>> tried;
    for (std::uint32_t first = 0; first + count <= jobs.size() && !interrupted_; ++first) {
      const std::vector<std::uint32_t> sections = sections_of(jobs, first, count);
      const bool enough = std::ranges::all_of(best_important_, [&](core::TaskId task) {
        return task == 0 || std::ranges::find(sections, jobs[task - 1].section) != sections.end();
      });
      if (!enough || !tried.insert(sections).second) continue;
      bounds.jobs = count;
      bounds.skip = skipped + first == 0 ? std::nullopt : std::optional(skipped + first);
      if (attempt(bounds)) return true;
    }
    return false;
  }

  bool cut_down() {
    bool better = cut_down_jobs();
    better |= cut_down(&Bounds::depth, 1, best_size_.depth);
    better |= cut_down(&Bounds::zones, 1, best_size_.zones);
    better |= cut_down(&Bounds::ios, 1, std::min<std::uint64_t>(best_size_.ios_bound, best_.size.ios + 1));
    return cut_down(&Bounds::blocks, 1, best_size_.blocks) || better;
  }

  bool cut_down_jobs() {
    for (std::uint32_t count = least_jobs(); count < best_size_.jobs && !interrupted_; count = next_size(count)) {
      if (attempt_with_jobs(best_instance_.bounds, count)) return true;
    }
    return false;
  }

  // The smallest value below `now` with which there still is a finding of the kind.
  bool cut_down(Member member, std::uint32_t from, std::uint64_t now) {
    for (std::uint32_t value = from; value < now && !interrupted_; value = next_size(value)) {
      Bounds bounds = best_instance_.bounds;
      bounds.*member = value;
      if (attempt(bounds)) return true;
    }
    return false;
  }

  const FindingKind kind_;
  const ShrinkPlan& plan_;
  Instance best_instance_;
  sim::KeptExecution best_;
  WitnessSize best_size_;
  std::vector<core::TaskId> important_;       // stuck in the execution that was kept last
  std::vector<core::TaskId> best_important_;  // and in the best one
  std::uint64_t executions_ = 0;
  std::uint64_t steps_ = 0;
  bool interrupted_ = false;
};

}  // namespace

std::optional<FindingKind> finding_kind(const sim::Outcome& outcome, const lockcheck::LockWatch& watch,
                                        sim::Ending ending) {
  if (outcome.kind == sim::OutcomeKind::hang) {
    return FindingKind{What::hang, lockcheck::hang_kind(watch, outcome.stuck)};
  }
  const std::vector<lockcheck::RuleBreak> rules = watch.broken_rules();
  const auto assertion = std::ranges::find_if(rules, is_assertion);
  if (assertion != rules.end()) return FindingKind{What::abort, lockcheck::rule_kind(*assertion)};
  if (!rules.empty()) return FindingKind{What::rule, lockcheck::rule_kind(rules.front())};
  if (ending == sim::Ending::early) return FindingKind{What::early, "a job ends before its work is done"};
  if (ending == sim::Ending::late) return FindingKind{What::late, "a job goes on after its runtime"};
  return std::nullopt;
}

FindingKind livelock_kind(const sim::Revisits::Round& round) {
  std::set<std::string> places;
  for (const sim::CyclePlaces::Place& place : round.places.all()) {
    places.insert(lockcheck::function_name(place.site) + " " + lockcheck::site_text(place.site));
  }
  FindingKind kind{What::livelock, {}};
  for (const std::string& place : places) kind.text += (kind.text.empty() ? "" : "; ") + place;
  return kind;
}

bool WitnessSize::less_than(const WitnessSize& other) const {
  const auto by_importance = [](const WitnessSize& size) {
    const sim::ScheduleSize& s = size.schedule;
    return std::tuple(s.preemptions, s.reordered, size.jobs, size.depth, size.zones, s.ios, size.ios_bound, size.blocks,
                      s.switches, s.deviations, s.steps);
  };
  return by_importance(*this) < by_importance(other);
}

ShrunkWitness shrink_witness(const Instance& instance, const sim::Witness& witness, const FindingKind& kind,
                             const ShrinkPlan& plan) {
  return Shrinking(instance, kind, plan).run(witness);
}

}  // namespace zoneknot::tools
