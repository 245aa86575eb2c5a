#include "sim/world/sim_world.h"

#include <utility>

namespace zoneknot::sim {

namespace {

// A stream of numbers that the search chooses.
class ChosenNumbers final : public core::Random {
 public:
  explicit ChosenNumbers(Simulation& simulation) : simulation_(simulation) {}

 private:
  std::uint64_t do_below(std::uint64_t bound, core::Site site) override { return simulation_.draw(bound, site); }
  bool do_percent(std::uint32_t percent, core::Site site) override { return simulation_.chance(percent / 100.0, site); }
  void do_reseed(std::uint64_t) override {}
  void do_describe(core::StateSink&) const override {}  // a task that draws hears what was chosen

  Simulation& simulation_;
};

}  // namespace

SimWorld::SimWorld(Simulation& simulation, WorldConfig config)
    : simulation_(simulation), config_(std::move(config)), clock_(simulation, &due_) {}

void SimWorld::begin_execution() {
  for (auto& [filename, opened] : devices_) opened.fresh = false;
  devices_used_ = 0;
  due_.clear();
}

const SimDevice* SimWorld::find_device(const std::string& filename) const {
  const auto found = devices_.find(filename);
  return found == devices_.end() ? nullptr : found->second.device.get();
}

// Devices are numbered as an execution comes to use them, so that its trace does not depend on executions before it.
SimDevice& SimWorld::sim_device(const std::string& filename) {
  Opened& opened = devices_[filename];
  if (opened.device == nullptr) {
    const auto own = config_.devices.find(filename);
    const auto seed = config_.draws_are_choices ? std::nullopt : std::optional(config_.fault_seed);
    opened.device =
        std::make_unique<SimDevice>(simulation_, own == config_.devices.end() ? config_.device : own->second,
                                    config_.faults, seed, config_.moves_data, config_.time_order, due_);
  }
  if (!std::exchange(opened.fresh, true)) opened.device->reset(devices_used_++);
  return *opened.device;
}

std::unique_ptr<core::IoEngine> SimWorld::open_engine(const core::JobSpec& spec) {
  std::vector<SimDevice*> devices;
  devices.reserve(spec.file_count());
  for (std::size_t file = 0; file < spec.file_count(); ++file) devices.push_back(&sim_device(spec.file(file)));
  return std::make_unique<SimIoEngine>(simulation_, std::move(devices), spec.engine, tables_);
}

std::unique_ptr<core::Random> SimWorld::open_random(std::uint64_t seed) {
  if (config_.draws_are_choices) return std::make_unique<ChosenNumbers>(simulation_);
  return std::make_unique<core::SeededRandom>(seed);
}

}  // namespace zoneknot::sim
