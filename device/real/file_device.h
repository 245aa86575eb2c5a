// A zoned device made of a regular file: the faulty device of device/model/ says what every command does, the file
// holds the data. All jobs of a run share it; calls from any thread are serialised inside. Data goes to the file
// through EmulatedEngine, after carry_out() has said how much of it. What lies above a zone's write pointer is zeros,
// because a reset punches the zone out of the file and nothing else is written; but for a write that is still on its
// way to the file when its zone is reset.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/random.h"
#include "core/zoned_device.h"
#include "device/model/faulty_device.h"
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
  // What the file holds stays until empty_file(), without which no I/O may be made. The error is one line without a
  // full stop.
  static tl::expected<std::unique_ptr<FileDevice>, std::string> open(const std::string& path,
                                                                     const FileDeviceOptions& options);

  // The error as that of open().
  [[nodiscard]] std::string empty_file() { return file_.empty(); }

  void forget_file() { file_.forget(); }

  [[nodiscard]] int fd() const { return file_.fd(); }
  [[nodiscard]] const std::string& path() const { return file_.path(); }
  // Direct I/O was wanted and is not to be had; the page cache is used.
  [[nodiscard]] bool fell_back_to_buffered() const { return wants_direct_ && !file_.direct(); }

  // The two moments of an I/O, see FaultyDevice. A write that was carried out has moved the write pointer, whatever
  // becomes of its data afterwards.
  const Fault* strike_queue(const core::IoRequest& request);
  IoEffect carry_out(const core::IoRequest& request);

 private:
  FileDevice(BackingFile file, const FileDeviceOptions& options);

  core::DeviceGeometry do_geometry() const override;
  std::vector<core::ZoneReport> do_report() const override;
  int do_manage(core::ZoneAction action, std::uint32_t zone, core::Site site) override;

  [[nodiscard]] int wipe(const core::ZoneReport& zone) const;

  BackingFile file_;
  const bool wants_direct_;
  const FaultPlan plan_;
  mutable std::mutex mutex_;  // what follows
  core::SplitMix64 fault_draws_;
  FaultyDevice device_;
};

}  // namespace zoneknot::device
