// How many different 64-bit numbers were seen, in bounded memory: exactly up to kMost of them, and beyond that as an
// estimate from a sample of the numbers (Wegman's adaptive sampling; the standard error is below 1 %). The numbers must
// be as good as random. Plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>

namespace zoneknot::sim {

class DistinctCount {
 public:
  static constexpr std::size_t kMost = 65'536;

  void add(std::uint64_t number) {
    if (!sampled(number)) return;
    sample_.insert(number);
    while (sample_.size() > kMost) {
      ++halvings_;
      std::erase_if(sample_, [this](std::uint64_t other) { return !sampled(other); });
    }
  }

  [[nodiscard]] std::uint64_t count() const { return static_cast<std::uint64_t>(sample_.size()) << halvings_; }
  [[nodiscard]] bool exact() const { return halvings_ == 0; }

 private:
  // One number in 2^halvings_ is.
  [[nodiscard]] bool sampled(std::uint64_t number) const { return (number >> (64 - halvings_ - 1)) >> 1 == 0; }

  std::unordered_set<std::uint64_t> sample_;
  unsigned halvings_ = 0;  // below 48: so many numbers are never seen
};

}  // namespace zoneknot::sim
