#include "sim/conclude/no_return.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "lockcheck/picture/hang_picture.h"
#include "sim/dpor/depth_first.h"
#include "sim/search/event_trace.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "sim/strategy/strategy_wrapper.h"

namespace zoneknot::sim {
namespace {

using lockcheck::NoReturnInVerdict;
using Decisions = std::vector<std::uint32_t>;

// Takes the first decisions as they were; those behind them are the inner strategy's, which has begun already.
class Continued final : public StrategyWrapper {
 public:
  Continued(std::span<const std::uint32_t> decisions, Strategy& inner)
      : StrategyWrapper(inner), decisions_(decisions) {}

  [[nodiscard]] bool begin() override {
    next_ = 0;
    return true;
  }
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override {
    if (next_ == decisions_.size()) return inner_pick(candidates);
    return candidates.size() > 1 ? answer(candidates.size()) : 0;
  }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override {
    return next_ == decisions_.size() ? inner().draw(bound) : answer(bound);
  }
  [[nodiscard]] std::uint32_t chance(double p) override {
    return next_ == decisions_.size() ? inner().chance(p) : answer(2);
  }
  // A hang is what was asked for, whoever could still go on.
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = inner().needs().every_step}; }

 private:
  std::uint32_t answer(std::uint32_t alternatives) {
    const std::uint32_t decision = decisions_[next_++];
    return decision < alternatives ? decision : kDiverged;
  }

  std::span<const std::uint32_t> decisions_;
  std::size_t next_ = 0;
};

// One random continuation: uniform, or of the kind that lets a task go on for a while.
class OneContinuation final : public Strategy {
 public:
  OneContinuation(std::uint64_t seed, bool steady) : choice_(seed), steady_(steady) {}

  [[nodiscard]] bool begin() override { return true; }
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override {
    constexpr std::uint32_t kStepsOfATurn = 16;
    if (steady_ && candidates.last() != core::kNoId && choice_.below(kStepsOfATurn) > 0) return candidates.last();
    return choice_.below(candidates.size());
  }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return choice_.below(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return choice_.chance(p); }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "random continuation"}; }

 private:
  RandomChoice choice_;
  bool steady_;
};

// Gives the execution up at the first step that it is asked for.
class Stop final : public Strategy {
 public:
  [[nodiscard]] bool begin() override { return true; }
  [[nodiscard]] std::uint32_t pick(const Candidates&) override { return kPrune; }
  [[nodiscard]] std::uint32_t draw(std::uint32_t) override { return kPrune; }
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "stop"}; }
};

// The step that takes decision number `decision`: decisions are the steps with several alternatives.
std::size_t step_of(const Recording& recording, std::size_t decision) {
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    if (recording.steps[i].alternatives > 1 && decision-- == 0) return i;
  }
  return recording.steps.size();
}

class NoReturn {
 public:
  NoReturn(const Examined& examined, const lockcheck::SceneInVerdict& hang, const NoReturnLimits& limits)
      : examined_(examined), hang_(hang), limits_(limits) {}

  std::optional<NoReturnInVerdict> find(const Witness& witness) {
    Replay replay(witness.schedule);
    (void)replay.begin();
    const Outcome outcome = run(replay, {.max_steps = std::max<std::uint64_t>(witness.steps, 1)});
    if (outcome.kind != OutcomeKind::hang) return std::nullopt;
    hanging_ = examined_.simulation.decisions();
    // A continuation that has gone as far again, and not less than a short execution, is on its way to something else.
    constexpr std::uint64_t kShortExecution = 10'000;
    max_steps_ = outcome.steps + std::max(outcome.steps, kShortExecution);
    doomed_ = hanging_.size();
    // Of long executions there are not as many.
    constexpr std::uint64_t kFewest = 4;
    constexpr std::uint64_t kQuestions = 20;
    few_ = std::clamp(limits_.steps / (kQuestions * std::max<std::uint64_t>(outcome.steps, 1)), kFewest,
                      std::max(kFewest, limits_.few));
    narrow_down();
    return description();
  }

 private:
  Outcome run(Strategy& strategy, const ExecutionOptions& options) {
    return examined_.simulation.run([this] { examined_.program(examined_.simulation); }, strategy, options);
  }

  // Goes on with the first decisions as they were. True: it does not hang.
  bool gets_away(std::size_t decisions, Strategy& inner) {
    const std::span<const std::uint32_t> first(hanging_.data(), decisions);
    Continued strategy(first, inner);
    (void)strategy.begin();
    Outcome outcome;
    try {
      outcome = run(strategy, {.max_steps = max_steps_});
    } catch (...) {
      // A program that fails on another way has hung on this one all the same.
      draws_only_ = true;
      ++steps_;
      return false;
    }
    steps_ += outcome.steps;
    if (outcome.kind != OutcomeKind::hang && outcome.kind != OutcomeKind::finished &&
        outcome.kind != OutcomeKind::cut && outcome.kind != OutcomeKind::pruned) {
      draws_only_ = true;
    }
    if (outcome.clock_read || outcome.creations_side_by_side) draws_only_ = true;
    if (outcome.kind != OutcomeKind::finished && outcome.kind != OutcomeKind::cut) return false;
    const Decisions& other = examined_.simulation.decisions();
    const auto differs = std::ranges::mismatch(hanging_, other).in1 - hanging_.begin();
    if (free_ && std::cmp_less(differs, *free_)) return true;
    free_ = static_cast<std::size_t>(differs);
    away_ = other;
    away_steps_ = outcome.steps;
    away_ended_ = outcome.kind == OutcomeKind::finished;
    return true;
  }

  // Some of so many random ones do.
  bool some_get_away(std::size_t decisions, std::uint64_t continuations) {
    for (std::uint64_t i = 0; i < continuations && !over(); ++i) {
      OneContinuation one(core::SplitMix64::mix(core::SplitMix64::mix(decisions) + i), i % 2 == 0);
      if (gets_away(decisions, one)) return true;
      tried_ = i + 1;
    }
    return false;
  }

  // Some of all do; nothing: there were too many.
  std::optional<bool> any_gets_away(std::size_t decisions) {
    DepthFirst all;
    for (std::uint64_t i = 0; i < limits_.exhausting && !over() && !draws_only_; ++i) {
      if (!all.begin()) {
        tried_ = i;
        return false;
      }
      if (gets_away(decisions, all)) return true;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool over() const {
    return steps_ >= limits_.steps || (limits_.time_is_over && limits_.time_is_over());
  }

  // Most points of no return are near the end.
  void gallop() {
    for (std::size_t back = 1; !free_ && doomed_ > 0 && !over(); back *= 2) {
      const std::size_t at = hanging_.size() > back ? hanging_.size() - back : 0;
      if (!some_get_away(at, few_) && !over()) doom(at);
    }
  }

  void doom(std::size_t decisions) {
    doomed_ = decisions;
    doomed_by_ = tried_;
  }

  // Until what gets away and what does not are one decision apart.
  void halve() {
    while (free_ && doomed_ - *free_ > 1 && !over()) {
      const std::size_t middle = *free_ + (doomed_ - *free_) / 2;
      if (!some_get_away(middle, few_) && !over()) doom(middle);
    }
  }

  // Whatever is found to get away behind a point that seemed to be one of no return moves it on.
  void narrow_down() {
    gallop();
    while (!over()) {
      halve();
      if (over()) return;
      if (some_get_away(doomed_, limits_.many)) {
        doomed_ = hanging_.size();
        doomed_by_ = 0;
        continue;
      }
      sampled_ = tried_;
      const std::optional<bool> any = any_gets_away(doomed_);
      if (!any || !*any) {
        exhausted_ = any.has_value();
        return;
      }
      doomed_ = hanging_.size();
      doomed_by_ = sampled_ = 0;
    }
  }

  std::optional<NoReturnInVerdict> description() {
    // A point of which nothing was asked is where the hang itself is.
    const bool at_latest = sampled_ == 0 && !exhausted_;
    if (at_latest && doomed_by_ == 0) return std::nullopt;
    NoReturnInVerdict found{.from_the_start = doomed_ == 0,
                            .at_latest = at_latest && doomed_ > 0,
                            .exhausted = exhausted_,
                            .continuations = exhausted_  ? tried_
                                             : at_latest ? doomed_by_
                                                         : sampled_};
    Recording recording;
    stop_behind(hanging_, doomed_, recording);
    const std::size_t at = doomed_ == 0 ? 0 : step_of(recording, doomed_ - 1);
    if (doomed_ > 0) found.step = step_text(recording, at);
    found.tasks = stuck_tasks();
    if (doomed_ > 0 && free_ && *free_ + 1 == doomed_) {
      stop_behind(away_, doomed_, recording);
      found.instead = step_text(recording, at);
      found.instead_steps = away_steps_;
      found.instead_ended = away_ended_;
    }
    return found;
  }

  // Makes so many decisions, and what belongs to the step of the last one.
  void stop_behind(const Decisions& decisions, std::size_t count, Recording& recording) {
    Stop stop;
    const std::span<const std::uint32_t> first(decisions.data(), count);
    Continued strategy(first, stop);
    (void)strategy.begin();
    (void)run(strategy, {.max_steps = max_steps_, .recording = &recording});
  }

  [[nodiscard]] lockcheck::StepInVerdict step_text(const Recording& recording, std::size_t at) const {
    return step_in_verdict(recording, at, examined_.simulation.watch());
  }

  [[nodiscard]] std::vector<lockcheck::TaskAtNoReturn> stuck_tasks() const {
    lockcheck::SceneInVerdict now;
    lockcheck::describe_hang(examined_.simulation.watch(), {}, now);
    std::vector<lockcheck::TaskAtNoReturn> tasks;
    for (const lockcheck::TaskInVerdict& stuck : hang_.tasks) {
      if (stuck.standing != lockcheck::TaskStanding::stuck) continue;
      const auto task = std::ranges::find(now.tasks, stuck.task, &lockcheck::TaskInVerdict::task);
      if (task == now.tasks.end()) continue;
      tasks.push_back(
          {.task = stuck.task, .holds = task->holds, .waits_for = task->waits_for, .wants = stuck.waits_for});
    }
    return tasks;
  }

  const Examined& examined_;
  const lockcheck::SceneInVerdict& hang_;
  const NoReturnLimits& limits_;
  Decisions hanging_;                // of the execution that hangs
  std::size_t doomed_ = 0;           // behind so many decisions nothing was found to get away
  std::optional<std::size_t> free_;  // behind so many something was
  Decisions away_;                   // of that execution
  std::uint64_t away_steps_ = 0;
  bool away_ended_ = false;
  std::uint64_t max_steps_ = 1;
  std::uint64_t steps_ = 0;
  std::uint64_t few_ = 0;        // continuations that say where to look on
  std::uint64_t tried_ = 0;      // continuations of the last question
  std::uint64_t doomed_by_ = 0;  // how many there were of the one that said so of `doomed_`
  std::uint64_t sampled_ = 0;    // random ones of the point that is named
  bool draws_only_ = false;      // going through everything would leave something out
  bool exhausted_ = false;
};

}  // namespace

std::optional<NoReturnInVerdict> point_of_no_return(const Examined& examined, const Witness& witness,
                                                    const lockcheck::SceneInVerdict& hang,
                                                    const NoReturnLimits& limits) {
  return NoReturn(examined, hang, limits).find(witness);
}

}  // namespace zoneknot::sim
