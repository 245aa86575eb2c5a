#include "core/random_map.h"

#include <algorithm>

namespace zoneknot::core {

std::optional<std::uint64_t> RandomMap::next_free(std::uint64_t block) const {
  const auto from = marked_.begin() + static_cast<std::ptrdiff_t>(block);
  auto found = std::find(from, marked_.end(), false);
  if (found == marked_.end()) {
    found = std::find(marked_.begin(), from, false);
    if (found == from) return std::nullopt;
  }
  return static_cast<std::uint64_t>(found - marked_.begin());
}

std::uint64_t RandomMap::free_run(std::uint64_t block, std::uint64_t most) const {
  std::uint64_t run = 0;
  while (run < most && block + run < marked_.size() && !marked_[block + run]) ++run;
  return run;
}

void RandomMap::mark(std::uint64_t block, std::uint64_t count) {
  const std::uint64_t end = std::min<std::uint64_t>(block + count, marked_.size());
  for (; block < end; ++block) marked_[block] = true;
}

void RandomMap::describe(StateSink& sink) const {
  std::uint64_t word = 0;
  for (std::size_t block = 0; block < marked_.size(); ++block) {
    word = word << 1U | (marked_[block] ? 1U : 0U);
    if (block % 64 == 63) sink.add(word);
  }
  sink.add(word);
}

}  // namespace zoneknot::core
