// What holds of the zones at every moment of any workload under any schedule, and of the open list by itself.
#include <algorithm>

#include "core/workload/zone_table.h"
#include "proptests/any_workload.h"
#include "sim/strategy/random_walk.h"
#include "sim/strategy/replay.h"
#include "sim/strategy/strategy_wrapper.h"
#include "t/sim/programs.h"

namespace zoneknot::proptests {
namespace {

using core::Direction;

// --- The open list ---

struct ListChange {
  bool append = true;
  std::uint32_t zone = 0;      // append
  std::uint64_t position = 0;  // drop: modulo the count
};

void showValue(const ListChange& change, std::ostream& out) {
  if (change.append) {
    out << "append " << change.zone;
  } else {
    out << "drop " << change.position;
  }
}

rc::Gen<ListChange> any_change() {
  return rc::gen::apply(
      [](bool append, std::uint32_t zone, std::uint32_t position) { return ListChange{append, zone, position}; },
      rc::gen::weightedElement<bool>({{3, true}, {2, false}}), rc::gen::inRange(1U, 1000U), rc::gen::inRange(0U, 500U));
}

RC_GTEST_PROP(OpenListProperty, KeepsOrderAndLeavesWhatAShiftLeft, ()) {
  const auto changes = *rc::gen::container<std::vector<ListChange>>(any_change());
  std::vector<std::uint32_t> expected;                              // what is listed
  std::vector<std::uint32_t> memory(core::kMaxOpenZonesListed, 0);  // what unlocked peeks may see
  std::vector<std::string> complaints;
  sim::Simulation simulation;
  sim::Script steadily({});
  RC_ASSERT(steadily.begin());
  simulation.run(
      [&] {
        core::OpenList list(simulation, core::kNoId, core::kMaxOpenZonesListed, 200);
        for (const ListChange& change : changes) {
          if (change.append && expected.size() < core::kMaxOpenZonesListed) {
            list.append(change.zone);
            expected.push_back(change.zone);
          } else if (!change.append && !expected.empty()) {
            const std::uint64_t position = change.position % expected.size();
            list.drop(position);
            expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(position));
          }
          std::ranges::copy(expected, memory.begin());
          if (list.count() != expected.size() || list.peek_count() != expected.size()) complaints.emplace_back("count");
          for (std::size_t i = 0; i < memory.size(); ++i) {
            if (list.at(i) != memory[i] || list.peek_at(i) != memory[i]) complaints.push_back(std::to_string(i));
          }
        }
      },
      steadily);
  RC_ASSERT(complaints.empty());
}

// --- Any workload ---

// What has to hold between any two steps.
class Invariants {
 public:
  Invariants(const AnyWorkload& workload, const WorkloadBench& bench) : workload_(workload), bench_(bench) {}

  void look() {
    if (bench_.current == nullptr || bench_.current->table_count() == 0) return;
    const core::ZoneTable& table = bench_.current->table(0);
    for (std::uint32_t i = 0; i < table.nr_zones(); ++i) {
      const core::Zone& zone = table.zone(i);
      // A zone that was full at the start counts as written to its end.
      if (zone.wp.read() < zone.start || zone.wp.read() > zone.start + table.zone_size()) complain("wp of zone", i);
    }
    if (bench_.simulation.watch().wait_state().lock_owner.at(table.mutex.id()) == core::kNoId) look_at_list(table);
  }

  std::vector<std::string> complaints;

 private:
  // Nobody is changing it.
  void look_at_list(const core::ZoneTable& table) {
    const std::uint32_t count = table.open_list.count();
    if (count > workload_.jobs[0].max_open_zones) complain("zones listed", count);
    std::vector<std::uint32_t> times(table.nr_zones(), 0);
    for (std::uint32_t i = 0; i < count; ++i) ++times.at(table.open_list.at(i));
    for (std::uint32_t i = 0; i < table.nr_zones(); ++i) {
      // The flag is set and cleared under M too.
      if (times[i] != (table.zone(i).open.read() ? 1U : 0U)) complain("flag of zone", i);
    }
  }
  void complain(const std::string& what, std::uint64_t which) {
    if (complaints.size() < 5) complaints.push_back(what + " " + std::to_string(which));
  }

  const AnyWorkload& workload_;
  const WorkloadBench& bench_;
};

// Looks before every step.
class WatchfulWalk final : public sim::StrategyWrapper {
 public:
  WatchfulWalk(sim::Strategy& walk, Invariants& invariants) : StrategyWrapper(walk), invariants_(invariants) {}

  std::uint32_t pick(const sim::Candidates& candidates) override {
    invariants_.look();
    return inner_pick(candidates);
  }
  [[nodiscard]] sim::StrategyNeeds needs() const override { return needs_every_step_too(); }

 private:
  Invariants& invariants_;
};

struct Totals {
  std::uint64_t ios = 0;
  std::uint64_t bytes = 0;
};

Totals totals_of(const core::Workload& workload) {
  Totals totals;
  for (std::size_t i = 0; i < workload.job_count(); ++i) {
    for (const Direction direction : {Direction::read, Direction::write}) {
      totals.ios += workload.job(i).stats.of(direction).ios;
      totals.bytes += workload.job(i).stats.of(direction).bytes;
    }
  }
  return totals;
}

// What the program thinks of its zones is what the device says.
void compare_with_device(const core::ZoneTable& table, std::vector<std::string>& complaints) {
  const std::vector<core::ZoneReport> reports = table.device().report();
  for (std::uint32_t i = 0; i < table.nr_zones(); ++i) {
    const core::Zone& zone = table.zone(i);
    const std::uint64_t wp = zone.wp.read();
    const bool equal =
        zone.conventional() ||
        (reports[i].condition == core::ZoneCondition::full ? wp >= zone.writable_end() : wp == reports[i].wp);
    if (!equal) complaints.push_back("wp of zone " + std::to_string(i) + " is not the device's");
  }
}

bool any_lock_owned(const lockcheck::LockWatch& watch) {
  const std::vector<core::TaskId> owners = watch.wait_state().lock_owner;
  return std::ranges::any_of(owners, [](core::TaskId owner) { return owner != core::kNoId; });
}

bool reports(const lockcheck::LockWatch& watch, lockcheck::Rule rule) {
  const std::vector<lockcheck::RuleBreak> broken = watch.broken_rules();
  return std::ranges::any_of(broken, [rule](const lockcheck::RuleBreak& one) { return one.rule == rule; });
}

RC_GTEST_PROP(ZoneTableProperty, HoldsAtEveryStepOfAnyWorkload, ()) {
  const AnyWorkload workload = *any_workload();
  WorkloadBench bench(workload);
  Invariants invariants(workload, bench);
  sim::RandomWalk random(workload.schedule_seed);
  WatchfulWalk walk(random, invariants);
  sim::Recording recording;
  Totals totals;
  std::vector<std::string> complaints;
  const sim::Program program = bench.program([&](const core::Workload& ended) {
    totals = totals_of(ended);
    compare_with_device(ended.table(0), complaints);
    for (std::size_t i = 0; i < ended.job_count(); ++i) {
      if (ended.job(i).error != 0) complaints.push_back("job " + std::to_string(i) + " has an error");
      if (ended.job(i).aborted) complaints.push_back("job " + std::to_string(i) + " aborted");
    }
  });
  RC_ASSERT(walk.begin());
  const sim::Outcome outcome =
      bench.simulation.run([&] { program(bench.simulation); }, walk, {.max_steps = 100'000, .recording = &recording});
  RC_CLASSIFY(outcome.kind == sim::OutcomeKind::hang, "hangs");
  RC_ASSERT(invariants.complaints == std::vector<std::string>{});
  if (outcome.kind == sim::OutcomeKind::hang) return;

  RC_ASSERT(outcome.kind == sim::OutcomeKind::finished);
  RC_ASSERT(complaints == std::vector<std::string>{});
  const bool left_locked = any_lock_owned(bench.simulation.watch());
  RC_ASSERT(left_locked == reports(bench.simulation.watch(), lockcheck::Rule::lock_outlives_task));
  // find_zone locks conventional zones too, which put() leaves alone: docs/protocol.md section 3.
  RC_ASSERT(!left_locked || workload.device.conventional > 0);
  const auto submitted = std::ranges::count_if(recording.steps, [](const sim::StepRecord& step) {
    return step.op.kind == sim::OpKind::submit && step.op.object_class == sim::ObjectClass::zone;
  });
  RC_ASSERT(totals.ios == static_cast<std::uint64_t>(submitted));
  RC_ASSERT(totals.bytes == totals.ios * kBlock);
}

}  // namespace
}  // namespace zoneknot::proptests
