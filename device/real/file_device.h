// A zoned device made of a regular file: the zone model says what every command does, the file holds the data. All jobs
// of a run share it; calls from any thread are serialised inside. Data I/O goes to the file through EmulatedEngine,
// which asks admit() first. What lies above a zone's write pointer is zeros, because a reset punches the zone out of
// the file and nothing is written that the model has not let pass.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/random.h"
#include "core/zoned_device.h"
#include "device/model/fault_plan.h"
#include "device/model/zone_model.h"
#include "device/real/backing_file.h"

namespace zoneknot::device {

struct FileDeviceOptions {
  DeviceConfig config;
  FaultPlan faults;
  std::uint64_t fault_seed = 0;  // of draws with a probability
  bool destroy_data = false;     // a file that holds something may be overwritten
  bool direct = true;            // O_DIRECT, where the file system can
};

class FileDevice final : public core::ZonedDevice {
 public:
  // The error is one line without a full stop.
  static tl::expected<std::unique_ptr<FileDevice>, std::string> open(const std::string& path,
                                                                     const FileDeviceOptions& options);

  [[nodiscard]] int fd() const { return file_.fd(); }
  // Direct I/O was wanted and is not to be had; the page cache is used.
  [[nodiscard]] bool fell_back_to_buffered() const { return fell_back_; }

  enum class Fate : std::uint8_t {
    passes,        // goes to the file, `length` bytes of it
    ends,          // never reaches the file: ends with `error`, 0 bytes done
    ends_at_once,  // the same, inside queue()
    busy,          // not accepted
  };
  struct Admission {
    Fate fate = Fate::passes;
    int error = 0;             // errno value
    std::uint32_t length = 0;  // bytes; below the request's: a short transfer
  };

  // Holds an I/O against the fault plan and the model, at the moment at which an engine accepts it. A write that passes
  // has moved the write pointer, whatever becomes of it afterwards.
  Admission admit(const core::IoRequest& request);

 private:
  FileDevice(BackingFile file, const FileDeviceOptions& options);

  core::DeviceGeometry do_geometry() const override;
  std::vector<core::ZoneReport> do_report() const override;
  int do_manage(ZoneAction action, std::uint32_t zone, core::Site site) override;

  int reset_zone(std::uint32_t zone);
  Admission strike(const core::IoRequest& request, FaultMoment moment);
  const Fault* strike(FaultTarget target, FaultMoment moment, std::uint32_t zone);

  BackingFile file_;
  const bool fell_back_;
  const FaultPlan plan_;
  mutable std::mutex mutex_;  // what follows
  ZoneModel model_;
  FaultState faults_;
  core::SplitMix64 chance_;
};

}  // namespace zoneknot::device
