// Zone append by NVMe passthrough: Linux has no system call for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace zoneknot::device {

struct NvmeAppended {
  int error = 0;             // errno value
  std::uint16_t status = 0;  // NVMe's, 0 where the command did not reach the device
  std::uint64_t at = 0;      // block of the device
};

inline constexpr std::uint8_t kZoneAppend = 0x7d;  // the command's opcode

// What a status of NVMe comes to, other than 0; bits as in the result of a passthrough command.
NvmeAppended nvme_refusal(int result);

// Whether the descriptor is that of an NVMe namespace.
bool is_nvme(int fd);

// `data`: whole blocks. `zone_start` counts blocks, as does what is returned.
NvmeAppended nvme_append(int fd, std::uint64_t zone_start, std::uint32_t block_size, std::span<std::byte> data);

}  // namespace zoneknot::device
