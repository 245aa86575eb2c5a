// The shortest way to the search for any program that is written against core::Runtime: check_program() looks for hangs
// and broken rules and says what it found as a Verdict; replay_program() shows a finding again; check_main() is a
// command of its own made of the two. docs/library.md has an example. Pure but for the program; one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "core/clock.h"
#include "core/runtime.h"
#include "lockcheck/verdict/verdict.h"

namespace zoneknot::sim {

// Called once for each execution, as the first task. It makes everything anew, spawns tasks and joins them, and does
// nothing that differs from one execution to the next but for what the Runtime lets happen. Time is virtual.
using ProgramOfRuntime = std::function<void(core::Runtime&)>;
using ProgramOfRuntimeAndClock = std::function<void(core::Runtime&, core::Clock&)>;

struct CheckOptions {
  std::uint64_t seed = 1;              // of the random strategies, which come first
  std::uint64_t sampled = 10'000;      // executions of theirs
  std::uint64_t executions = 200'000;  // in all; the rest is exhaustive, and may end before
  std::uint64_t max_steps = 100'000;   // scheduling points of one execution, which is cut there
  // How long the whole search may take; what was sampled until then counts. 0: no limit.
  std::chrono::milliseconds time_limit = std::chrono::seconds(60);
  // Looked at all the time: true ends the search, with what it knows. check_main() has one for Ctrl-C.
  const std::atomic<bool>* stop = nullptr;
  bool spurious_wakeups = false;  // waits for condition variables may end for no reason
  // A task that passes no scheduling point for so long takes the search with it, for nothing can take the thread back:
  // the process then ends with exit code 4 and a message on stderr that names the task, the place where it was last
  // seen, and the witness of what had been found. 0: never.
  std::chrono::milliseconds silence_limit = std::chrono::seconds(10);
  std::size_t stack_bytes = std::size_t{256} << 10U;  // of each task; one that needs more is a broken rule
};

// Searches until a hang is found, everything is covered, or the executions are used up. `name` is what reports call the
// program, and belongs to the identity of its witnesses. Throws what the program throws, and std::runtime_error for a
// program that does not repeat itself: it says where. INCOMPLETE, and which execution it was, if what was found now and
// then does not come again when it is looked at.
lockcheck::Verdict check_program(const std::string& name, const ProgramOfRuntime& program,
                                 const CheckOptions& options = {});
lockcheck::Verdict check_program(const std::string& name, const ProgramOfRuntimeAndClock& program,
                                 const CheckOptions& options = {});

// Runs the execution of a witness line again, with the same options. The error says in one line why that is no witness,
// or not one of this program as it is now.
tl::expected<lockcheck::Verdict, std::string> replay_program(const std::string& name, const ProgramOfRuntime& program,
                                                             const std::string& witness,
                                                             const CheckOptions& options = {});
tl::expected<lockcheck::Verdict, std::string> replay_program(const std::string& name,
                                                             const ProgramOfRuntimeAndClock& program,
                                                             const std::string& witness,
                                                             const CheckOptions& options = {});

// The main() of a command that checks one program: without an argument it searches, with a witness line it replays.
// Prints the report, also when Ctrl-C has ended the search; a second one ends the process. Returns the exit code: 0
// nothing found, 1 something found, 2 no witness of this program, 3 no answer, 4 the program failed: with an exception,
// of which task, place and witness are named.
int check_main(int argc, char** argv, const ProgramOfRuntime& program, const CheckOptions& options = {});
int check_main(int argc, char** argv, const ProgramOfRuntimeAndClock& program, const CheckOptions& options = {});

}  // namespace zoneknot::sim
