#include "sim/order_runs.h"

#include "lockcheck/order_picture.h"
#include "sim/random_walk.h"
#include "sim/steady_walk.h"

namespace zoneknot::sim {
namespace {

// Switches the checks off again whatever the program throws.
class OrderChecked {
 public:
  explicit OrderChecked(Simulation& simulation) : watch_(simulation.watch()) {
    watch_.set_order_checks(lockcheck::OrderChecks::on);
  }
  ~OrderChecked() { watch_.set_order_checks(lockcheck::OrderChecks::off); }
  OrderChecked(const OrderChecked&) = delete;
  OrderChecked& operator=(const OrderChecked&) = delete;

 private:
  lockcheck::LockWatch& watch_;
};

void observe_one(Simulation& simulation, const Program& program, Strategy& strategy, lockcheck::Verdict& verdict) {
  if (!strategy.begin()) return;
  const Outcome outcome = simulation.run([&] { program(simulation); }, strategy);
  if (outcome.kind == OutcomeKind::finished) lockcheck::describe_order(simulation.watch(), verdict);
}

}  // namespace

void observe_order(Simulation& simulation, const Program& program, std::uint64_t seed, std::uint64_t max_steps,
                   lockcheck::Verdict& verdict) {
  const OrderChecked checked(simulation);
  simulation.set_max_steps(max_steps);
  SteadyWalk steady;
  observe_one(simulation, program, steady, verdict);
  RandomWalk random(seed);
  for (std::uint32_t run = 1; run < kOrderRuns; ++run) observe_one(simulation, program, random, verdict);
}

void weigh_predictions(lockcheck::Verdict& verdict) {
  using lockcheck::VerdictWord;
  if (verdict.word == VerdictWord::verified || verdict.word == VerdictWord::proved) {
    lockcheck::refute_predictions("every interleaving of this instance was searched, and none hangs", verdict);
  } else if (verdict.word > VerdictWord::possible && lockcheck::any_prediction_stands(verdict)) {
    verdict.word = VerdictWord::possible;
    verdict.stopped_by.clear();
  }
}

}  // namespace zoneknot::sim
