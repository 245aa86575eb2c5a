// The real engines, on a plain file and on one that emulates zones, keep the contracts of their seams.

#include <fcntl.h>
#include <unistd.h>

#include "device/real/emulated_engine.h"
#include "t/contract/io_engine.h"
#include "t/contract/zoned_device.h"
#include "t/device/real/event_log.h"
#include "t/device/real/io_bench.h"
#include "t/device/real/temp_folder.h"

namespace zoneknot::contract {
namespace {

template <core::EngineKind kind>
class Real {
 public:
  static constexpr core::EngineKind kKind = kind;

  std::string not_to_be_had() { return device::not_to_be_had(kind, runtime_); }

 protected:
  device::TempFolder folder_;
  device::EventLog log_;
  device::ThreadRuntime runtime_{log_};
};

// Without zones.
template <core::EngineKind kind>
class OnFile : public Real<kind> {
 public:
  void on_engine(std::uint32_t depth, const std::function<void(core::IoEngine&)>& body) {
    const int fd = ::open(this->folder_.file("data").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(ftruncate(fd, kBlocks * kBlock), 0);
    this->runtime_.run("job", [&] {
      auto engine = device::open_real_engine(kind, fd, depth, this->runtime_);
      ASSERT_TRUE(engine) << std::strerror(engine.error());
      body(**engine);
    });
    close(fd);
  }
};

template <core::EngineKind kind>
class OnZones : public Real<kind> {
 public:
  void on_engine(std::uint32_t depth, const std::function<void(core::IoEngine&)>& body) {
    const DeviceSetup setup = {.config = {.zone_size = kBlocks * kBlock, .zones = 1, .conventional = 1}};
    on_zones(setup, depth, [&](core::IoEngine& engine, core::ZonedDevice&) { body(engine); });
  }
  void on_device(const DeviceSetup& setup, const std::function<void(core::IoEngine&, core::ZonedDevice&)>& body) {
    on_zones(setup, kDepth, body);
  }

 private:
  void on_zones(const DeviceSetup& setup, std::uint32_t depth,
                const std::function<void(core::IoEngine&, core::ZonedDevice&)>& body) {
    const auto device = device::FileDevice::open(
        this->folder_.file("zones"),
        {.config = setup.config, .faults = setup.faults, .fault_seed = setup.fault_seed, .destroy_data = true});
    ASSERT_TRUE(device) << device.error();
    ASSERT_EQ((*device)->begin(), "");
    // A runtime runs one program.
    device::ThreadRuntime runtime(this->log_);
    runtime.run("job", [&] {
      auto inner = device::open_real_engine(kind, (*device)->fd(), depth, runtime);
      ASSERT_TRUE(inner) << std::strerror(inner.error());
      device::EmulatedEngine engine(std::move(*inner), kind, depth, **device, runtime);
      body(engine, **device);
    });
  }
};

using Zoned = testing::Types<OnZones<core::EngineKind::psync>, OnZones<core::EngineKind::libaio>,
                             OnZones<core::EngineKind::io_uring>>;
using Plain = testing::Types<OnFile<core::EngineKind::psync>, OnFile<core::EngineKind::libaio>,
                             OnFile<core::EngineKind::io_uring>>;
INSTANTIATE_TYPED_TEST_SUITE_P(OnFile, IoEngineContract, Plain, EngineNames);
INSTANTIATE_TYPED_TEST_SUITE_P(OnZones, IoEngineContract, Zoned, EngineNames);
INSTANTIATE_TYPED_TEST_SUITE_P(OnZones, ZonedDeviceContract, Zoned, EngineNames);

}  // namespace
}  // namespace zoneknot::contract
