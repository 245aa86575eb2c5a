#include "sim/check_program.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "lockcheck/report/report_text.h"
#include "sim/conclude/conclude.h"
#include "sim/run/virtual_clock.h"
#include "sim/search/search_guard.h"
#include "sim/strategy/replay.h"
#include "sim/witness/witness.h"

namespace zoneknot::sim {

namespace {

using lockcheck::Verdict;

constexpr int kExitBadInput = 2;
constexpr int kExitFailed = 4;

// One program on a simulation of its own.
class Check {
 public:
  Check(const std::string& name, const ProgramOfRuntimeAndClock& program, const CheckOptions& options)
      : about_{.subject = {.job = name}},
        options_(options),
        simulation_(options.stack_bytes),
        clock_(simulation_),
        program_([this, &program](Simulation& simulation) { program(simulation, clock_); }),
        examined_{.simulation = simulation_,
                  .program = program_,
                  .identity = identity_of(fmt::format("program {} spurious {}", name, options.spurious_wakeups))},
        execution_{.max_steps = options.max_steps, .spurious_wakeups = options.spurious_wakeups} {}

  Verdict search() {
    const std::uint64_t sampled = std::min(options_.sampled, options_.executions);
    SearchPlan plan{.stages = {drawing_stage()},
                    .when_stopped = WhenStopped::worth_of_draws,
                    .seed = options_.seed,
                    .silence_limit = options_.silence_limit};
    plan.limits.execution = execution_;
    plan.limits.executions = sampled;
    if (sampled < options_.executions) {
      for (SearchStage& stage : exhausting_stages()) plan.stages.push_back(std::move(stage));
      plan.executions_of_others = sampled;
      plan.limits.executions = options_.executions - sampled;
    }
    return conclude(examined_, plan, about_).verdict;
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
    const Outcome outcome = simulation_.run([this] { program_(simulation_); }, strategy, as_recorded);
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
  Verdict about_;
  CheckOptions options_;
  Simulation simulation_;
  VirtualClock clock_;
  Program program_;
  Examined examined_;
  const ExecutionOptions execution_;
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
