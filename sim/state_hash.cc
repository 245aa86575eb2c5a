#include "sim/state_hash.h"

#include <xxhash.h>

namespace zoneknot::sim {

void StateHash::add(std::uint64_t value) {
  const std::uint64_t words[3] = {high, low, value};
  const XXH128_hash_t hash = XXH3_128bits(words, sizeof(words));
  high = hash.high64;
  low = hash.low64;
}

void StateHash::add(std::string_view text) { add(XXH3_64bits(text.data(), text.size())); }

}  // namespace zoneknot::sim
