// What Linux makes of the reads, writes and zone commands of a program before a zoned device sees them, and of the
// device's answers. It cuts reads and writes at zone ends and at the largest command of the device, sends every piece,
// also after one has failed, and shows the error of the last that failed. From 6.10 on (write-plug) it keeps a write
// pointer of its own for zones that are being written, refuses by it, and lets it become stale where a zone changes
// unseen. Measured on 6.1 and 6.12; block/blk-zoned.c. Over a model that it does not own; no threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "device/model/zone_model.h"

namespace zoneknot::device {

class Host {
 public:
  // The model outlives this; its configuration says which layer.
  explicit Host(ZoneModel& model) : model_(&model) {}

  // A range of bytes that the device took or gave, whole blocks.
  using Moved = std::function<void(std::uint64_t offset, std::uint64_t length)>;
  using Wiped = std::function<void(std::uint32_t zone)>;

  // A read or write within the device, in whole blocks: 0 or an errno value. `moved` is told of every piece that
  // succeeded.
  [[nodiscard]] int write(std::uint64_t offset, std::uint64_t length, const Moved& moved);
  [[nodiscard]] int read(std::uint64_t offset, std::uint64_t length, const Moved& moved) const;

  // A management command on `count` zones from `first` on, all within the device; not atomic. `wiped` is told of every
  // zone whose data is gone.
  [[nodiscard]] int manage(core::ZoneAction action, std::uint32_t first, std::uint32_t count, const Wiped& wiped);

  // One zone's command of a range. `earlier`: 0, or how the last of the range before it ended that has failed.
  [[nodiscard]] int manage_zone(core::ZoneAction action, std::uint32_t zone, int earlier);
  // Every zone of the device was reset by one command.
  void all_were_reset() { plugs_.clear(); }

  // A program has asked for a report of all zones. Sets pointers right that a failed write has made doubtful.
  void report();

  // The machine is switched off and on.
  void power_cut();

  // Adds what the host knows of zones.
  void describe(core::StateSink& sink) const;

 private:
  // The host's own idea of a zone's write pointer.
  struct Plug {
    std::uint64_t pointer = 0;  // bytes from the zone's start
    bool doubtful = false;      // a write has failed: nothing is written until a report
  };

  [[nodiscard]] bool plugs() const { return model_->config().host == HostLayer::write_plug; }
  [[nodiscard]] std::uint64_t piece_end(std::uint64_t at, std::uint64_t end) const;
  [[nodiscard]] int write_piece(std::uint64_t offset, std::uint64_t length);
  [[nodiscard]] int write_plugged(std::uint32_t zone, std::uint64_t offset, std::uint64_t length);
  [[nodiscard]] int reset_all(const Wiped& wiped);
  [[nodiscard]] int error(ZoneStatus status) const { return errno_of(status, model_->dialect().errors); }

  ZoneModel* model_;
  std::map<std::uint32_t, Plug> plugs_;  // by zone
};

}  // namespace zoneknot::device
