// How a zoned device ends one command, with the code that NVMe has for it and the errno value that Linux shows. Plain
// values; any thread.
#pragma once

#include <cstdint>

namespace zoneknot::device {

enum class ZoneStatus : std::uint8_t {
  ok,
  boundary,            // crosses a zone's end or its capacity
  full,                // a write to a full zone
  read_only,           // a write to a zone that can only be read
  offline,             // a read or write of a zone that is gone
  invalid_write,       // a write that is not at the write pointer
  too_many_active,     // above the limit of active zones
  too_many_open,       // above the limit of open zones, and none may be closed implicitly
  invalid_transition,  // a management command that the condition does not allow
  invalid_field,       // a field of the command is wrong: an append larger than the device takes
  lba_range,           // beyond the device
};

inline constexpr std::size_t kZoneStatuses = 11;

// By which rules a host makes an errno value of a status.
enum class ErrnoRules : std::uint8_t {
  nvme,   // drivers/nvme/host/core.c, nvme_error_status()
  block,  // a driver that answers in the block layer's own terms (null_blk)
  scsi,   // drivers/scsi/scsi_lib.c: a sense key of the target is EREMOTEIO
};

// (SCT << 8) | SC as in include/linux/nvme.h; 0 for ok.
std::uint16_t nvme_code(ZoneStatus status);

// 0 for ok.
int errno_of(ZoneStatus status, ErrnoRules rules);

// The errno value that Linux shows for an NVMe status, EIO for one that is not in the table.
int errno_of_nvme(std::uint16_t code);

}  // namespace zoneknot::device
