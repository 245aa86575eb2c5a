// What the kernel says of a block device without its being opened: model, size, partitions, zones. From sysfs. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace zoneknot::device {

struct BlockFacts {
  std::string name;   // of the kernel: "nullb0"
  std::string model;  // of the hardware, or of what stands in for it: "scsi_debug", "null_blk"; may be empty
  std::uint64_t bytes = 0;
  std::uint32_t partitions = 0;
  bool zoned = false;
  std::uint64_t largest_io = 0;  // bytes; a larger one is cut by the kernel. 0: it does not say
  std::string scheduler{};       // the one in use: "none", "mq-deadline"
};

// The error is one line that begins with the path: it is not there, or no block device.
tl::expected<BlockFacts, std::string> block_facts(const std::string& path);

// Whether what is open begins with a table of partitions, MBR or GPT, also one that the kernel has not looked at.
[[nodiscard]] bool has_partition_table(int fd);

}  // namespace zoneknot::device
