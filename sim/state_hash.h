// 128-bit hashes of states and histories (XXH3): wide enough that a search of billions of states may take equal hashes
// for equal states. Plain values.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/live_state.h"

namespace zoneknot::sim {

struct StateHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  // Takes one more value in; order matters.
  void add(std::uint64_t value);
  void add(std::string_view text);
  // Takes in the hash of one part of a set; order does not matter, and taking it in again takes it out.
  void toggle(const StateHash& part) {
    high ^= part.high;
    low ^= part.low;
  }
  [[nodiscard]] core::Mark mark() const { return {.high = high, .low = low}; }
  static StateHash of(const core::Mark& mark) { return {.high = mark.high, .low = mark.low}; }

  bool operator==(const StateHash&) const = default;
  auto operator<=>(const StateHash&) const = default;
};

// Hashes what a task tells of itself.
class HashSink final : public core::StateSink {
 public:
  explicit HashSink(const StateHash& from) : hash_(from) {}
  void add(std::uint64_t value) override { hash_.add(value); }
  [[nodiscard]] const StateHash& hash() const { return hash_; }

 private:
  StateHash hash_;
};

}  // namespace zoneknot::sim
