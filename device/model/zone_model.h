// What a zoned device is and does: zones with conditions and write pointers, limits, and the errors of every command
// that breaks a rule. One model serves the simulator and the file that emulates zones. It holds no data and no time,
// and knows no threads: its owner serialises calls. Behaviour: that of a dialect (dialect.h); the default is the ZNS
// Command Set 1.1 as Linux passes it on. Commands that end with a ZoneStatus are those of the device itself; what a
// host makes of an I/O of a program is apply() and, for every host layer, host.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/io_engine.h"
#include "core/live_state.h"
#include "core/zoned_device.h"
#include "device/model/dialect.h"
#include "device/model/latency_profile.h"
#include "device/model/zone_pick.h"
#include "device/model/zone_start.h"
#include "device/model/zone_status.h"

namespace zoneknot::device {

inline constexpr std::uint32_t kMaxZones = 1U << 20;

// A device as a user describes it. Bytes.
struct DeviceConfig {
  std::uint64_t zone_size = std::uint64_t{1} << 20;
  std::uint64_t zone_capacity = 0;  // 0: zone_size
  std::uint32_t zones = 16;
  std::uint32_t conventional = 0;   // the first so many zones
  std::uint32_t block_size = 4096;  // a power of two, 512 … 65536
  std::uint32_t max_open = 0;       // 0: no limit
  std::uint32_t max_active = 0;     // 0: no limit
  bool prefilled = false;           // sequential zones start full instead of empty
  bool emulated = false;            // the zones are none of the device's: it is a regular file, or a disk without any
  ZonePick filled{};                // those that start full
  ZonePick half{};  // those that start closed with half of their capacity written, in whole blocks; also if prefilled
  std::vector<ZoneStart> starts{};  // zones that start as these say
  DialectName dialect = DialectName::zns;
  HostLayer host = HostLayer::write_lock;
  std::optional<ClosePolicy> close_policy = std::nullopt;  // nothing: the dialect's
  std::optional<LatencyProfile> latency = std::nullopt;    // nothing: the simulator's own figures

  bool operator==(const DeviceConfig&) const = default;
  // "zones=16,size=1048576,…": equal for equal devices; part of a witness's identity.
  [[nodiscard]] std::string to_string() const;
  // As a user would write it: zones, size, and what differs from the default.
  [[nodiscard]] std::string short_text() const;
};

// The limits that a device of this dialect has when it is told to have those of `config`.
void apply_limit_rules(DeviceConfig& config);

// What is contradictory in a description, one line without a full stop; nothing if a ZoneModel can be made of it.
std::optional<std::string> check_config(const DeviceConfig& config);

// When the completion of an I/O comes.
enum class Arrival : std::uint8_t { in_time, late, reordered, lost };

// What an I/O has done to a device.
struct IoEffect {
  int error = 0;  // errno value: how it ends
  // Bytes from its start that zones took or gave, whole blocks; only they are moved. With an error: the parts in the
  // zones before the one that failed. Without: all, or a short transfer.
  std::uint32_t done = 0;
  Arrival arrival = Arrival::in_time;
  std::uint64_t delay_ns = 0;  // of one that is late
  std::uint64_t at = 0;        // of an append: where its bytes were put, from the device's start
  // What the I/O says when it ends.
  [[nodiscard]] std::uint32_t transferred() const { return error == 0 ? done : 0; }
};

class ZoneModel {
 public:
  // `config` has passed check_config().
  explicit ZoneModel(const DeviceConfig& config);

  // Back to the state after construction. Costs as much as zones were touched since then.
  void reset_device();

  [[nodiscard]] const DeviceConfig& config() const { return config_; }
  [[nodiscard]] const core::DeviceGeometry& geometry() const { return geometry_; }
  [[nodiscard]] std::vector<core::ZoneReport> report() const { return zones_; }
  [[nodiscard]] const core::ZoneReport& zone(std::uint32_t index) const { return zones_[index]; }
  // The zone of a byte offset below the device's end.
  [[nodiscard]] std::uint32_t zone_of(std::uint64_t offset) const {
    return static_cast<std::uint32_t>(offset / config_.zone_size);
  }
  // Adds what tells this state from every other one of the same device.
  void describe(core::StateSink& sink) const;
  [[nodiscard]] std::uint32_t open_zones() const { return open_; }      // implicitly or explicitly
  [[nodiscard]] std::uint32_t active_zones() const { return active_; }  // open or closed

  // Carries out a management command on a zone, an index below config().zones. 0 or an errno value, and then nothing
  // has changed: EIO (not legal in this condition, see zone_state.h), EOVERFLOW (too many active zones), ETOOMANYREFS
  // (too many open zones, none of which can be closed implicitly).
  [[nodiscard]] int manage(core::ZoneAction action, std::uint32_t zone);

  // Carries out one I/O as a host hands it over: split at zone bounds, each part checked and applied in order; parts
  // before the one that failed stay applied. A write moves the write pointer. Sync and trim change nothing. Errors:
  // EINVAL (empty, or not a multiple of the block size), ENOSPC (a write beyond the device), EIO (any other I/O beyond
  // it; a write that is not at the write pointer, or would pass the capacity, or to a zone that is full, read-only or
  // offline; a read of an offline zone), EOVERFLOW and ETOOMANYREFS as for manage().
  IoEffect apply(core::Direction direction, std::uint64_t offset, std::uint32_t length);
  // The part of it that no zone has to be asked about: EINVAL, ENOSPC or EIO, else 0.
  [[nodiscard]] int refusal(core::Direction direction, std::uint64_t offset, std::uint32_t length) const;

  [[nodiscard]] const Dialect& dialect() const { return *dialect_; }

  // One command of the device; bytes, whole blocks, within the device. An append says where it was put.
  [[nodiscard]] ZoneStatus write_command(std::uint64_t offset, std::uint64_t length);
  [[nodiscard]] ZoneStatus read_command(std::uint64_t offset, std::uint64_t length) const;
  [[nodiscard]] ZoneStatus append_command(std::uint32_t zone, std::uint64_t length, std::uint64_t& at);
  [[nodiscard]] ZoneStatus manage_command(core::ZoneAction action, std::uint32_t zone);
  // An append as a program sends it, past the host (NVMe passthrough), with the errno value that it sees: EOPNOTSUPP of
  // a dialect that has none, EINVAL of what the host refuses. `offset` has to be a zone's start.
  struct Appended {
    int error = 0;
    std::uint16_t status = 0;  // NVMe's, of what the device refuses
    std::uint64_t at = 0;      // byte of the device
  };
  [[nodiscard]] Appended append(std::uint64_t offset, std::uint64_t length);
  // Resets every sequential zone that is neither read-only nor offline.
  void reset_all();

  // The device itself takes a sequential zone out of service: read_only or offline. What is offline stays so. A dialect
  // that restores makes a zone empty that is degraded to the condition it is in; its data is lost then.
  void degrade(std::uint32_t zone, core::ZoneCondition condition);

  // The device is switched off and on: open zones are closed, and those that were never written empty.
  void power_cut();
  // What was written from `wp` on, a byte offset from the device's start, is lost. For a device that is switched off.
  void lose_from(std::uint32_t zone, std::uint64_t wp);

  // Blocks of a zone from here on were never written, as far as reads tell; a byte offset from the device's start.
  [[nodiscard]] std::uint64_t unwritten_from(std::uint32_t zone) const;

 private:
  void become(std::uint32_t index, core::ZoneCondition to);
  [[nodiscard]] ZoneStatus make_room(core::ZoneCondition from);
  void close_implicit();
  [[nodiscard]] bool active_limit_reached() const {
    return config_.max_active != 0 && active_ + leaked_ >= config_.max_active;
  }
  [[nodiscard]] ZoneStatus write_part(std::uint32_t index, std::uint64_t offset, std::uint64_t end);
  [[nodiscard]] ZoneStatus broken_rule(const core::ZoneReport& zone, std::uint64_t offset, std::uint64_t end) const;
  void set_condition(std::uint32_t index, core::ZoneCondition to);
  void count_implicit(std::uint32_t index, core::ZoneCondition from, core::ZoneCondition to);
  [[nodiscard]] bool keeps_order() const {
    return close_policy_ == ClosePolicy::fifo_open || close_policy_ == ClosePolicy::lru_write;
  }
  [[nodiscard]] core::ZoneReport initial_zone(std::uint32_t index) const;
  void count_initial();
  void open_initially();

  DeviceConfig config_;
  core::DeviceGeometry geometry_;
  const Dialect* dialect_;
  ClosePolicy close_policy_;
  std::vector<core::ZoneCondition> initial_;      // by zone; empty: the same for all
  std::vector<std::uint64_t> initially_written_;  // bytes, by zone; empty: as the condition has it
  std::uint32_t initially_active_ = 0;
  std::uint32_t initially_open_ = 0;
  std::vector<core::ZoneReport> zones_;
  // Implicitly open zones, ascending or, where the policy asks for it, in the order of their opening or last write;
  // kept only if there is a limit of open zones.
  std::vector<std::uint32_t> implicit_;
  std::vector<std::uint32_t> touched_;  // changed since reset_device()
  std::vector<bool> is_touched_;        // by zone
  std::uint32_t open_ = 0;              // implicit and explicit
  std::uint32_t active_ = 0;            // open and closed
  std::uint32_t cursor_ = 0;            // where ClosePolicy::cursor goes on; drawn so far, for ClosePolicy::random
  // A quirk of null_blk: a closed zone that could not be finished before it was degraded counts as active for ever.
  std::uint32_t leaked_ = 0;
};

}  // namespace zoneknot::device
