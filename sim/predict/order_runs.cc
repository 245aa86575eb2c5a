#include "sim/predict/order_runs.h"

#include <algorithm>
#include <vector>

#include "lockcheck/picture/order_picture.h"
#include "sim/predict/run_numbers.h"
#include "sim/strategy/one_owner_walk.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "sim/strategy/steady_walk.h"

namespace zoneknot::sim {
namespace {

// Switches the checks off again whatever the program throws.
class OrderChecked {
 public:
  OrderChecked(lockcheck::LockWatch& watch, lockcheck::OrderChecks checks) : watch_(watch) {
    watch_.set_order_checks(checks);
  }
  ~OrderChecked() { watch_.set_order_checks(lockcheck::OrderChecks::off); }
  OrderChecked(const OrderChecked&) = delete;
  OrderChecked& operator=(const OrderChecked&) = delete;

 private:
  lockcheck::LockWatch& watch_;
};

// A run that can be made again, as far as it did not hang.
struct RunWithoutHang {
  std::vector<std::uint32_t> decisions;
  std::uint64_t steps = 0;
};

class Observer {
 public:
  Observer(Simulation& simulation, const Program& program, const ExecutionOptions& options)
      : simulation_(simulation), program_(program), options_(options) {
    options_.max_steps = std::min(options.max_steps, kOrderRunSteps);
    simulation.watch().add_listener(numbers_);
  }
  ~Observer() { simulation_.watch().remove_listener(numbers_); }
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  // Without looking at the order of waits, for nobody knows yet whether it hangs.
  void make_runs(Strategy& strategy, std::uint32_t count) {
    strategy.look_at(simulation_.watch());
    for (std::uint32_t i = 0; i < count && strategy.begin(); ++i) {
      numbers_.begin_run();
      const Outcome outcome = run(strategy, options_.max_steps);
      const bool hung = outcome.kind == OutcomeKind::hang;
      if (!hung && outcome.kind != OutcomeKind::finished && outcome.kind != OutcomeKind::cut) return;
      if (hung && outcome.steps < 2) continue;
      runs_.push_back({simulation_.decisions(), hung ? outcome.steps - 1 : outcome.steps});
    }
  }

  // All together, if numbers mean the same in all of them; the last one then shows the names of tasks and locks.
  void observe(lockcheck::Verdict& verdict) {
    simulation_.watch().remove_listener(numbers_);
    const bool together = numbers_.hold();
    const OrderChecked checked(simulation_.watch(),
                               together ? lockcheck::OrderChecks::over_runs : lockcheck::OrderChecks::on);
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      Script again(runs_[i].decisions);
      if (again.begin()) (void)run(again, runs_[i].steps);
      if (!together || i + 1 == runs_.size()) lockcheck::describe_order(simulation_.watch(), verdict.order);
    }
  }

 private:
  Outcome run(Strategy& strategy, std::uint64_t max_steps) {
    ExecutionOptions options = options_;
    options.max_steps = std::max<std::uint64_t>(max_steps, 1);
    return simulation_.run([this] { program_(simulation_); }, strategy, options);
  }

  Simulation& simulation_;
  const Program& program_;
  ExecutionOptions options_;
  RunNumbers numbers_;
  std::vector<RunWithoutHang> runs_;
};

}  // namespace

void observe_order(Simulation& simulation, const Program& program, std::uint64_t seed, const ExecutionOptions& options,
                   lockcheck::Verdict& verdict) {
  Observer observer(simulation, program, options);
  // Not the executions that a random search with this seed has made.
  RandomWalk random(~seed);
  observer.make_runs(random, kRandomRuns);
  OneOwnerWalk one_owner(~seed);
  observer.make_runs(one_owner, kOneOwnerRuns);
  SteadyWalk steady;
  observer.make_runs(steady, 1);
  observer.observe(verdict);
}

void weigh_predictions(lockcheck::Verdict& verdict) {
  using lockcheck::VerdictWord;
  if (verdict.search.exhaustive) {
    lockcheck::refute_predictions(verdict.search.hangs, verdict.order);
  } else if (verdict.word > VerdictWord::possible && lockcheck::any_prediction_stands(verdict.order)) {
    verdict.word = VerdictWord::possible;
    verdict.search.stopped_by = lockcheck::StoppedBy::nothing;
  }
}

}  // namespace zoneknot::sim
