#include "sim/search/explorer.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "lockcheck/text/site.h"
#include "sim/strategy/replay.h"

namespace zoneknot::sim {

namespace {

// At the clock, where executions are short.
constexpr std::uint64_t kExecutionsBetweenLooks = 16;

class Search {
 public:
  Search(Simulation& simulation, const Program& program, Strategy& strategy, const SearchLimits& limits)
      : simulation_(simulation),
        strategy_(strategy),
        limits_(limits),
        options_(limits.execution),
        executions_end_(limits.executions),
        main_([&] { program(simulation); }) {
    if (limits.count_traces) options_.trace_hash = &trace_;
    if (limits.time_is_over) options_.time_is_over = &limits.time_is_over;
    strategy.look_at(simulation.watch());
    strategy.stop_when([this] { return stop_asked().has_value(); });
  }

  SearchResult run() {
    explore();
    const bool nothing_left = result_.end == SearchEnd::exhausted && strategy_.describe().covers_everything;
    result_.exhaustive = nothing_left && result_.cut == 0;
    if (result_.end == SearchEnd::exhausted) note_reservations();
    sum_up();
    return std::move(result_);
  }

 private:
  void explore() {
    if (!may_go_on() || !begin()) return;
    Recording first;
    const Outcome outcome = run(&first);
    note(outcome);
    const bool complete = outcome.kind != OutcomeKind::stopped && outcome.kind != OutcomeKind::diverged &&
                          outcome.kind != OutcomeKind::overflow;
    if (complete) check_repeatable(outcome, first);
    tell_found();
    while (!ended_ && may_go_on() && begin()) {
      note(run(nullptr));
      tell_found();
    }
  }

  bool begin() {
    const bool more = strategy_.begin();
    // A strategy that was stopped in the middle of its own work has nothing left, and has not come to its end.
    const bool look = !more || result_.executions % kExecutionsBetweenLooks == 0;
    if (const auto stopped = look ? stop_asked() : std::nullopt) return end(*stopped);
    return more || end(SearchEnd::exhausted);
  }

  Outcome run(Recording* recording) {
    options_.hang_ends = limits_.first_hang_ends || !strategy_.needs().whole_executions;
    options_.recording = recording;
    options_.max_steps = max_steps_ = std::min(limits_.execution.max_steps, limits_.budgets.of(result_.executions));
    return simulation_.run(main_, strategy_, options_);
  }

  // The choices of an execution once more.
  Outcome repeat(const std::vector<std::uint32_t>& decisions, std::uint64_t max_steps, Recording& recording) {
    Script script(decisions);
    (void)script.begin();
    ExecutionOptions options = options_;
    options.hang_ends = limits_.first_hang_ends || !strategy_.needs().whole_executions;
    options.max_steps = max_steps;
    options.recording = &recording;
    return simulation_.run(main_, script, options);
  }

  // What the user or the clock has asked for.
  [[nodiscard]] std::optional<SearchEnd> stop_asked() const {
    if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) return SearchEnd::user;
    if (limits_.time_is_over && limits_.time_is_over()) return SearchEnd::time;
    return std::nullopt;
  }

  bool may_go_on() {
    if (result_.executions >= executions_end_) return end(SearchEnd::executions);
    if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) return end(SearchEnd::user);
    const std::uint64_t steps = result_.steps + strategy_.acting().memoised_steps();
    if (steps < next_call_) return true;
    next_call_ = steps + limits_.steps_between_calls;
    if (limits_.progress) report_progress();
    return !limits_.time_is_over || !limits_.time_is_over() || end(SearchEnd::time);
  }

  void report_progress() {
    limits_.progress({.executions = result_.executions,
                      .most_executions = limits_.executions,
                      .steps = result_.steps,
                      .hangs = result_.hangs,
                      .coverage = strategy_.acting().describe().coverage});
  }

  void note(const Outcome& outcome) {
    ++result_.executions;
    result_.steps += outcome.steps;
    if ((outcome.kind == OutcomeKind::cut || outcome.cut_after_hang) && result_.cut++ == 0) note_cut(outcome);
    if (outcome.kind == OutcomeKind::finished) result_.longest = std::max(result_.longest, outcome.steps);
    result_.pruned += outcome.kind == OutcomeKind::pruned ? 1 : 0;
    result_.traces += outcome.kind == OutcomeKind::finished || outcome.kind == OutcomeKind::hang ? 1 : 0;
    note_part(outcome);
    clock_read_ |= outcome.clock_read;
    creations_side_by_side_ |= outcome.creations_side_by_side;
    if (outcome.kind == OutcomeKind::hang) note_hang(outcome);
    if (outcome.kind == OutcomeKind::finished && outcome.timely) note_ending();
    strategy_.ended(outcome);
    if (outcome.kind == OutcomeKind::stopped) end(stop_asked().value_or(SearchEnd::user));
    if (outcome.kind == OutcomeKind::overflow) end(SearchEnd::overflow);
    if (simulation_.watch().any_rule_broken()) note_broken_rules();
    if (outcome.kind == OutcomeKind::diverged) {
      result_.difference = provoke_difference(outcome);
      end(SearchEnd::not_repeatable);
    }
  }

  // What no order of steps shows, and no search has gone through.
  void note_reservations() {
    const auto reserve = [this](const char* what) {
      result_.reservations.emplace_back(what);
      result_.exhaustive = false;
    };
    if (clock_read_) reserve("time: tasks look at the clock, and whatever else it might have said was not searched");
    if (creations_side_by_side_) {
      reserve("numbers: the first task creates what others create meanwhile, and was not put behind them");
    }
  }

  void note_cut(const Outcome& outcome) {
    const std::uint64_t left = std::min(limits_.executions_after_cut, UINT64_MAX - result_.executions);
    executions_end_ = std::min(executions_end_, result_.executions + left);
    if (outcome.last_task == core::kNoId) return;
    result_.first_cut = CutPlace{simulation_.watch().tasks().at(outcome.last_task).name, outcome.last_site};
  }

  // What is found first is told of, and a hang after that once more.
  void tell_found() {
    if (ended_ || !limits_.found) return;
    const FirstSeen* seen = result_.first_hang             ? &*result_.first_hang
                            : result_.broken_rules.empty() ? nullptr
                                                           : &result_.broken_rules.front().first;
    if (seen == nullptr || seen->execution == told_) return;
    told_ = seen->execution;
    limits_.found(*seen);
  }

  void note_part(const Outcome& outcome) {
    StrategyStats& part = this_part();
    const bool hang = outcome.kind == OutcomeKind::hang;
    ++part.executions;
    part.steps += outcome.steps;
    part.cut += outcome.kind == OutcomeKind::cut ? 1 : 0;
    part.pruned += outcome.kind == OutcomeKind::pruned ? 1 : 0;
    if (hang && part.hangs++ == 0) {
      part.first_hang_execution = part.executions;
      part.first_hang_steps = part.steps;
    }
    if (part.traces && (hang || outcome.kind == OutcomeKind::finished)) part.traces->add(trace_.value());
  }

  // The numbers of the strategy that has made this execution.
  StrategyStats& this_part() {
    const Strategy* acting = &strategy_.acting();
    const auto known = std::find(parts_.begin(), parts_.end(), acting);
    const auto index = static_cast<std::size_t>(known - parts_.begin());
    if (known != parts_.end()) return result_.strategies[index];
    parts_.push_back(acting);
    StrategyStats& part = result_.strategies.emplace_back();
    if (limits_.count_traces) part.traces.emplace();
    return part;
  }

  void sum_up() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      StrategyStats& part = result_.strategies[i];
      StrategyDescription description = parts_[i]->describe();
      part.name = std::move(description.name);
      part.samples = description.samples;
      part.guarantee = description.guarantee;
      part.coverage = std::move(description.coverage);
    }
  }

  void note_hang(const Outcome& outcome) {
    if (limits_.hung) limits_.hung(outcome);
    if (result_.hangs++ == 0) {
      result_.first_hang = this_execution();
      result_.first_hang->decisions.resize(outcome.decisions_to_hang);
      result_.first_hang_steps = result_.steps;
      result_.stuck = outcome.stuck;
    }
    if (limits_.first_hang_ends) end(SearchEnd::hang_found);
  }

  void note_ending() {
    ++result_.timely;
    const Ending ending = limits_.ending ? limits_.ending() : Ending::as_told;
    if (ending == Ending::as_told) return;
    std::optional<FirstSeen>& first = ending == Ending::early ? result_.early : result_.late;
    if (!first) first = this_execution();
  }

  void note_broken_rules() {
    for (lockcheck::RuleBreak& broken : simulation_.watch().broken_rules()) {
      const auto known =
          std::find_if(result_.broken_rules.begin(), result_.broken_rules.end(), [&broken](const BrokenRule& other) {
            return other.what.rule == broken.rule && lockcheck::same_place(other.what.site, broken.site);
          });
      if (known != result_.broken_rules.end()) {
        known->what.count += broken.count;
      } else {
        result_.broken_rules.push_back({std::move(broken), this_execution()});
      }
    }
  }

  [[nodiscard]] FirstSeen this_execution() const {
    return {result_.executions, simulation_.decisions(), strategy_.schedule(), max_steps_};
  }

  // The first execution again, with the same choices. Whatever it has found counts only if it can be repeated.
  void check_repeatable(const Outcome& outcome, const Recording& first) {
    // Where the strategy has given up, the script would go on.
    const bool pruned = outcome.kind == OutcomeKind::pruned;
    const std::uint64_t max_steps = pruned ? std::max<std::uint64_t>(outcome.steps, 1) : max_steps_;
    Recording second;
    const Outcome again = repeat(std::vector(simulation_.decisions()), max_steps, second);
    if (again.kind == OutcomeKind::stopped) {
      end(stop_asked().value_or(SearchEnd::user));
      return;
    }
    result_.difference = first_difference(first.steps, second.steps);
    const bool other_end =
        outcome.kind != OutcomeKind::pruned && (again.kind != outcome.kind || again.stuck.core != outcome.stuck.core);
    if (!result_.difference && other_end) result_.difference.emplace().step = first.steps.size();
    if (result_.difference) end(SearchEnd::not_repeatable);
  }

  // A strategy has seen that the program does not do what it did before, and knows no more. Two executions with the
  // same choices may differ in the same way.
  Difference provoke_difference(const Outcome& outcome) {
    constexpr int kTries = 16;
    const std::vector<std::uint32_t> decisions = simulation_.decisions();
    Recording first;
    Recording again;
    for (int i = 0; i < kTries; ++i) {
      (void)repeat(decisions, outcome.steps + 1, i == 0 ? first : again);
      if (i == 0) continue;
      if (auto difference = first_difference(first.steps, again.steps)) return *std::move(difference);
    }
    Difference unknown;
    unknown.step = outcome.steps;
    unknown.decision = outcome.decisions;
    return unknown;
  }

  bool end(SearchEnd end) {
    result_.end = end;
    ended_ = true;
    return false;
  }

  Simulation& simulation_;
  Strategy& strategy_;
  const SearchLimits& limits_;
  ExecutionOptions options_;
  std::uint64_t executions_end_;
  std::function<void()> main_;
  SearchResult result_;
  std::vector<const Strategy*> parts_;  // of result_.strategies
  TraceHash trace_;
  std::uint64_t max_steps_ = 0;  // of the execution that was made last
  std::uint64_t next_call_ = 0;
  std::uint64_t told_ = 0;  // the execution that found() was last called with
  bool ended_ = false;
  // Steps of any execution, as Outcome has them.
  bool clock_read_ = false;
  bool creations_side_by_side_ = false;
};

}  // namespace

std::uint64_t GrowingBudgets::of(std::uint64_t i) const {
  if (first == 0) return UINT64_MAX;
  // Term n of the sequence, from 1: 2^(k-1) where n is 2^k - 1, else that of n less the longest such piece before it.
  std::uint64_t n = i / in_row + 1;
  while (!std::has_single_bit(n + 1)) n -= std::bit_floor(n + 1) - 1;
  return first * ((n + 1) / 2);
}

SearchResult explore(Simulation& simulation, const Program& program, Strategy& strategy, const SearchLimits& limits) {
  return Search(simulation, program, strategy, limits).run();
}

std::optional<Difference> first_difference(const std::vector<StepRecord>& first,
                                           const std::vector<StepRecord>& second) {
  const auto [a, b] = std::mismatch(first.begin(), first.end(), second.begin(), second.end(),
                                    [](const StepRecord& x, const StepRecord& y) { return x.same_as(y); });
  if (a == first.end() && b == second.end()) return std::nullopt;
  Difference difference;
  difference.step = static_cast<std::uint64_t>(a - first.begin());
  if (a != first.end()) difference.first = *a;
  if (b != second.end()) difference.second = *b;
  return difference;
}

}  // namespace zoneknot::sim
