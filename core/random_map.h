// Which blocks of a job's range were drawn already in this round. Used by the job's task alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/live_state.h"

namespace zoneknot::core {

class RandomMap {
 public:
  explicit RandomMap(std::uint64_t blocks) : marked_(blocks, false) {}

  void clear() { marked_.assign(marked_.size(), false); }
  [[nodiscard]] std::uint64_t size() const { return marked_.size(); }
  // `block` if it is free, else the next free one upward, from the end on to the start; nothing: all are marked.
  [[nodiscard]] std::optional<std::uint64_t> next_free(std::uint64_t block) const;
  // How many free blocks follow each other from `block` on, at most `most`.
  [[nodiscard]] std::uint64_t free_run(std::uint64_t block, std::uint64_t most) const;
  void describe(StateSink& sink) const;
  // Blocks beyond the end are left out.
  void mark(std::uint64_t block, std::uint64_t count);

 private:
  std::vector<bool> marked_;
};

}  // namespace zoneknot::core
