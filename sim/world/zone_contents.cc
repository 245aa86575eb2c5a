#include "sim/world/zone_contents.h"

#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace zoneknot::sim {

void ZoneContents::write(std::uint64_t offset, const std::byte* from, std::uint32_t length) {
  const auto index = static_cast<std::uint32_t>(offset / zone_size_);
  assert(offset % zone_size_ + length <= zone_size_);
  Zone& zone = zones_[index];
  if (!zone.written) {
    zone.bytes.assign(zone_size_, std::byte{0});
    zone.written = true;
    written_.push_back(index);
  }
  std::memcpy(zone.bytes.data() + offset % zone_size_, from, length);
}

void ZoneContents::read(std::uint64_t offset, std::byte* to, std::uint32_t length) const {
  assert(offset % zone_size_ + length <= zone_size_);
  const Zone& zone = zones_[offset / zone_size_];
  if (zone.written) {
    std::memcpy(to, zone.bytes.data() + offset % zone_size_, length);
  } else {
    std::memset(to, 0, length);
  }
}

void ZoneContents::clear(std::uint32_t zone) {
  if (!zones_[zone].written) return;
  zones_[zone].written = false;
  written_.erase(std::find(written_.begin(), written_.end(), zone));
}

void ZoneContents::clear_all() {
  for (const std::uint32_t zone : written_) zones_[zone].written = false;
  written_.clear();
}

void ZoneContents::describe(core::StateSink& sink) const {
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    if (!zones_[zone].written) continue;
    sink.add(zone);
    sink.add(XXH3_64bits(zones_[zone].bytes.data(), zones_[zone].bytes.size()));
  }
}

}  // namespace zoneknot::sim
