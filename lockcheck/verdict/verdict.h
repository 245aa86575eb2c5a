// What a run of the tool has to say, as one value. Every form of output (text, JSON) is a pure function of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/stats.h"

namespace zoneknot::lockcheck {

// In order: a run's verdict is the first that applies.
enum class VerdictWord : std::uint8_t { hang, livelock, rule, possible, incomplete, proved, verified, clean };

std::string_view word_name(VerdictWord word);  // "HANG", …
int exit_code(VerdictWord word);               // docs/verdicts.md

// Every field has an initializer, so that designated ones may leave some out.
struct HeldLock {
  std::string lock{};      // "zone 3", "M"
  std::string site{};      // "open_zones.cc:41"
  std::string function{};  // "convert_to_open_zone"
  std::uint32_t count = 0;
};

struct TaskInVerdict {
  std::string task{};       // "first.0"
  std::string state{};      // "stuck", "bystander", "running", "waiting", "ended"
  std::string waits_for{};  // "zone 2", "completion", …; empty: nothing
  std::string owner{};      // the task that owns what this one waits for; empty: none
  std::string site{};
  std::string function{};
  std::vector<HeldLock> holds{};
  std::uint32_t in_flight = 0;
  std::uint32_t unput = 0;
  bool by_anybody = false;                  // any other task could have ended the wait
  std::vector<std::string> unit_holders{};  // it waits for a unit of a pool: the tasks that have one
};

// A zone that the hang is about.
struct ZoneInVerdict {
  std::string zone{};       // "zone 3"
  std::string condition{};  // the device's: "implicit-open"
  std::uint64_t start = 0;
  std::uint64_t wp = 0;  // the program's
  std::string owner{};   // task, empty: none
  std::uint32_t unput = 0;
};

// One step of the interleaving that led to the hang.
struct StepInVerdict {
  std::uint64_t step = 0;
  std::string task{};
  std::string what{};  // "lock zone 3  open_zones.cc:41"
};

struct RuleInVerdict {
  std::string rule{};  // "a" … "g", "assert", "self-wait", "stack", "pool", "completion"
  std::string site{};
  std::string function{};
  std::string task{};
  std::string what{};
  std::uint64_t count = 0;
};

// What a job has done, until it ended or the run was over.
struct JobInVerdict {
  std::string task{};  // "first", "stress.3"
  int error = 0;       // errno value
  bool aborted = false;
  core::Stats stats;
};

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

// An obligation that a proof could not establish, at one place.
struct ObligationInVerdict {
  std::string rule{};        // "g"; see sim/proof/findings.h
  std::string obligation{};  // what should hold
  std::string job{};
  std::string site{};
  std::string function{};
  std::string what{};  // what happens instead
  std::string waits_for{};
  std::vector<HeldLock> holds{};        // at that moment
  std::vector<StepInVerdict> steps{};   // what the job does until then
  std::string status = "not searched";  // "confirmed by a hang", "confirmed: broken in a real run", "not confirmed"
};

// One task's part in a deadlock, predicted or real: it owns one thing and waits for the next.
struct LinkInVerdict {
  std::string task{};       // "first.0", or "T3" of a trace
  std::string owns{};       // "zone 3"; a lock, a unit of a pool, or an event that only this task can bring about
  std::string owns_site{};  // where it was taken
  std::string owns_function{};
  std::string waits_for{};  // what the next link owns; the last link waits for what the first one owns
  std::string waits_site{};
  std::string waits_function{};
};

// Executions of a search that hung with their waits at the same places, whoever waited there for what.
struct HangInVerdict {
  std::uint64_t executions = 0;
  // Of the first of them. A task that has ended and left behind what the one before waits for waits for nothing.
  std::vector<LinkInVerdict> links{};
  bool predicted = false;  // by runs that did not hang
};

// A deadlock that did not happen, read off a run or a trace that did not hang.
struct PredictionInVerdict {
  std::string status = "possible";  // "possible", "sound", "confirmed", "refuted"
  std::string what{};               // one line: "2 tasks could wait on each other: zone 3, zone 5"
  std::vector<LinkInVerdict> links{};
  std::string reason{};   // of the status: which gate lock refutes it, what a sound one rests on
  std::string witness{};  // confirmed: the line that replays it
};

// Somebody owned one lock, or one of a class, and waited for another; where that was first seen.
struct OrderEdgeInVerdict {
  std::string from{};
  std::string to{};
  std::string owned_site{};  // where `from` had been taken
  std::string owned_function{};
  std::string asked_site{};  // where `to` was waited for
  std::string asked_function{};
  bool in_cycle = false;  // there is a way back from `to` to `from`
};

struct Bounds {
  std::optional<std::uint32_t> skip;  // jobs left out before the first
  std::optional<std::uint32_t> jobs, zones, depth, ios, blocks;
  [[nodiscard]] bool any() const { return skip || jobs || zones || depth || ios || blocks; }
};

// Of a search that recognises states; their number is Verdict::states.
struct StateSpaceInVerdict {
  std::uint64_t transitions = 0;
  std::uint64_t remembered = 0;  // of these: steps that were known and that the program did not have to make
  std::uint64_t deepest = 0;     // choices from the beginning
  std::uint64_t frontier = 0;    // choices that were known and not explored when it ended
  std::uint64_t bytes = 0;       // of memory for the states
};

struct Verdict {
  VerdictWord word = VerdictWord::incomplete;
  std::string job;                 // the job file's name, without folders
  std::vector<std::string> fixes;  // the switches that are on
  std::string fix_set;             // "series,-zone-lock"
  std::string device;
  std::string strategy;
  std::string draws;  // who decides blocks, directions and errors: "choices of the search", "fixed by --seed=7", "the
                      // job's seeds"
  std::optional<std::uint64_t> executions, states, traces;
  std::optional<StateSpaceInVerdict> state_space;
  std::uint64_t executions_cut = 0;     // of these, how many ended at the limit of scheduling points
  std::string cut_at{};                 // where the first of them was: "worker at spin.cc:12 (wait_for_data)"
  std::uint64_t executions_pruned = 0;  // given up because another execution covers them
  std::uint64_t step_limit = 0;         // scheduling points of one execution; 0: no limit
  std::optional<std::uint64_t> steps;   // scheduling points in all
  bool exhaustive = false;
  Bounds bounds;
  std::optional<std::uint64_t> first_hang_execution;  // counted from 1
  double seconds = 0;
  std::string stopped_by;  // INCOMPLETE: "time", "the user", "the limit of executions"
  std::string witness;     // the line zk1:…; empty: none
  std::string replay_command;
  std::vector<StrategyInVerdict> strategies;  // in the order in which they began
  std::vector<TaskInVerdict> tasks;           // the stuck core first
  std::vector<ZoneInVerdict> zones;
  std::vector<StepInVerdict> steps_to_hang;
  std::uint64_t cycle_steps = 0;   // LIVELOCK: scheduling points once around
  std::vector<std::string> cycle;  // LIVELOCK: who goes round where: "writer at io_pipeline.cc:207 (quiesce)"
  std::vector<RuleInVerdict> rules;
  std::vector<std::string> assumptions;
  std::vector<std::string> evidence;             // for a proof: what was looked at besides, and proves nothing
  std::vector<ObligationInVerdict> obligations;  // of a proof: those that do not hold
  std::vector<HangInVerdict> hangs;              // of a search: all kinds that it came to before it ended
  std::vector<PredictionInVerdict> predictions;
  std::vector<OrderEdgeInVerdict> order_edges;  // the order in which locks were taken, as far as it was looked at
  std::vector<std::string> lock_order;  // what holds for the classes of locks, as far as runs were looked at for it
  std::vector<JobInVerdict> jobs;       // of a run of the workload: what each job has done
};

}  // namespace zoneknot::lockcheck
