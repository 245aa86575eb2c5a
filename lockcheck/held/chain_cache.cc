#include "lockcheck/held/chain_cache.h"

#include <algorithm>
#include <utility>

namespace zoneknot::lockcheck {

void ChainCache::clear() {
  entries_.assign(1, {});
  mask_ = 0;
  used_ = 0;
}

ChainCache::Entry& ChainCache::add(std::uint64_t key, std::uint32_t ask) {
  if (used_ == kMaxChains) {
    std::fill(entries_.begin(), entries_.end(), Entry{});
    used_ = 0;
  }
  if (2 * (used_ + 1) > entries_.size()) grow();
  ++used_;
  std::size_t place = start_of(key);
  while (entries_[place].key != 0) place = (place + 1) & mask_;
  entries_[place] = {.key = key, .ask = ask};
  return entries_[place];
}

void ChainCache::grow() {
  constexpr std::size_t kFirst = 16;
  const std::vector<Entry> old = std::exchange(entries_, {});
  entries_.resize(std::max(kFirst, 2 * old.size()));
  mask_ = entries_.size() - 1;
  for (const Entry& entry : old) {
    if (entry.key == 0) continue;
    std::size_t place = start_of(entry.key);
    while (entries_[place].key != 0) place = (place + 1) & mask_;
    entries_[place] = entry;
  }
}

}  // namespace zoneknot::lockcheck
