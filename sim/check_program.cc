#include "sim/check_program.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/picture/resource_of.h"
#include "lockcheck/report/report_text.h"
#include "lockcheck/verdict/deadlock_kind.h"
#include "sim/dpor/depth_first.h"
#include "sim/predict/order_runs.h"
#include "sim/run/virtual_clock.h"
#include "sim/search/event_trace.h"
#include "sim/search/hang_log.h"
#include "sim/search/search_guard.h"
#include "sim/strategy/partial_order_sampling.h"
#include "sim/strategy/portfolio.h"
#include "sim/strategy/priority_changes.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/remaining_work_walk.h"
#include "sim/witness/witness.h"

namespace zoneknot::sim {

namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;

constexpr int kExitBadInput = 2;
constexpr int kExitFailed = 4;

// One program on a simulation of its own.
class Check {
 public:
  Check(const std::string& name, const ProgramOfRuntimeAndClock& program, const CheckOptions& options)
      : name_(name),
        options_(options),
        simulation_(options.stack_bytes),
        clock_(simulation_),
        program_([this, &program](Simulation& simulation) { program(simulation, clock_); }) {
    guard_.emplace(simulation_, options.silence_limit, &end_process);
    simulation_.set_spurious_wakeups(options.spurious_wakeups);
    simulation_.set_on_stuck([this](const lockcheck::StuckCore& stuck) { stuck_ = stuck; });
  }

  Verdict search() {
    const std::unique_ptr<Strategy> random = random_strategies();
    const std::string strategy = fmt::format("{}, seed {}", random->name(), options_.seed);
    const SearchResult sampled = explore_with(*random, std::min(options_.sampled, options_.executions));
    if (found_something(sampled) || options_.executions <= sampled.executions) {
      return with_order(describe(sampled, strategy));
    }
    DepthFirst depth_first;
    SearchResult all = explore_with(depth_first, options_.executions - sampled.executions);
    add_sampled(sampled, all);
    return with_order(describe(all, strategy + ", then " + depth_first.name()));
  }

  tl::expected<Verdict, std::string> replay(const std::string& line) {
    const auto witness = parse_line(line);
    if (!witness) return tl::make_unexpected(witness.error());
    const std::string other = "the witness belongs to another program or another version of it: ";
    if (witness->identity != identity()) return tl::make_unexpected(other + "its name or the options differ");
    Replay strategy(witness->schedule, witness->checks);
    Recording recording;
    simulation_.set_recording(&recording);
    simulation_.set_max_steps(std::max<std::uint64_t>(witness->steps, 1));
    (void)strategy.begin();
    const Outcome outcome = simulation_.run([this] { program_(simulation_); }, strategy);
    simulation_.set_recording(nullptr);
    if (outcome.kind == OutcomeKind::diverged) {
      return tl::make_unexpected(other + fmt::format("it departs before decision {}", outcome.decisions));
    }
    if (outcome.steps != witness->steps || outcome.trace_hash != witness->trace_hash) {
      return tl::make_unexpected(
          other + fmt::format("it ends after {} steps instead of {}, or otherwise", outcome.steps, witness->steps));
    }
    Verdict verdict;
    verdict.subject.job = name_;
    verdict.search.strategy = "replay";
    verdict.search.executions = 1;
    verdict.search.steps = outcome.steps;
    verdict.scene.witness = line;
    describe_rules(simulation_.watch().broken_rules(), task_names(), verdict.scene);
    verdict.word = outcome.kind == OutcomeKind::hang ? VerdictWord::hang
                   : verdict.scene.rules.empty()     ? VerdictWord::clean
                                                     : VerdictWord::rule;
    describe_execution(recording, verdict);
    return verdict;
  }

 private:
  [[nodiscard]] std::uint64_t identity() const {
    return identity_of(fmt::format("program {} spurious {}", name_, options_.spurious_wakeups));
  }

  static bool found_something(const SearchResult& result) {
    return result.end != SearchEnd::executions || !result.broken_rules.empty();
  }

  SearchResult explore_with(Strategy& strategy, std::uint64_t executions) {
    SearchLimits limits;
    limits.executions = executions;
    limits.max_steps = options_.max_steps;
    limits.hung = [this](const Outcome& outcome) { hangs_.add(outcome); };
    limits.found = [this](const FirstSeen& seen) { keep_witness(seen); };
    SearchResult result = explore(simulation_, program_, strategy, limits);
    if (result.end == SearchEnd::not_repeatable) {
      throw std::runtime_error(difference_text(result.difference.value_or(Difference{}), simulation_.watch()));
    }
    return result;
  }

  void keep_witness(const FirstSeen& seen) {
    Recording recording;
    if (const auto line = to_line(record_witness(simulation_, program_, seen, identity(), recording))) {
      guard_->set_found(*line);
    }
  }

  // No single one finds everything.
  [[nodiscard]] std::unique_ptr<Strategy> random_strategies() const {
    std::vector<std::unique_ptr<Strategy>> parts;
    parts.push_back(std::make_unique<RandomWalk>(options_.seed));
    parts.push_back(std::make_unique<PartialOrderSampling>(options_.seed));
    parts.push_back(std::make_unique<PriorityChanges>(options_.seed, PriorityChanges::kDefaultDepth));
    parts.push_back(std::make_unique<RemainingWorkWalk>(options_.seed));
    return std::make_unique<Portfolio>(std::move(parts));
  }

  // What an exhaustive search that did not end has covered is worth nothing more: then the sampled ones are what
  // counts.
  static void add_sampled(const SearchResult& sampled, SearchResult& all) {
    const bool found = all.first_hang || !all.broken_rules.empty();
    if (found && all.first_hang) all.first_hang->execution += sampled.executions;
    if (!all.exhaustive && !found) all.executions = 0;
    all.executions += sampled.executions;
    all.cut = all.exhaustive || found ? all.cut + sampled.cut : sampled.cut;
    if (sampled.first_cut) all.first_cut = sampled.first_cut;
    all.pruned = all.exhaustive || found ? all.pruned : 0;
    all.steps += sampled.steps;
  }

  Verdict describe(const SearchResult& result, const std::string& strategy) {
    Verdict verdict;
    verdict.subject.job = name_;
    verdict.search.strategy = strategy;
    verdict.search.executions = result.executions;
    verdict.search.executions_cut = result.cut;
    if (result.first_cut) {
      verdict.search.cut_at = {.task = result.first_cut->task, .place = lockcheck::place_of(result.first_cut->site)};
    }
    verdict.search.executions_pruned = result.pruned;
    verdict.search.step_limit = options_.max_steps;
    verdict.search.steps = result.steps;
    verdict.search.exhaustive = result.exhaustive;
    verdict.search.hangs = hangs_.hangs();
    if (result.exhaustive) verdict.search.traces = result.traces;
    verdict.word = word_of(result);
    if (verdict.word == VerdictWord::incomplete) verdict.search.stopped_by = lockcheck::StoppedBy::steps;
    if (result.first_hang) verdict.search.first_hang_execution = result.first_hang->execution;
    if (const FirstSeen* seen = what_to_show(result)) {
      Recording recording;
      simulation_.set_max_steps(options_.max_steps);
      const Witness witness = record_witness(simulation_, program_, *seen, identity(), recording);
      if (const auto line = to_line(witness)) verdict.scene.witness = *line;
      describe_execution(recording, verdict);
    }
    std::vector<lockcheck::RuleBreak> rules;
    rules.reserve(result.broken_rules.size());
    for (const BrokenRule& broken : result.broken_rules) rules.push_back(broken.what);
    describe_rules(rules, task_names(), verdict.scene);
    return verdict;
  }

  Verdict with_order(Verdict verdict) {
    observe_order(simulation_, program_, options_.seed, {.max_steps = options_.max_steps}, verdict);
    lockcheck::compare_hangs_with_predictions(verdict);
    weigh_predictions(verdict);
    return verdict;
  }

  static VerdictWord word_of(const SearchResult& result) {
    if (result.hangs > 0) return VerdictWord::hang;
    if (!result.broken_rules.empty()) return VerdictWord::rule;
    if (result.exhaustive) return VerdictWord::verified;
    return result.executions > result.cut + result.pruned ? VerdictWord::clean : VerdictWord::incomplete;
  }

  static const FirstSeen* what_to_show(const SearchResult& result) {
    if (result.first_hang) return &*result.first_hang;
    return result.broken_rules.empty() ? nullptr : &result.broken_rules.front().first;
  }

  // The execution that was run last.
  void describe_execution(const Recording& recording, Verdict& verdict) {
    if (verdict.word != VerdictWord::hang) return;
    lockcheck::describe_hang(simulation_.watch(), stuck_, {}, verdict.scene);
    verdict.scene.steps_to_hang = steps_to_hang(recording, simulation_.watch(), stuck_);
  }

  [[nodiscard]] std::vector<std::string> task_names() const {
    std::vector<std::string> names;
    for (lockcheck::TaskSnapshot& task : simulation_.watch().tasks()) names.push_back(std::move(task.name));
    return names;
  }

  std::string name_;
  CheckOptions options_;
  Simulation simulation_;
  VirtualClock clock_;
  Program program_;
  lockcheck::StuckCore stuck_;  // of the last hang
  HangLog hangs_{simulation_};
  std::optional<SearchGuard> guard_;
};

ProgramOfRuntimeAndClock with_clock(const ProgramOfRuntime& program) {
  return [&program](core::Runtime& runtime, core::Clock&) { program(runtime); };
}

int checked(const std::string& command, const std::string& witness, const ProgramOfRuntimeAndClock& program,
            const CheckOptions& options) {
  Check check(std::filesystem::path(command).filename().string(), program, options);
  tl::expected<Verdict, std::string> verdict;
  if (witness.empty()) {
    verdict = check.search();
    if (!verdict->scene.witness.empty()) verdict->scene.replay_command = command + " " + verdict->scene.witness;
  } else {
    verdict = check.replay(witness);
  }
  if (!verdict) {
    fmt::print(stderr, "{}: {}\n", command, verdict.error());
    return kExitBadInput;
  }
  fmt::print("{}", lockcheck::to_text(*verdict));
  return lockcheck::exit_code(verdict->word);
}

}  // namespace

Verdict check_program(const std::string& name, const ProgramOfRuntimeAndClock& program, const CheckOptions& options) {
  return Check(name, program, options).search();
}

Verdict check_program(const std::string& name, const ProgramOfRuntime& program, const CheckOptions& options) {
  return check_program(name, with_clock(program), options);
}

tl::expected<Verdict, std::string> replay_program(const std::string& name, const ProgramOfRuntimeAndClock& program,
                                                  const std::string& witness, const CheckOptions& options) {
  return Check(name, program, options).replay(witness);
}

tl::expected<Verdict, std::string> replay_program(const std::string& name, const ProgramOfRuntime& program,
                                                  const std::string& witness, const CheckOptions& options) {
  return replay_program(name, with_clock(program), witness, options);
}

int check_main(int argc, char** argv, const ProgramOfRuntimeAndClock& program, const CheckOptions& options) {
  const std::string command = argc > 0 ? argv[0] : "check";
  if (argc > 2) {
    fmt::print(stderr, "usage: {} [WITNESS]\n", command);
    return kExitBadInput;
  }
  try {
    return checked(command, argc == 2 ? argv[1] : "", program, options);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}: {}\n", command, failure.what());
    return kExitFailed;
  }
}

int check_main(int argc, char** argv, const ProgramOfRuntime& program, const CheckOptions& options) {
  return check_main(argc, argv, with_clock(program), options);
}

}  // namespace zoneknot::sim
