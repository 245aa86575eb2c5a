// The seam through which core meets a zoned block device, and the words for what a device reports. One ZonedDevice
// stands for one file name; all jobs with that name share it and may call it from their own tasks at any time.
// Conditions and errors: ZNS Command Set 1.1 and ZBC-2 as Linux passes them on (errno values).
#pragma once

#include <cerrno>
#include <cstdint>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::core {

enum class ZoneType : std::uint8_t { conventional, sequential_write_required };

enum class ZoneCondition : std::uint8_t {
  not_wp,  // a conventional zone
  empty,
  implicit_open,
  explicit_open,
  closed,
  full,
  read_only,
  offline,
};

// One zone as reported. All figures in bytes from the device's start.
struct ZoneReport {
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  std::uint64_t capacity = 0;  // writable bytes, <= length
  std::uint64_t wp = 0;        // without meaning in full, read_only, offline and conventional zones
  ZoneType type = ZoneType::sequential_write_required;
  ZoneCondition condition = ZoneCondition::empty;
};

struct DeviceGeometry {
  std::uint64_t size = 0;  // bytes, a multiple of zone_size
  std::uint64_t zone_size = 0;
  std::uint32_t block_size = 4096;  // bytes; every I/O is a multiple of it
  std::uint32_t max_open = 0;       // 0: no limit
  std::uint32_t max_active = 0;     // 0: no limit
  bool emulated = false;            // the device has no zones of its own: a regular file, or a disk without any

  [[nodiscard]] std::uint32_t nr_zones() const { return static_cast<std::uint32_t>(size / zone_size); }
};

enum class ZoneAction : std::uint8_t { open, close, finish, reset };

// `count` zones from `first` on.
struct ZoneRange {
  std::uint32_t first = 0;
  std::uint32_t count = 1;
};

class ZonedDevice {
 public:
  ZonedDevice() = default;
  virtual ~ZonedDevice() = default;
  ZonedDevice(const ZonedDevice&) = delete;
  ZonedDevice& operator=(const ZonedDevice&) = delete;

  [[nodiscard]] DeviceGeometry geometry() const { return do_geometry(); }

  // All zones, by index.
  [[nodiscard]] std::vector<ZoneReport> report() const { return do_report(); }

  // Zone management; `zone` is an index below nr_zones. 0 or an errno value, and then nothing was changed.
  [[nodiscard]] int open(std::uint32_t zone, Site site = Site::current()) {
    return do_manage(ZoneAction::open, {zone}, site);
  }
  [[nodiscard]] int close(std::uint32_t zone, Site site = Site::current()) {
    return do_manage(ZoneAction::close, {zone}, site);
  }
  [[nodiscard]] int finish(std::uint32_t zone, Site site = Site::current()) {
    return do_manage(ZoneAction::finish, {zone}, site);
  }
  [[nodiscard]] int reset(std::uint32_t zone, Site site = Site::current()) {
    return do_manage(ZoneAction::reset, {zone}, site);
  }

  // A range of zones, as the ioctls of Linux have it (block/blk-zoned.c): a command for each zone in turn, also after
  // one has failed, with others' commands and I/Os between them. The errno value is that of the last zone that failed;
  // all others are done. A reset of every zone of the device is one command, which passes over zones that cannot be
  // reset (conventional, read-only, offline) and succeeds. No zones, or zones beyond the device: EINVAL, and nothing is
  // done.
  [[nodiscard]] int open(ZoneRange zones, Site site = Site::current()) { return manage(ZoneAction::open, zones, site); }
  [[nodiscard]] int close(ZoneRange zones, Site site = Site::current()) {
    return manage(ZoneAction::close, zones, site);
  }
  [[nodiscard]] int finish(ZoneRange zones, Site site = Site::current()) {
    return manage(ZoneAction::finish, zones, site);
  }
  [[nodiscard]] int reset(ZoneRange zones, Site site = Site::current()) {
    return manage(ZoneAction::reset, zones, site);
  }
  [[nodiscard]] int reset_all(Site site = Site::current()) {
    return manage(ZoneAction::reset, {0, geometry().nr_zones()}, site);
  }
  [[nodiscard]] int manage(ZoneAction action, ZoneRange zones, Site site = Site::current()) {
    const std::uint32_t all = geometry().nr_zones();
    if (zones.count == 0 || zones.first >= all || zones.count > all - zones.first) return EINVAL;
    return do_manage(action, zones, site);
  }

 private:
  virtual DeviceGeometry do_geometry() const = 0;
  virtual std::vector<ZoneReport> do_report() const = 0;
  // The range is on the device, and not empty.
  virtual int do_manage(ZoneAction action, ZoneRange zones, Site site) = 0;
};

}  // namespace zoneknot::core
