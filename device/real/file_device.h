// A zoned device made of a regular file, or of a block device without zones: the faulty device of device/model/ says
// what every command does, the file holds the data. All jobs of a run share it; calls from any thread are serialised
// inside. Data goes to the file through EmulatedEngine, after carry_out() has said how much of it. What lies above a
// zone's write pointer reads as zeros, whatever the file has there: a reset leaves the file alone, unless the zones'
// state is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/random.h"
#include "core/zoned_device.h"
#include "device/model/faulty_device.h"
#include "device/real/backing_file.h"
#include "device/real/real_device.h"
#include "device/real/zone_state_file.h"

namespace zoneknot::device {

struct FileDeviceOptions {
  DeviceConfig config;
  FaultPlan faults;
  std::uint64_t fault_seed = 0;  // of draws with a probability
  bool destroy_data = false;     // a file that holds something may be overwritten
  bool direct = true;            // O_DIRECT, where the file system can
  bool on_block = false;         // the path is a block device, which has no zones of its own
  bool destroy_partitions = false;
  bool keep_state = false;               // in a file of this name and ".zones"; the data stays with it
  bool only_look = false;                // a block device is not to be written
  std::function<bool(double)> chance{};  // decides draws of the faults; empty: by fault_seed
};

// What an I/O comes to: what the device says of it, and what of it is the file's.
struct FileEffect {
  // Bytes of the I/O, from its start.
  struct Part {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };

  IoEffect device;
  bool to_file = false;           // device.done bytes of it
  std::vector<Part> unwritten{};  // of a read: zeros, whatever the file has
};

class FileDevice final : public RealDevice {
 public:
  // What the file holds stays until begin(), without which no I/O may be made. The error is one line without a
  // full stop.
  static tl::expected<std::unique_ptr<FileDevice>, std::string> open(const std::string& path,
                                                                     const FileDeviceOptions& options);

  // The error as that of open().
  [[nodiscard]] std::string begin() override;
  void forget() override { file_.forget(); }
  [[nodiscard]] int fd() const override { return file_.fd(); }
  [[nodiscard]] const std::string& path() const override { return file_.path(); }
  [[nodiscard]] std::vector<std::string> notes() const override;
  [[nodiscard]] std::unique_ptr<core::IoEngine> engine(std::unique_ptr<core::IoEngine> inner, core::EngineKind kind,
                                                       std::uint32_t depth, ThreadRuntime& runtime) override;
  // Direct I/O was wanted and is not to be had; the page cache is used.
  [[nodiscard]] bool fell_back_to_buffered() const { return wants_direct_ && !file_.direct(); }

  // The two moments of an I/O, see FaultyDevice. A write that was carried out has moved the write pointer, whatever
  // becomes of its data afterwards.
  const Fault* strike_queue(const core::IoRequest& request);
  FileEffect carry_out(const core::IoRequest& request);

 private:
  FileDevice(BackingFile file, const FileDeviceOptions& options, std::unique_ptr<ZoneStateFile> state);
  void keep_state(std::uint32_t zone);
  [[nodiscard]] std::string clear_unwritten(const std::vector<core::ZoneReport>& zones) const;

  core::DeviceGeometry do_geometry() const override;
  std::vector<core::ZoneReport> do_report() const override;
  int do_manage(core::ZoneAction action, core::ZoneRange zones, core::Site site) override;
  [[nodiscard]] int wipe(std::uint32_t zone);

  // Calls `visit(zone, from, to)` for each zone that [offset, offset + length) is in; bytes of the device.
  template <class Visit>
  void for_each_part(std::uint64_t offset, std::uint32_t length, Visit visit) const;
  [[nodiscard]] std::vector<FileEffect::Part> unwritten(const core::IoRequest& request, std::uint32_t length) const;

  BackingFile file_;
  std::unique_ptr<ZoneStateFile> state_;  // null: it is not kept
  const bool wants_direct_;
  const FaultPlan plan_;
  mutable std::mutex mutex_;  // what follows
  core::SplitMix64 fault_draws_;
  std::function<bool(double)> chance_;
  FaultyDevice device_;
  std::vector<std::uint64_t> written_;  // by zone: so many bytes from its start are the file's to say
};

}  // namespace zoneknot::device
