// Where a kernel may do the writes of one zone the wrong way round, which ends them with EIO, and a user should know
// before he looks for the fault in his jobs. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/job_spec.h"
#include "device/block/block_facts.h"

namespace zoneknot::device {

// Lines about jobs on a zoned block device that may be so; `release` is the kernel's, "6.1.0-13-amd64" say.
std::vector<std::string> order_notes(const std::string& path, const BlockFacts& facts, std::string_view release,
                                     std::span<const core::JobSpec> jobs);

}  // namespace zoneknot::device
