// A Simulation keeps the contract of a Runtime, under many schedules.

#include "sim/dpor/depth_first.h"
#include "sim/run/virtual_clock.h"
#include "sim/search/explorer.h"
#include "sim/strategy/random_walk.h"
#include "t/contract/runtime.h"
#include "t/device/real/event_log.h"

namespace zoneknot::contract {
namespace {

class SimulatedTasks {
 public:
  static constexpr int kRounds = 2;

  static void run(const Program& program) {
    sim::DepthFirst in_order;
    explore(program, in_order);
    sim::RandomWalk at_random(1);
    explore(program, at_random);
  }

  static std::vector<core::TaskId> stuck(const Program& program) { return once(program, nullptr).stuck.core; }

  static std::vector<std::string> told(const Program& program, bool accesses) {
    device::EventLog log;
    if (accesses) log.want_accesses();
    EXPECT_EQ(once(program, &log).kind, sim::OutcomeKind::finished);
    return log.lines();
  }

 private:
  static void explore(const Program& program, sim::Strategy& strategy) {
    sim::Simulation simulation;
    sim::VirtualClock clock(simulation);
    const sim::SearchResult result = sim::explore(
        simulation, [&](sim::Simulation& runtime) { program(runtime, clock); }, strategy, {.executions = 500});
    EXPECT_EQ(result.hangs, 0U);
    EXPECT_TRUE(result.end == sim::SearchEnd::exhausted || result.end == sim::SearchEnd::executions);
  }

  static sim::Outcome once(const Program& program, core::LockObserver* listener) {
    sim::Simulation simulation;
    sim::VirtualClock clock(simulation);
    if (listener != nullptr) simulation.watch().add_listener(*listener);
    sim::DepthFirst in_order;
    EXPECT_TRUE(in_order.begin());
    return simulation.run([&] { program(simulation, clock); }, in_order);
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, RuntimeContract, SimulatedTasks);

}  // namespace
}  // namespace zoneknot::contract
