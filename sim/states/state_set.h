// The states a search has been to, as 128-bit keys in one flat table that doubles as it fills, up to a bound of memory.
// Owned by a search, used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/run/state_hash.h"

namespace zoneknot::sim {

class StateSet {
 public:
  enum class Added : std::uint8_t {
    fresh,
    known,
    no_room,  // the key is fresh, and the table cannot grow
  };

  // Never uses more than `max_bytes`, but for one page at least.
  explicit StateSet(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  Added add(const StateHash& key);
  void clear();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t bytes() const { return slots_.size() * sizeof(StateHash); }

 private:
  static constexpr std::size_t kFirstSlots = 4096;

  // Where the key is or belongs.
  [[nodiscard]] std::size_t find(const StateHash& key) const {
    std::size_t at = key.low & (slots_.size() - 1);
    while (slots_[at] != StateHash{} && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  bool grow();

  std::vector<StateHash> slots_;  // all zero: free
  std::uint64_t size_ = 0;
  std::uint64_t max_bytes_;
};

}  // namespace zoneknot::sim
