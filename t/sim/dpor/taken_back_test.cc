// Events that are taken back, as those of an engine are whose job goes while I/Os are in flight.
#include <gtest/gtest.h>

#include <set>

#include "core/shared.h"
#include "sim/dpor/depth_first.h"
#include "sim/dpor/optimal_dpor.h"
#include "sim/dpor/source_dpor.h"
#include "t/sim/programs.h"

namespace zoneknot::sim {
namespace {

constexpr std::uint32_t kFirstQueue = 7;
constexpr std::uint32_t kSecondQueue = 8;

Op on_queue(OpKind kind, std::uint32_t queue) {
  return {kind, ObjectClass::completions, false, queue, core::Site::current()};
}

// One I/O in flight.
class Flight final : public EventTarget {
 public:
  Flight(Simulation& sim, std::uint32_t queue)
      : sim_(sim), queue_(queue), event_(sim.add_event(on_queue(OpKind::complete, queue), *this, 0, queue)) {}

  void take_back() {
    if (!happened_) sim_.remove_event(event_);
  }
  void await() {
    waiter_ = sim_.current();
    sim_.visible_when(happened_, on_queue(OpKind::reap, queue_), {core::WaitKind::completion, core::kNoId, true}, 0);
    waiter_ = core::kNoId;
  }
  [[nodiscard]] bool look() {
    sim_.visible(on_queue(OpKind::reap, queue_));
    return happened_;
  }

 private:
  void happened(std::uint64_t) override {
    happened_ = true;
    if (waiter_ != core::kNoId) sim_.wake(waiter_);
  }

  Simulation& sim_;
  std::uint32_t queue_;
  ActorId event_;
  bool happened_ = false;
  core::TaskId waiter_ = core::kNoId;
};

// The second I/O gets the number of the first one, which the search may have put to sleep: it was tried at an earlier
// step, and the job that took it back did nothing on its queue in between. Whoever waits for the second would never be
// seen to go on.
TEST(SourceDpor, EventWithTheNumberOfOneThatWasTakenBack_IsTried) {
  Simulation simulation;
  SourceDpor strategy;
  const SearchResult result =
      explore(simulation,
              [](Simulation& sim) {
                const core::LockId first_lock = sim.create_lock(programs::plain());
                const core::LockId second_lock = sim.create_lock(programs::plain());
                const core::LockId twice = sim.create_lock(programs::plain());
                core::Shared<bool> stop(sim, "stop", core::Sharing::racy, false);
                core::Shared<int> found(sim, "found", core::Sharing::racy, 0);
                const auto pass = [&sim](core::LockId lock) {
                  sim.lock(lock);
                  sim.unlock(lock);
                };
                const auto hangs_on_what_was_found = [&] {
                  if (found.peek() != 2) return;
                  sim.lock(twice);
                  sim.lock(twice);
                };
                const auto stops = [&] {
                  pass(first_lock);
                  pass(first_lock);
                  stop.write(true);
                };
                const auto job = [&] {
                  Flight flight(sim, kFirstQueue);
                  if (!stop.peek()) {
                    found.write(flight.look() ? 4 : 3);
                    flight.take_back();
                    return;
                  }
                  flight.take_back();
                  Flight another(sim, kSecondQueue);
                  another.await();
                  found.write(flight.look() ? 1 : 2);
                };
                programs::run_all(sim, {hangs_on_what_was_found, stops, [&] { pass(second_lock); }, job});
              },
              strategy, {});
  EXPECT_EQ(result.end, SearchEnd::hang_found);
}

// What a task that looks at its one I/O finds. `takes_back`: before it ends, else the I/O may still end when it has.
template <class Search>
std::set<bool> looked_at(bool takes_back) {
  std::set<bool> found;
  Simulation simulation;
  Search strategy;
  const SearchResult result = explore(simulation,
                                      [&](Simulation& sim) {
                                        Flight flight(sim, kFirstQueue);
                                        found.insert(flight.look());
                                        if (takes_back) flight.take_back();
                                      },
                                      strategy, {});
  EXPECT_TRUE(result.exhaustive);
  return found;
}

TEST(EventsThatNeverHappen, AreTriedBeforeTheLastLookAtTheirQueue) {
  for (const bool takes_back : {false, true}) {
    EXPECT_EQ(looked_at<DepthFirst>(takes_back), (std::set<bool>{false, true})) << takes_back;
    EXPECT_EQ(looked_at<SourceDpor>(takes_back), (std::set<bool>{false, true})) << takes_back;
    EXPECT_EQ(looked_at<OptimalDpor>(takes_back), (std::set<bool>{false, true})) << takes_back;
  }
}

}  // namespace
}  // namespace zoneknot::sim
