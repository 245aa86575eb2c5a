// 128-bit hashes of states and histories: wide enough that a search of billions of states may take equal hashes for
// equal states. Histories grow by one value at a time, in two lanes of 64 bits that know nothing of each other; many
// values at once go through XXH3. Plain values.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/live_state.h"

namespace zoneknot::sim {

constexpr std::uint64_t mix_lane(std::uint64_t value, std::uint64_t odd) {
  value = (value ^ value >> 32U) * odd;
  return value ^ value >> 29U;
}

struct StateHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  // Takes one more value in; order matters.
  void add(std::uint64_t value) {
    high = mix_lane((high ^ value) * 0x9e3779b97f4a7c15U + 0x632be59bd9b4e019U, 0xff51afd7ed558ccdU);
    low = mix_lane((low + value) * 0xc2b2ae3d27d4eb4fU ^ 0xd6e8feb86659fd93U, 0xbf58476d1ce4e5b9U);
  }
  void add(std::string_view text);
  // Takes many values in at once: cheaper than one by one, and not the same.
  void add(std::span<const std::uint64_t> values);
  // Takes in the hash of one part of a set; order does not matter, and taking it in again takes it out.
  void toggle(const StateHash& part) {
    high ^= part.high;
    low ^= part.low;
  }
  // The hash of many values in order, faster than adding one by one.
  static StateHash of(std::span<const std::uint64_t> values);
  [[nodiscard]] core::Mark mark() const { return {.high = high, .low = low}; }
  static StateHash of(const core::Mark& mark) { return {.high = mark.high, .low = mark.low}; }

  bool operator==(const StateHash&) const = default;
  auto operator<=>(const StateHash&) const = default;
};

// Collects what is described, to be hashed in one go.
class ValueSink final : public core::StateSink {
 public:
  void add(std::uint64_t value) override { values_.push_back(value); }
  void add(std::span<const std::uint64_t> values) { values_.insert(values_.end(), values.begin(), values.end()); }
  void clear() { values_.clear(); }
  [[nodiscard]] StateHash hash() const { return StateHash::of(values_); }

 private:
  std::vector<std::uint64_t> values_;
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
