// The option --device: what kind of device a run uses, and how it differs from the default. Plain data and pure
// functions; nothing is opened here.
//
//   sim                        sim:zones=64,size=1M,prefilled        sim:filled=0-7+12,half=8-11
//   file:PATH                  file:PATH,zones=64,size=1M      (a comma in PATH is written twice)
//   /dev/nullb0                a block device: the whole text is its path
//   sim:like=FILE              as a saved report of zones has it (zoneknot device --report, zbd report)
//
// dialect (zns, zbc, null_blk, qemu, scsi_debug), host (raw, write-lock, write-plug), close (which zone is closed to
// make room), latency (instant, zn540, small-zone, smr, or FILE.toml) and these
// keys: zones, size (of a zone), capacity (of a zone), conventional, block, max-open, max-active, prefilled, emulated
// (the device has no zones of its own: what a file is to fio), filled
// (zones that start full), half (zones that start with half of their capacity written), start (zones that start as a
// report has them: "5:cl:100", closed with 100 blocks written, "0-7:fu"). Zones are numbers, ranges, ranges with a step
// ("0-15/3": every third; not for start), joined by "+".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/job_spec.h"
#include "device/model/zone_model.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

enum class DeviceKind : std::uint8_t { sim, file, block };

// What was said about the device. Sizes in bytes.
struct DeviceOption {
  DeviceKind kind = DeviceKind::sim;
  std::string path;  // of file and block
  std::optional<std::uint64_t> zone_size, zone_capacity;
  std::optional<std::uint32_t> zones, conventional, block_size, max_open, max_active;
  std::optional<bool> prefilled, without_zones;
  std::optional<device::ZonePick> filled, half;
  std::optional<std::vector<device::ZoneStart>> starts;
  std::string like;       // path of a report that says what the keys do not; empty: none
  bool keep = false;      // of file: the zones' state stays beside it
  bool emulated = false;  // of block: zones are emulated on it
  std::optional<device::DialectName> dialect;
  std::optional<device::HostLayer> host;
  std::optional<device::ClosePolicy> close_policy;
  std::optional<device::LatencyProfile> latency;  // a built-in one, or that of the file once somebody has read it
  std::string latency_file;                       // its path; empty: none

  [[nodiscard]] bool says_how_zones_start() const { return prefilled || filled || half || starts; }
};

// "zones, size, …": those that are supported.
std::string device_keys();

// Errors: another kind, a key that is unknown, not supported yet, given twice or given to a block device, a value out
// of range.
tl::expected<DeviceOption, InputError> parse_device_option(std::string_view text);

// A block device with emulated zones: the keys of a file, with commas, as --emulate-zones has them.
tl::expected<DeviceOption, InputError> parse_emulated(std::string path, std::string_view keys);

// The device for these jobs, by the defaults of docs/devices.md: the jobs' zonesize, else 1 MiB; the jobs'
// zonecapacity, else the whole zone; as many zones as the jobs reach, at least 16, and at least 16 behind the offset of
// a job without a size; no conventional zones, no limits, blocks of 4 KiB; all zones empty, but where no job writes or
// trims full, half full and empty in turn. Errors: zones that contradict each other or
// device::check_config().
tl::expected<device::DeviceConfig, InputError> device_config(const DeviceOption& option,
                                                             const std::vector<core::JobSpec>& jobs);

// As many zones of `zone_size` bytes as cover every range of the jobs, of a job without a size the zone of its offset;
// UINT64_MAX where the ranges overflow.
std::uint64_t zones_reached(const std::vector<core::JobSpec>& jobs, std::uint64_t zone_size);

}  // namespace zoneknot::tools
