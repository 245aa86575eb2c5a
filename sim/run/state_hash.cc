#include "sim/run/state_hash.h"

#include <xxhash.h>

namespace zoneknot::sim {

StateHash StateHash::of(std::span<const std::uint64_t> values) {
  const XXH128_hash_t hash = XXH3_128bits(values.data(), values.size_bytes());
  return {.high = hash.high64, .low = hash.low64};
}

void StateHash::add(std::span<const std::uint64_t> values) {
  const XXH128_hash_t hash = XXH3_128bits(values.data(), values.size_bytes());
  add(hash.high64);
  add(hash.low64);
}

void StateHash::add(std::string_view text) { add(XXH3_64bits(text.data(), text.size())); }

}  // namespace zoneknot::sim
