#include "sim/proof/world.h"

#include <cerrno>
#include <stdexcept>

#include "sim/proof/engine.h"

namespace zoneknot::sim {
namespace {

class AnyNumbers final : public core::Random {
 public:
  explicit AnyNumbers(ProofRuntime& runtime) : runtime_(runtime) {}

 private:
  std::uint64_t do_below(std::uint64_t bound, core::Site) override {
    if (bound > UINT16_MAX) throw std::logic_error("a draw has too many results to try them all");
    return runtime_.choose(static_cast<std::uint32_t>(bound), "draw");
  }
  bool do_percent(std::uint32_t, core::Site) override { return runtime_.choose(2, "draw of a direction") == 0; }
  void do_reseed(std::uint64_t) override {}
  void do_describe(core::StateSink&) const override {}

  ProofRuntime& runtime_;
};

}  // namespace

ProofWorld::ProofWorld(ProofRuntime& runtime, const device::DeviceConfig& config, ProofFaults faults)
    : runtime_(runtime), faults_(faults), clock_(runtime), device_(runtime, config, faults) {}

std::unique_ptr<core::IoEngine> ProofWorld::open_engine(const core::JobSpec& spec) {
  return std::make_unique<ProofEngine>(runtime_, spec, faults_);
}

std::unique_ptr<core::Random> ProofWorld::open_random(std::uint64_t) { return std::make_unique<AnyNumbers>(runtime_); }

// A conventional zone cannot be reset on any device.
int ProofWorld::AnyDevice::do_manage(core::ZoneAction, core::ZoneRange zones, core::Site) {
  for (std::uint32_t zone = zones.first; zone < zones.first + zones.count; ++zone) {
    if (model_.zone(zone).type == core::ZoneType::conventional) return EIO;
  }
  return faults_ != ProofFaults::none && runtime_.choose(2, "the device refuses a zone command") == 1 ? EIO : 0;
}

}  // namespace zoneknot::sim
