// How much a search may do before it gives up: so much work, whatever that is for it, or so much of something that only
// its owner can measure, as time. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

namespace zoneknot::lockcheck {

class WorkLimit {
 public:
  // `share_used`: how much of what there is has been used, 1 for all; asked now and then. Empty: `most` decides.
  explicit WorkLimit(std::uint64_t most, std::function<double()> share_used = {})
      : most_(most), share_used_(std::move(share_used)) {}

  void spend(std::uint64_t work) {
    spent_ += work;
    if (spent_ >= ask_at_) ask();
  }
  // Whether this share of all there is has not been used up.
  [[nodiscard]] bool is_left(double share = 1) const { return used_ < share; }
  [[nodiscard]] std::uint64_t spent() const { return spent_; }

 private:
  static constexpr std::uint64_t kAskEvery = std::uint64_t{1} << 17U;

  void ask() {
    ask_at_ = spent_ + kAskEvery;
    used_ = share_used_ ? share_used_() : static_cast<double>(spent_) / static_cast<double>(most_);
  }

  std::uint64_t most_;
  std::function<double()> share_used_;
  std::uint64_t spent_ = 0;
  std::uint64_t ask_at_ = 0;
  double used_ = 0;
};

}  // namespace zoneknot::lockcheck
