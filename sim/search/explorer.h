// A search: runs a program again and again under one Strategy until something is found, everything has been explored,
// or a limit is reached. Used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lockcheck/watch/lock_watch.h"
#include "sim/run/simulation.h"
#include "sim/search/search_stats.h"

namespace zoneknot::sim {

// A program under test: called once for each execution, as task 0 of the Simulation. Everything it makes it makes anew.
using Program = std::function<void(Simulation&)>;

struct SearchProgress {
  std::uint64_t executions = 0;
  std::uint64_t most_executions = UINT64_MAX;  // the limit
  std::uint64_t steps = 0;
  std::uint64_t hangs = 0;
  std::string coverage;  // StrategyDescription: of the strategy that makes the execution under way
};

// The first execution in which something was seen, counted from 1, and its choices.
struct FirstSeen {
  std::uint64_t execution = 0;
  std::vector<std::uint32_t> decisions;
  std::optional<core::Schedule> schedule{};  // Strategy::schedule(): the same execution
  std::uint64_t max_steps = UINT64_MAX;      // it was given no more; or those of the search, if that is less
};

// Limits of steps that grow from execution to execution, after Luby, Sinclair and Zuckerman (Optimal speedup of Las
// Vegas algorithms, 1993): 1, 1, 2, 1, 1, 2, 4, … times the first. Most hangs come early, and of executions that are
// too long to be seen to their end many short pieces show more than few long ones.
struct GrowingBudgets {
  std::uint64_t first = 0;   // steps; 0: every execution has as many as any other
  std::uint32_t in_row = 1;  // so many executions have the same: one of each part of a portfolio
  // The steps that execution i may make, counted from 0.
  [[nodiscard]] std::uint64_t of(std::uint64_t i) const;
};

// How the jobs of an execution ended: the worst of them.
enum class Ending : std::uint8_t { as_told, early, late };

struct SearchLimits {
  std::uint64_t executions = UINT64_MAX;
  ExecutionOptions execution{};  // of all; the search itself says what is recorded, and whether a hang ends one
  GrowingBudgets budgets{};      // below execution.max_steps
  std::uint64_t executions_after_cut = UINT64_MAX;  // from the first one that was cut on
  bool first_hang_ends = true;
  bool count_traces = false;                                 // StrategyStats::traces; costs some ten nanoseconds a step
  std::function<bool()> time_is_over = {};                   // asked at any time of a search; empty: never
  std::function<void(const SearchProgress&)> progress = {};  // called between executions; empty: nobody wants it
  std::uint64_t steps_between_calls = std::uint64_t{1} << 16U;  // of the two above, about
  // Called between executions when something was found that the result would show first, and the search goes on: the
  // callee may run the program on the simulation. Empty: nobody wants it.
  std::function<void(const FirstSeen&)> found = {};
  // Called after each execution that hung, while the simulation's watch still shows it. Empty: nobody wants it.
  std::function<void(const Outcome&)> hung = {};
  // Asked after each timely execution that has finished: how its jobs ended. Empty: nobody wants it.
  std::function<Ending()> ending = {};
};

enum class SearchEnd : std::uint8_t {
  exhausted,   // the strategy has nothing left
  hang_found,  // and first_hang_ends
  executions,  // the limit
  time,
  user,
  memory,
  not_repeatable,  // the program did not do the same again under the same choices
  overflow,        // a task has run out of its stack: a broken rule
};

struct BrokenRule {
  lockcheck::RuleBreak what;  // the count is of the whole search
  FirstSeen first;
};

// Where two executions under the same choices first differ.
struct Difference {
  std::uint64_t step = 0;                   // counted from 0
  std::optional<StepRecord> first, second;  // nothing: that one had ended; both: they ended in different ways
  std::uint64_t decision = 0;               // of a difference that a strategy came upon and that never came again
};

// Where a task was: of an execution that was cut most likely in a loop that waits for somebody, or never ends.
struct CutPlace {
  std::string task;
  core::Site site;
};

// What a search that recognises states has been to.
struct StateSpace {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t remembered = 0;  // of these: made without the program
  std::uint64_t deepest = 0;     // choices from the beginning
  std::uint64_t frontier = 0;    // choices known and not explored
  std::uint64_t bytes = 0;       // of the table of states
};

// An execution that comes back to a state without having achieved anything since.
struct LivelockSeen {
  FirstSeen first;               // ends where the cycle has been gone round once
  std::uint64_t begins = 0;      // the step before which it is at that state for the first time
  std::uint64_t steps = 0;       // of the cycle
  std::vector<CutPlace> places;  // of the tasks on it, in the order in which they are first passed
};

struct SearchResult {
  SearchEnd end = SearchEnd::exhausted;
  std::uint64_t executions = 0;  // of any outcome
  std::uint64_t cut = 0;         // of these: ended at the limit of steps, maybe after a hang
  std::optional<CutPlace> first_cut;
  std::uint64_t pruned = 0;  // of these: covered by others
  std::uint64_t hangs = 0;   // of these
  std::uint64_t traces = 0;  // finished or hung
  std::uint64_t steps = 0;
  std::uint64_t longest = 0;              // steps of one execution that ran to its end
  bool exhaustive = false;                // everything was explored and nothing was cut
  std::uint64_t first_hang_steps = 0;     // of all executions up to and with the first that hung
  std::vector<StrategyStats> strategies;  // one, or each part of a portfolio that has made an execution
  std::optional<FirstSeen> first_hang;
  lockcheck::StuckCore stuck;  // of the first hang
  std::vector<BrokenRule> broken_rules;
  std::optional<Difference> difference;
  std::optional<StateSpace> space;
  std::optional<LivelockSeen> livelock;
  std::uint64_t timely = 0;              // executions that have finished in the order of time
  std::optional<FirstSeen> early, late;  // of these: the first with such an ending
  // What the search could not see: one line each.
  std::vector<std::string> reservations;
};

SearchResult explore(Simulation& simulation, const Program& program, Strategy& strategy, const SearchLimits& limits);

// Where the two first differ; nothing if they do not.
std::optional<Difference> first_difference(const std::vector<StepRecord>& first, const std::vector<StepRecord>& second);

}  // namespace zoneknot::sim
