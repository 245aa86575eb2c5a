// A zoned block device of this machine: libzbd for geometry, reports and zone commands, O_DIRECT reads and writes, and
// NVMe passthrough for appends. The zones of a null_blk device are made read-only and offline through configfs.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "tools/device/target.h"

namespace zoneknot::tools {

// The device is opened for this process alone: one that is mounted or held is refused. Without `destroy_data` nothing
// is written to it. The error is one line that names the path.
tl::expected<std::unique_ptr<Target>, std::string> open_block_target(const std::string& path, bool destroy_data);

}  // namespace zoneknot::tools
