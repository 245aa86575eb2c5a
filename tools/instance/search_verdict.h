// A search of the workload and its verdict: what sim's conclude() says, with the instance's identity, names and zones.
// Used by check, matrix, prove and replay.
#pragma once

#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "sim/conclude/conclude.h"
#include "tools/instance/instance.h"
#include "tools/instance/simulated.h"
#include "tools/option/strategy_option.h"

namespace zoneknot::tools {

// Executions of the strategy that goes before an exhaustive one in a bounded instance.
inline constexpr std::uint64_t kExecutionsBeforeExhausting = 1000;

// --strategy. Empty: the default one, and for a bounded instance the stateful search after a short run of that: most
// hangs are found at once by drawing, and the rest, or that there is none, by going through everything.
tl::expected<std::vector<sim::SearchStage>, InputError> stages_of(const std::string& option, bool bounded);

// A search never touches a real device.
std::optional<InputError> must_be_simulated(const Instance& instance);

// Throws std::runtime_error when the program does not repeat itself: that is the tool's own fault.
sim::Conclusion search(const Instance& instance, const sim::SearchPlan& plan);

// The parts of a verdict that say which program it is about.
lockcheck::Verdict verdict_about(const Instance& instance);

// The command that searches the instance, or proves it for any number of jobs, without options of its own.
std::string check_command(const Instance& instance);
std::string prove_command(const Instance& instance);

// What to type next about a finding whose witness is in that file; without one, how to get it.
std::vector<std::string> next_commands(const Instance& instance, const std::string& output);

// `command`, which searches the instance and reads `read` besides, with -o and the name of a witness.
std::string keeping_witness(const std::string& command, const Instance& instance, const std::string& read = "");

// What the user has to type to see a finding again. `output` is the witness file, if one was asked for.
std::string replay_command(const Instance& instance, const std::string& line, const std::string& output);

}  // namespace zoneknot::tools
