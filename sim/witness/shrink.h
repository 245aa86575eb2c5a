// Makes an execution that shows something as easy to follow as it can: fewest preemptions, then completions in order,
// then less of everything else that ScheduleSize counts. For any program. What has to stay, for example "the same kind
// of hang", is a predicate of the caller. Every attempt is an execution that really ran, so whatever comes out replays.
// Deterministic: a function of the program, the predicate and the execution to begin with, as long as nobody stops it.
// Used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/search/explorer.h"
#include "sim/states/revisits.h"
#include "sim/witness/schedule_log.h"

namespace zoneknot::sim {

// An execution that shows what was asked for.
struct KeptExecution {
  Plan plan;
  ScheduleSize size;
  std::vector<std::uint32_t> decisions;
};

// Asked after an execution: how it ended, the watch that still shows that, and the cycle that it has been round, if it
// was given up there.
using Keep =
    std::function<bool(const Outcome&, const lockcheck::LockWatch&, const std::optional<Revisits::Round>& round)>;

struct ShrinkLimits {
  ExecutionOptions execution{};             // of each
  std::function<bool()> time_is_over = {};  // asked between executions; empty: never
  bool ends_at_cycle = false;               // gives an execution up when it has been once around (Revisits)
};

class ScheduleShrinker {
 public:
  // All of them must outlive this.
  ScheduleShrinker(Simulation& simulation, const Program& program, Keep keep, ShrinkLimits limits);

  // The next execution of a strategy, if it is to be kept.
  std::optional<KeptExecution> run(Strategy& strategy);
  // The execution that goes along with a plan as far as it can, likewise.
  std::optional<KeptExecution> follow(const Plan& plan);

  // Until no attempt makes it less. The result is never more than `start`, and shrinking it again gives it again.
  KeptExecution shrink(KeptExecution start);

  // What the execution under way has done so far, for strategies that read it.
  [[nodiscard]] const ScheduleLog& log() const { return log_; }
  // The user or time has ended it: everything returns what it has, at once.
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] std::uint64_t executions() const { return executions_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  // A plan with a part of it changed, against the best so far. True: it is kept, and less.
  bool improve(const Plan& plan);
  bool leave_out_turns();
  bool lengthen_turns();
  bool swap_turns();
  bool leave_out_draws();
  bool may_go_on();

  Simulation& simulation_;
  std::function<void()> main_;
  Keep keep_;
  ShrinkLimits limits_;
  ScheduleLog log_;
  KeptExecution best_;
  std::uint64_t executions_ = 0;
  std::uint64_t steps_ = 0;
  bool interrupted_ = false;
};

}  // namespace zoneknot::sim
