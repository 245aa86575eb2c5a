// The shortest way to run any program that is written against core::Runtime on threads of the operating system: under
// the lock checker, with a watchdog that turns a hang into a report. The counterpart of sim/check_program.h, for the
// same programs. docs/library.md has an example. One program at a time; from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/runtime.h"
#include "lockcheck/verdict/verdict.h"

namespace zoneknot::device {

// The first task. It spawns tasks and joins them.
using ProgramOnThreads = std::function<void(core::Runtime&, core::Clock&)>;

struct RunProgramOptions {
  // A task that waits for so long is looked into; a hang ends the run.
  std::chrono::milliseconds watchdog = std::chrono::seconds(5);
  // Raised from outside: a hang is looked for at once. Programs look at it by themselves; one that goes on all the same
  // is given up after the watchdog's time.
  const std::atomic<bool>* stop = nullptr;
  std::optional<std::uint64_t> perturb = std::nullopt;  // seed of small delays before visible operations
};

// Runs the program once. HANG: the tasks were taken out of it by core::Abandoned, and their stacks unwound. RULE: a
// rule was broken. POSSIBLE: another run could deadlock, by the order in which this one took its locks. CLEAN: none of
// these. `name` is what reports call it. Throws what the program throws.
lockcheck::Verdict run_program(const std::string& name, const ProgramOnThreads& program,
                               const RunProgramOptions& options = {});

// A command made of it: prints the report, and returns its exit code: 0, or 1 for what was found.
int run_main(int argc, char** argv, const ProgramOnThreads& program);

}  // namespace zoneknot::device
