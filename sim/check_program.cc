#include "sim/check_program.h"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "lockcheck/report/report_text.h"
#include "sim/checked_program.h"
#include "sim/conclude/conclude.h"
#include "sim/conclude/no_return.h"
#include "sim/conclude/program_failure.h"
#include "sim/run/virtual_clock.h"
#include "sim/search/search_guard.h"
#include "sim/strategy/replay.h"
#include "sim/witness/witness.h"

namespace zoneknot::sim {

namespace {

using lockcheck::Verdict;

constexpr int kExitBadInput = 2;
constexpr int kExitFailed = 4;

// The stop of check_main(), one for the process, as signals are.
std::atomic<bool> stop_asked = false;

void on_signal(int number) {
  stop_asked = true;
  std::signal(number, SIG_DFL);
}

// One program on a simulation of its own.
class Check {
 public:
  Check(const std::string& name, const CheckedProgram& program, const CheckOptions& options)
      : about_{.subject = {.job = name}},
        options_(options),
        simulation_(options.stack_bytes),
        program_(program.on(simulation_)),
        examined_{.simulation = simulation_,
                  .program = program_,
                  .identity = identity_of(
                      fmt::format("program {} spurious {}{}", name, options.spurious_wakeups, program.world))},
        execution_{.max_steps = options.max_steps, .stop = options.stop, .spurious_wakeups = options.spurious_wakeups} {
  }

  Verdict search() {
    const std::uint64_t sampled = std::min(options_.sampled, options_.executions);
    SearchPlan plan{.stages = {drawing_stage()},
                    .fair_lengths = true,
                    .time_is_the_budget = true,
                    .when_stopped = WhenStopped::worth_of_draws,
                    .seed = options_.seed,
                    .silence_limit = options_.silence_limit};
    plan.limits.execution = execution_;
    if (options_.time_limit.count() > 0) {
      plan.limits.time_is_over = [end = std::chrono::steady_clock::now() + options_.time_limit] {
        return std::chrono::steady_clock::now() >= end;
      };
    }
    plan.limits.executions = sampled;
    if (sampled < options_.executions) {
      for (SearchStage& stage : exhausting_stages()) plan.stages.push_back(std::move(stage));
      plan.executions_of_others = sampled;
      plan.limits.executions = options_.executions - sampled;
    }
    Conclusion conclusion = conclude(examined_, plan, about_);
    Verdict& verdict = conclusion.verdict;
    if (verdict.word == lockcheck::VerdictWord::hang && conclusion.finding) {
      verdict.scene.no_return =
          point_of_no_return(examined_, conclusion.finding->witness, verdict.scene,
                             {.time_is_over = [stop = options_.stop] { return stop != nullptr && stop->load(); }});
    }
    if (verdict.word == lockcheck::VerdictWord::incomplete && verdict.proof.evidence.empty()) {
      verdict.proof.evidence.push_back(next_step(verdict));
    }
    return std::move(verdict);
  }

  tl::expected<Verdict, std::string> replay(const std::string& line) {
    const auto witness = parse_line(line);
    if (!witness) return tl::make_unexpected(witness.error());
    const std::string other = "the witness belongs to another program or another version of it: ";
    if (witness->identity != examined_.identity) {
      return tl::make_unexpected(other + "its name or the options differ");
    }
    const SearchGuard guard(simulation_, options_.silence_limit, &end_process);
    Replay strategy(witness->schedule, witness->checks);
    Recording recording;
    ExecutionOptions as_recorded = execution_;
    as_recorded.max_steps = std::max<std::uint64_t>(witness->steps, 1);
    as_recorded.recording = &recording;
    (void)strategy.begin();
    const Outcome outcome = run_again(strategy, as_recorded);
    if (outcome.kind == OutcomeKind::diverged) {
      return tl::make_unexpected(other + fmt::format("it departs before decision {}", outcome.decisions));
    }
    if (outcome.steps != witness->steps || outcome.trace_hash != witness->trace_hash) {
      return tl::make_unexpected(
          other + fmt::format("it ends after {} steps instead of {}, or otherwise", outcome.steps, witness->steps));
    }
    Verdict verdict = about_;
    verdict.search.strategy = "replay";
    verdict.scene.witness = line;
    conclude_execution(examined_, outcome, &recording, AtLimit::the_end, verdict);
    return verdict;
  }

 private:
  Outcome run_again(Strategy& strategy, const ExecutionOptions& options) {
    try {
      return simulation_.run([this] { program_(simulation_); }, strategy, options);
    } catch (...) {
      throw_failure(examined_, options);
    }
  }

  static std::string next_step(const Verdict& verdict) {
    return verdict.search.stopped_by == lockcheck::StoppedBy::steps
               ? "next: raise CheckOptions::max_steps, or give the tasks less to do"
               : "next: raise CheckOptions::time_limit and executions, or give the tasks less to do";
  }

  Verdict about_;
  CheckOptions options_;
  Simulation simulation_;
  Program program_;
  Examined examined_;
  const ExecutionOptions execution_;
};

CheckedProgram with_clock(const ProgramOfRuntimeAndClock& program) {
  return {.on = [&program](Simulation& simulation) -> Program {
    return [&program, clock = std::make_shared<VirtualClock>(simulation)](Simulation& runtime) {
      program(runtime, *clock);
    };
  }};
}

CheckedProgram without_clock(const ProgramOfRuntime& program) {
  return {.on = [&program](Simulation&) -> Program { return [&program](Simulation& runtime) { program(runtime); }; }};
}

int checked(const std::string& command, const std::string& witness, const CheckedProgram& program,
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

Verdict check(const std::string& name, const CheckedProgram& program, const CheckOptions& options) {
  try {
    return Check(name, program, options).search();
  } catch (const ProgramFailure& failure) {
    std::rethrow_exception(failure.cause());
  }
}

tl::expected<Verdict, std::string> replay(const std::string& name, const CheckedProgram& program,
                                          const std::string& witness, const CheckOptions& options) {
  try {
    return Check(name, program, options).replay(witness);
  } catch (const ProgramFailure& failure) {
    std::rethrow_exception(failure.cause());
  }
}

int check_main(int argc, char** argv, const CheckedProgram& program, const CheckOptions& options) {
  const std::string command = argc > 0 ? argv[0] : "check";
  if (argc > 2) {
    fmt::print(stderr, "usage: {} [WITNESS]\n", command);
    return kExitBadInput;
  }
  CheckOptions stoppable = options;
  if (stoppable.stop == nullptr) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, on_signal);
    stoppable.stop = &stop_asked;
  }
  try {
    return checked(command, argc == 2 ? argv[1] : "", program, stoppable);
  } catch (const ProgramFailure& failure) {
    fmt::print(stderr, "{}: {}\n", command, failure.what());
    if (!failure.witness().empty()) {
      fmt::print(stderr, "to see it again\n{} {}\n", command, failure.witness());
    }
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}: {}\n", command, failure.what());
  }
  return kExitFailed;
}

Verdict check_program(const std::string& name, const ProgramOfRuntimeAndClock& program, const CheckOptions& options) {
  return check(name, with_clock(program), options);
}

Verdict check_program(const std::string& name, const ProgramOfRuntime& program, const CheckOptions& options) {
  return check(name, without_clock(program), options);
}

tl::expected<Verdict, std::string> replay_program(const std::string& name, const ProgramOfRuntimeAndClock& program,
                                                  const std::string& witness, const CheckOptions& options) {
  return replay(name, with_clock(program), witness, options);
}

tl::expected<Verdict, std::string> replay_program(const std::string& name, const ProgramOfRuntime& program,
                                                  const std::string& witness, const CheckOptions& options) {
  return replay(name, without_clock(program), witness, options);
}

int check_main(int argc, char** argv, const ProgramOfRuntimeAndClock& program, const CheckOptions& options) {
  return check_main(argc, argv, with_clock(program), options);
}

int check_main(int argc, char** argv, const ProgramOfRuntime& program, const CheckOptions& options) {
  return check_main(argc, argv, without_clock(program), options);
}

}  // namespace zoneknot::sim
