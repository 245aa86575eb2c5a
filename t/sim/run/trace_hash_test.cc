// How executions are told apart: one number for each Mazurkiewicz trace.
#include "sim/run/trace_hash.h"

#include <gtest/gtest.h>

#include "sim/dpor/depth_first.h"
#include "sim/search/distinct_count.h"
#include "t/sim/strategy/strategy_runs.h"

namespace zoneknot::sim {
namespace {

using programs::Forks;

std::uint64_t count_traces(const Program& program, Strategy& strategy, std::uint64_t executions = UINT64_MAX) {
  Simulation simulation;
  return explore(simulation, program, strategy,
                 {.executions = executions, .first_hang_ends = false, .count_traces = true})
      .strategies.at(0)
      .traces->count();
}

TEST(TraceHash, RandomWalk_SeesEveryTraceOfPhilosophersAndNoMore) {
  for (unsigned n = 2; n <= 4; ++n) {
    RandomWalk rotating(1);
    EXPECT_EQ(count_traces(programs::philosophers(n, Forks::rotating), rotating, 40'000), (1U << n) - 1);
    RandomWalk ordered(1);
    EXPECT_EQ(count_traces(programs::philosophers(n, Forks::ordered), ordered, 40'000), (1U << n) - 2);
  }
}

TEST(TraceHash, DepthFirst_SeesAsManyAsItCounts) {
  DepthFirst strategy;
  EXPECT_EQ(count_traces(programs::one_lock(3, 2), strategy), 90U);  // (3·2)! / (2!)^3
}

TEST(TraceHash, StepsThatOnlyRead_HaveNoOrderAmongEachOther) {
  const auto program = [](core::Access access) {
    return [access](Simulation& sim) {
      const core::CellId cell = sim.create_cell({.name = "cell", .sharing = core::Sharing::racy});
      const auto body = [&sim, cell, access] { sim.access(cell, access); };
      programs::run_all(sim, {body, body, body});
    };
  };
  RandomWalk reads(1);
  EXPECT_EQ(count_traces(program(core::Access::read), reads, 500), 1U);
  RandomWalk writes(1);
  EXPECT_EQ(count_traces(program(core::Access::write), writes, 500), 6U);
}

TEST(TraceHash, StepsOnADeviceAndItsZones_AreOrdered) {
  const auto hash_of = [](const std::vector<std::pair<ActorId, Op>>& steps) {
    TraceHash trace;
    for (const auto& [actor, op] : steps) trace.step(actor, op);
    return trace.value();
  };
  const Op device{OpKind::submit, ObjectClass::device, false, 1U << kZoneBits, {}};
  const Op look{OpKind::submit, ObjectClass::device, true, 1U << kZoneBits, {}};
  const Op zone{OpKind::submit, ObjectClass::zone, false, 1U << kZoneBits | 5U, {}};
  const Op read{OpKind::submit, ObjectClass::zone, true, 1U << kZoneBits | 5U, {}};
  const Op other_zone{OpKind::submit, ObjectClass::zone, false, 1U << kZoneBits | 6U, {}};
  const Op other_device{OpKind::submit, ObjectClass::device, false, 2U << kZoneBits, {}};
  const std::vector<Op> all = {device, look, zone, read, other_zone, other_device};
  for (const Op& a : all) {
    for (const Op& b : all) {
      EXPECT_EQ(hash_of({{1, a}, {2, b}}) != hash_of({{2, b}, {1, a}}), dependent(a, b));
    }
  }
}

TEST(TraceHash, IsTheSameWhateverWasTracedBefore) {
  const Op step{OpKind::lock, ObjectClass::lock, false, 3, {}};
  TraceHash used;
  for (std::uint32_t i = 0; i < 1000; ++i) used.step(i % 7, {OpKind::lock, ObjectClass::lock, false, i, {}});
  used.clear();
  TraceHash fresh;
  for (TraceHash* trace : {&used, &fresh}) {
    trace->step(0, step);
    trace->event_added(kEventBit | 2U, 0);
    trace->step(kEventBit | 2U, step);
  }
  EXPECT_EQ(used.value(), fresh.value());
}

TEST(TraceHash, EventsAreKnownByWhoAddedThemAndNotByTheirSlot) {
  const Op step{OpKind::lock, ObjectClass::lock, false, 3, {}};
  const Op end{OpKind::complete, ObjectClass::completions, false, 0, {}};
  const auto hash_of = [&](ActorId first, ActorId second, bool swapped) {
    TraceHash trace;
    trace.step(0, step);
    trace.event_added(first, 0);
    trace.event_added(second, 0);
    trace.step(swapped ? second : first, end);
    trace.step(swapped ? first : second, end);
    return trace.value();
  };
  EXPECT_EQ(hash_of(kEventBit, kEventBit | 1U, false), hash_of(kEventBit | 8U, kEventBit | 3U, false));
  EXPECT_NE(hash_of(kEventBit, kEventBit | 1U, false), hash_of(kEventBit, kEventBit | 1U, true));
}

TEST(DistinctCount, IsExactUpToItsMemoryAndCloseBeyond) {
  DistinctCount count;
  for (std::uint64_t i = 0; i < DistinctCount::kMost; ++i) {
    count.add(core::SplitMix64::mix(i));
    count.add(core::SplitMix64::mix(i / 2));
  }
  EXPECT_TRUE(count.exact());
  EXPECT_EQ(count.count(), DistinctCount::kMost);
  constexpr std::uint64_t kMany = 3'000'000;
  for (std::uint64_t i = DistinctCount::kMost; i < kMany; ++i) count.add(core::SplitMix64::mix(i));
  EXPECT_FALSE(count.exact());
  EXPECT_GT(count.count(), kMany - kMany / 50);
  EXPECT_LT(count.count(), kMany + kMany / 50);
}

}  // namespace
}  // namespace zoneknot::sim
