#include "core/workload/depth_search.h"

#include <algorithm>

namespace zoneknot::core {

void DepthSearch::count(std::uint64_t latency_ns) {
  ++ios_;
  if (latency_ns > job_.spec.latency_target_ns) ++slow_ios_;
}

bool DepthSearch::window_kept() const {
  const auto kept = static_cast<double>(ios_ - slow_ios_) * 100;
  return job_.world.limit_reached(kept >= static_cast<double>(ios_) * job_.spec.latency_percentile);
}

bool DepthSearch::over_with_window() {
  const std::uint64_t now = job_.world.clock().now_ns();
  if (window_began_ns_ == 0) window_began_ns_ = now;
  const std::uint64_t window_ns = job_.spec.latency_window_ns * (job_.fixes.has(Fix::window_unit) ? 1 : 1000);
  const bool elapsed = ios_ != 0 && now - window_began_ns_ >= window_ns;
  if (!job_.world.limit_reached(elapsed)) return false;
  const std::uint32_t before = depth_;
  if (window_kept()) {
    go_up();
  } else {
    go_down();
  }
  window_began_ns_ = now;
  ios_ = slow_ios_ = 0;
  if (depth_ != before || job_.spec.latency_run) return false;
  return std::exchange(last_window_, true);
}

void DepthSearch::go_up() {
  lowest_ = depth_;
  const std::uint32_t next = too_deep_ ? (lowest_ + highest_) / 2 : depth_ * 2;
  depth_ = std::clamp(next, 1U, job_.spec.iodepth);
}

void DepthSearch::go_down() {
  highest_ = depth_;
  too_deep_ = true;
  if (lowest_ == highest_) lowest_ = std::max(lowest_, 2U) - 1;
  depth_ = std::max((lowest_ + highest_) / 2, 1U);
}

void DepthSearch::describe(StateSink& sink) const {
  if (!searching()) return;
  for (const std::uint32_t value : {lowest_, highest_, depth_}) sink.add(value);
  sink.add((too_deep_ ? 1U : 0U) | (last_window_ ? 2U : 0U));
  sink.add(window_began_ns_);
  sink.count(ios_);
  sink.count(slow_ios_);
}

}  // namespace zoneknot::core
