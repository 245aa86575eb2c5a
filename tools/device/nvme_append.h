// Zone append by NVMe passthrough: Linux has no system call for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tools/device/target.h"

namespace zoneknot::tools {

// Whether the descriptor is that of an NVMe namespace.
bool is_nvme(int fd);

// `data`: whole blocks. `zone_start` counts blocks, as does what is returned.
Append nvme_append(int fd, std::uint64_t zone_start, std::uint32_t block_size, std::span<std::byte> data);

}  // namespace zoneknot::tools
