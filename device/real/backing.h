// What a run's zones are made of. Plain value.
#pragma once

#include <cstdint>

namespace zoneknot::device {

enum class Backing : std::uint8_t {
  file,            // a regular file with emulated zones
  emulated_block,  // a block device without zones, with emulated ones
  zoned_block,     // a zoned block device
};

}  // namespace zoneknot::device
