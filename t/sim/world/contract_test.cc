// The simulated engines and device keep the contracts of their seams, under several schedules.

#include "sim/strategy/random_walk.h"
#include "sim/world/sim_world.h"
#include "t/contract/io_engine.h"
#include "t/contract/zoned_device.h"

namespace zoneknot::contract {
namespace {

template <core::EngineKind kind>
class Simulated {
 public:
  static constexpr core::EngineKind kKind = kind;

  static std::string not_to_be_had() { return {}; }

  static void on_engine(std::uint32_t, const std::function<void(core::IoEngine&)>& body) {
    const DeviceSetup setup = {.config = {.zone_size = kBlocks * kBlock, .zones = 1, .conventional = 1}};
    on_device(setup, [&](core::IoEngine& engine, core::ZonedDevice&) { body(engine); });
  }

  static void on_device(const DeviceSetup& setup,
                        const std::function<void(core::IoEngine&, core::ZonedDevice&)>& body) {
    sim::WorldConfig config;
    config.device = setup.config;
    config.faults = setup.faults;
    config.draws_are_choices = false;
    config.fault_seed = setup.fault_seed;
    config.moves_data = true;
    core::JobSpec spec;
    spec.filename = "disk";
    spec.engine = kind;
    sim::Simulation simulation;
    sim::SimWorld world(simulation, config);
    sim::RandomWalk walk(1);
    for (int schedule = 0; schedule < kSchedules && !testing::Test::HasFailure(); ++schedule) {
      ASSERT_TRUE(walk.begin());
      const sim::Outcome outcome = simulation.run(
          [&] {
            world.begin_execution();
            body(*world.open_engine(spec), world.device(spec.filename));
          },
          walk);
      EXPECT_EQ(outcome.kind, sim::OutcomeKind::finished);
    }
  }

 private:
  static constexpr int kSchedules = 20;
};

using Engines = testing::Types<Simulated<core::EngineKind::psync>, Simulated<core::EngineKind::libaio>,
                               Simulated<core::EngineKind::io_uring>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, IoEngineContract, Engines, EngineNames);
INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, ZonedDeviceContract, Engines, EngineNames);

}  // namespace
}  // namespace zoneknot::contract
