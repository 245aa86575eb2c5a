#include "sim/world/zone_contents.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace zoneknot::sim {

std::vector<std::byte>& ZoneContents::bytes_of(std::uint32_t index) {
  Zone& zone = zones_[index];
  if (!zone.written) {
    zone.bytes.assign(zone_size_, std::byte{0});
    zone.written = true;
    written_.push_back(index);
  }
  return zone.bytes;
}

void ZoneContents::write(std::uint64_t offset, const std::byte* from, std::uint32_t length) {
  while (length > 0) {
    const std::uint32_t part = in_one_zone(offset, length);
    std::memcpy(bytes_of(static_cast<std::uint32_t>(offset / zone_size_)).data() + offset % zone_size_, from, part);
    offset += part;
    from += part;
    length -= part;
  }
}

void ZoneContents::read(std::uint64_t offset, std::byte* to, std::uint32_t length) const {
  while (length > 0) {
    const std::uint32_t part = in_one_zone(offset, length);
    const Zone& zone = zones_[offset / zone_size_];
    if (zone.written) {
      std::memcpy(to, zone.bytes.data() + offset % zone_size_, part);
    } else {
      std::memset(to, 0, part);
    }
    offset += part;
    to += part;
    length -= part;
  }
}

// As much of [offset, offset + length) as lies in its first zone.
std::uint32_t ZoneContents::in_one_zone(std::uint64_t offset, std::uint32_t length) const {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(length, zone_size_ - offset % zone_size_));
}

void ZoneContents::erase(std::uint64_t offset, std::uint64_t length) {
  Zone& zone = zones_[offset / zone_size_];
  if (zone.written) std::memset(zone.bytes.data() + offset % zone_size_, 0, length);
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
