// A witness: everything that is needed to repeat one execution and to notice that the program is no longer the one it
// belongs to. Its short form is one printable line, "zk2:" and up to 4 KiB; docs/replay.md describes both. Plain
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/schedule.h"
#include "sim/run/outcome.h"
#include "sim/search/explorer.h"
#include "sim/strategy/replay.h"
#include "sim/strategy/step_checks.h"

namespace zoneknot::sim {

inline constexpr std::size_t kMaxWitnessLine = 4096;  // characters
inline constexpr std::size_t kMaxChecksInLine = 512;

struct Witness {
  std::uint64_t identity = 0;  // identity_of() the program and its setting
  core::Schedule schedule;
  std::uint64_t decisions = 0;  // of the whole execution
  std::uint64_t steps = 0;
  std::uint64_t trace_hash = 0;
  StepChecks checks;  // check_count() of them
  bool operator==(const Witness&) const = default;
};

// A hash of the text that describes what a witness belongs to: canonical job specs, fixes, device, faults, bounds.
std::uint64_t identity_of(std::string_view text);

// The shortest schedule for a recorded execution: deviations from steady, or what the strategy that made it calls the
// same.
core::Schedule make_schedule(const std::vector<std::uint32_t>& decisions, const std::vector<DecisionRecord>& records,
                             const std::optional<core::Schedule>& same);

// Thrown where an execution that was made again went another way.
class NotRepeated : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Repeats an execution, leaves its steps in `recording`, and makes a witness of it. `options`: those of the search, but
// for what it records, and nobody stops this one: it is what the user gets for the time he gave. Throws NotRepeated
// when other decisions came up; whether it has come to the same is for the caller to see: `outcome`, if it is not null.
Witness record_witness(Simulation& simulation, const Program& program, const FirstSeen& execution,
                       std::uint64_t identity, ExecutionOptions options, Recording& recording,
                       Outcome* outcome = nullptr);

// The witness as it stands in a line: with at most kMaxChecksInLine checks.
Witness for_line(Witness witness);

// The line of a witness. Error: the schedule has too many deviations for a line; one line that says so.
tl::expected<std::string, std::string> to_line(const Witness& witness);

// The witness of a line, which is the only line that has it. The error says in one line what is wrong: not a witness,
// another version, truncated, damaged.
tl::expected<Witness, std::string> parse_line(std::string_view line);

}  // namespace zoneknot::sim
