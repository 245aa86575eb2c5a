#include "sim/states/state_set.h"

#include <utility>

namespace zoneknot::sim {

StateSet::Added StateSet::add(const StateHash& key) {
  // The key that looks like a free slot shares its place with another: as likely as any two keys that are equal.
  const StateHash entry = key == StateHash{} ? StateHash{.high = 0, .low = 1} : key;
  if (slots_.empty()) slots_.resize(kFirstSlots);
  const std::size_t at = find(entry);
  if (slots_[at] == entry) return Added::known;
  if (size_ >= slots_.size() / 4 * 3) {
    if (!grow()) return Added::no_room;
    slots_[find(entry)] = entry;
  } else {
    slots_[at] = entry;
  }
  ++size_;
  return Added::fresh;
}

void StateSet::clear() {
  slots_.clear();
  size_ = 0;
}

// While it grows, both tables exist.
bool StateSet::grow() {
  if (bytes() * 3 > max_bytes_) return false;
  const std::vector<StateHash> old = std::exchange(slots_, std::vector<StateHash>(slots_.size() * 2));
  for (const StateHash& key : old) {
    if (key != StateHash{}) slots_[find(key)] = key;
  }
  return true;
}

}  // namespace zoneknot::sim
