// What a search has done, and what that is worth. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/no_io.h"
#include "lockcheck/verdict/resource.h"

namespace zoneknot::lockcheck {

// What one strategy of a search has done and what that is worth.
struct StrategyInVerdict {
  std::string strategy{};  // "PCT of depth 3"
  std::uint64_t executions = 0;
  std::uint64_t executions_cut = 0;
  std::uint64_t executions_pruned = 0;
  std::uint64_t hangs = 0;
  std::uint64_t steps = 0;  // scheduling points
  // Up to and with its first execution that hung, of its own.
  std::optional<std::uint64_t> first_hang_execution{}, first_hang_steps{};
  std::optional<std::uint64_t> traces{};  // different ones: executions that differ in more than the order of steps that
                                          // do not touch each other
  bool traces_exact = true;               // else estimated
  // At 95 % confidence: of an execution of this strategy. Nothing: some hung, or it does not draw its executions.
  std::optional<double> hang_probability_below{};
  // In theory: an execution meets a hang of this depth with at least this probability, for so many tasks and events,
  // and decisions.
  struct Guarantee {
    std::uint32_t depth = 0;
    std::uint64_t actors = 0;
    std::uint64_t decisions = 0;
    double probability = 0;
  };
  std::optional<Guarantee> guarantee{};
  std::string coverage{};  // "every execution with at most 1 preemption"; empty: nothing to be said
};

// How large the program's states have turned out to be; their number is SearchInVerdict::states.
struct StateSpaceInVerdict {
  std::uint64_t transitions = 0;
  std::uint64_t remembered = 0;  // transitions that were known and that the program did not have to make
  std::uint64_t deepest = 0;     // choices from the beginning
  std::uint64_t frontier = 0;    // choices that were known and not explored when it ended
  std::uint64_t bytes = 0;       // of memory for the states
};

// Executions of a search that hung with their waits at the same places, of whichever tasks for whichever objects.
struct HangInVerdict {
  std::uint64_t executions = 0;
  // The waits of the first of them. A task that has ended and left behind what the one before waits for waits for
  // nothing.
  std::vector<LinkInVerdict> links{};
  bool predicted = false;  // by runs that did not hang
};

// Where a task was.
struct TaskAtPlace {
  std::string task{};
  Place place{};
};

// What one job of a workload has done in all executions of a search.
struct WorkInVerdict {
  std::string job{};                   // "first", "stress.3"
  std::optional<std::uint64_t> ios{};  // also those that failed, but no SYNC; nothing: not counted, but some
  std::vector<core::NoIo> why_none{};  // of executions in which it did none, each reason once
  bool failed = false;                 // in some execution it ended with an error
};

// What ended a search before its answer.
enum class StoppedBy : std::uint8_t { nothing, user, time, memory, states, executions, steps, not_repeatable };

struct SearchInVerdict {
  std::string strategy{};  // all that were used, with the seed: "random walk, seed 7, then depth-first"
  std::optional<std::uint64_t> executions{}, states{}, traces{};
  std::optional<StateSpaceInVerdict> state_space{};
  std::uint64_t executions_cut = 0;                     // ended at the limit of scheduling points
  std::optional<TaskAtPlace> cut_at{};                  // the first of them: most likely a loop that waits for somebody
  std::uint64_t executions_pruned = 0;                  // given up because another execution covers them
  std::uint64_t step_limit = 0;                         // scheduling points of one execution; 0: no limit
  std::uint64_t first_step_limit = 0;                   // of the first ones, where the limit grows; 0: it does not
  std::optional<std::uint64_t> steps{};                 // scheduling points in all
  bool exhaustive = false;                              // everything was explored
  std::optional<std::uint64_t> first_hang_execution{};  // counted from 1
  double seconds = 0;
  StoppedBy stopped_by = StoppedBy::nothing;    // INCOMPLETE
  std::vector<StrategyInVerdict> strategies{};  // in the order in which they began
  std::vector<HangInVerdict> hangs{};           // all kinds that the search came to before it ended
  std::vector<WorkInVerdict> work{};            // of a workload's jobs, in their order
  std::optional<std::uint64_t> lock_waits{};    // how often somebody waited for a lock
};

// Jobs that did no I/O in any execution and did not end with an error either: of those nothing is known.
std::vector<const WorkInVerdict*> idle_jobs(const SearchInVerdict& search);

}  // namespace zoneknot::lockcheck
