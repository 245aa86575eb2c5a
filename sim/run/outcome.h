// What came out of one execution of a program under a Simulation. Plain values.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lockcheck/stuck/wait_state.h"
#include "sim/run/actor.h"
#include "sim/run/state_hash.h"

namespace zoneknot::sim {

enum class OutcomeKind : std::uint8_t {
  finished,  // every task ended
  hang,      // stuck_core() names tasks that wait for ever
  cut,       // the limit of steps was reached
  pruned,    // the strategy gave it up, others cover it
  stopped,   // the stop flag was seen
  diverged,  // the strategy found that the program does not do what it did before
  overflow,  // a task has run out of its stack; nothing on it was destroyed
};

// "finished", "hang", …
std::string_view outcome_name(OutcomeKind kind);

struct Outcome {
  OutcomeKind kind = OutcomeKind::finished;
  std::uint64_t steps = 0;      // scheduling points passed
  std::uint64_t decisions = 0;  // points with two or more alternatives; of a diverged run: the one that differs
  std::uint64_t trace_hash = 0;
  lockcheck::StuckCore stuck;  // of a hang
  // Who ran last, and the place of his last visible operation or checkpoint.
  core::TaskId last_task = core::kNoId;
  core::Site last_site;
  // After a hang: the decisions that led to it, and whether the tasks that could still go on were cut in the end.
  std::uint64_t decisions_to_hang = 0;
  bool cut_after_hang = false;
  StateHash cut_state;            // key of the state in which it was cut; only while tracking
  bool bare_checkpoints = false;  // some task has come to a checkpoint without a fingerprint
  // What other executions might show that differ in nothing that is a choice: what the clock says to a task that is not
  // the only one, and which number something gets that the first task creates while others create such things.
  bool clock_read = false;
  bool creations_side_by_side = false;
  // Timers fired in the order of their deadlines, and in the order of I/Os and steps too: nobody who could go on stood
  // still while much time passed (VirtualTime).
  bool timely = true;
};

// One step of a recorded execution: an actor's operation, or a draw (kind draw, object = the value).
struct StepRecord {
  ActorId actor = 0;
  Op op;
  std::uint32_t alternatives = 1;  // below 2: not a decision
  std::uint32_t chosen = 0;        // index among the alternatives

  // Equal but for the place, which two builds of one program may name differently.
  [[nodiscard]] bool same_as(const StepRecord& other) const {
    return actor == other.actor && op.same_as(other.op) && alternatives == other.alternatives && chosen == other.chosen;
  }
};

// One decision of a recorded execution.
struct DecisionRecord {
  std::uint32_t steady = 0;      // what Baseline::steady would have taken
  std::uint64_t trace_hash = 0;  // of the steps before it
};

// Everything about one execution that is kept on request. Reused: filled anew by every execution.
struct Recording {
  std::vector<StepRecord> steps;
  std::vector<DecisionRecord> decisions;
};

}  // namespace zoneknot::sim
