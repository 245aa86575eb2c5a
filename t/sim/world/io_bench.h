// A simulated world with one device for the tests of engines and faults.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "sim/dpor/depth_first.h"
#include "sim/search/explorer.h"
#include "sim/strategy/replay.h"
#include "sim/world/sim_world.h"

namespace zoneknot::sim {

using core::Direction;
using core::EngineKind;
using core::IoRequest;
using core::QueueStatus;

inline constexpr std::uint64_t kZone = 1U << 20;
inline constexpr std::uint32_t kBlock = 4096;

inline IoRequest request(Direction direction, std::uint64_t offset, std::uint32_t length = kBlock) {
  IoRequest io;
  io.direction = direction;
  io.offset = offset;
  io.length = length;
  return io;
}

inline core::JobSpec job(EngineKind engine) {
  core::JobSpec spec;
  spec.filename = "disk";
  spec.engine = engine;
  return spec;
}

// A world and its simulation, for programs of one or a few tasks.
struct Bench {
  explicit Bench(WorldConfig config = {}) : world(simulation, std::move(config)) {}

  Outcome steadily(const std::function<void()>& main, const ExecutionOptions& options = {}) {
    Replay steady{core::Schedule{}};
    EXPECT_TRUE(steady.begin());
    return simulation.run(
        [&] {
          world.begin_execution();
          main();
        },
        steady, options);
  }
  SearchResult exhaust(const std::function<void()>& main) {
    DepthFirst strategy;
    return explore(simulation,
                   [&](Simulation&) {
                     world.begin_execution();
                     main();
                   },
                   strategy, {.first_hang_ends = false});
  }
  const core::ZoneReport& zone(std::uint32_t index) { return world.find_device("disk")->model().zone(index); }

  Simulation simulation;
  SimWorld world;
};

inline int reap(core::IoEngine& engine, std::vector<IoRequest*>& out, std::size_t min, std::size_t max) {
  out.assign(max, nullptr);
  const int count = engine.reap(out, min);
  out.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return count;
}

}  // namespace zoneknot::sim
