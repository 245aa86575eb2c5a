#include "device/model/zone_status.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace zoneknot::device {
namespace {

struct Row {
  std::uint16_t nvme;
  std::array<int, 3> error;  // by ErrnoRules
};

// By ZoneStatus. Linux has words of its own for the two limits and takes them from every transport.
constexpr std::array<Row, kZoneStatuses> kRows = {{
    {0x000, {0, 0, 0}},
    {0x1b8, {EIO, EIO, EREMOTEIO}},
    {0x1b9, {EIO, EIO, EREMOTEIO}},
    {0x1ba, {EIO, EIO, EREMOTEIO}},
    {0x1bb, {EIO, EIO, EREMOTEIO}},
    {0x1bc, {EIO, EIO, EREMOTEIO}},
    {0x1bd, {EOVERFLOW, EOVERFLOW, EOVERFLOW}},
    {0x1be, {ETOOMANYREFS, ETOOMANYREFS, ETOOMANYREFS}},
    {0x1bf, {EIO, EIO, EREMOTEIO}},
    {0x002, {EOPNOTSUPP, EIO, EREMOTEIO}},
    {0x080, {EREMOTEIO, EIO, EREMOTEIO}},
}};

}  // namespace

std::uint16_t nvme_code(ZoneStatus status) { return kRows.at(static_cast<std::size_t>(status)).nvme; }

int errno_of(ZoneStatus status, ErrnoRules rules) {
  return kRows.at(static_cast<std::size_t>(status)).error.at(static_cast<std::size_t>(rules));
}

int errno_of_nvme(std::uint16_t code) {
  const auto* const row = std::ranges::find(kRows, code, &Row::nvme);
  return row == kRows.end() ? EIO : row->error.front();
}

}  // namespace zoneknot::device
