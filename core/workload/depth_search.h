// `latency_target`: the search for the largest depth at which latencies stay below a target. Windows of time are looked
// at one after the other; two that come to the same depth end the job, with its I/O in flight. Used by the job's task
// alone.
#pragma once

#include <cstdint>

#include "core/workload/job_context.h"

namespace zoneknot::core {

class DepthSearch {
 public:
  explicit DepthSearch(JobContext& job) : job_(job), lowest_(1), highest_(job.spec.iodepth) {}

  // So many units may be taken at a time.
  [[nodiscard]] std::uint32_t depth() const { return searching() ? depth_ : job_.spec.iodepth; }
  void completed(std::uint64_t latency_ns) {
    if (searching()) count(latency_ns);
  }
  // At the end of a pass of the loop. True: the search is over, and the job done.
  bool over() { return searching() && over_with_window(); }
  void describe(StateSink& sink) const;

 private:
  [[nodiscard]] bool searching() const { return job_.spec.latency_target_ns != 0; }
  void count(std::uint64_t latency_ns);
  bool over_with_window();
  [[nodiscard]] bool window_kept() const;
  void go_up();
  void go_down();

  JobContext& job_;
  std::uint32_t lowest_;
  std::uint32_t highest_;
  std::uint32_t depth_ = 1;
  bool too_deep_ = false;  // some window was missed: highest_ is known to be too much
  bool last_window_ = false;
  std::uint64_t window_began_ns_ = 0;  // 0: not yet
  std::uint64_t ios_ = 0;              // of this window
  std::uint64_t slow_ios_ = 0;
};

}  // namespace zoneknot::core
