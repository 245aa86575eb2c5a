// What a job has done, by direction: I/Os, bytes, completion latencies, zone resets, errors. Written by the job's task;
// read by others once that task has ended or stands still.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/io_engine.h"

namespace zoneknot::core {

// Counts of values in buckets whose width is at most 1/16 of their lower bound. Grows to the largest value seen.
class LatencyHistogram {
 public:
  void add(std::uint64_t value_ns);
  void add(const LatencyHistogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t min_ns() const { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::uint64_t max_ns() const { return max_; }
  [[nodiscard]] double mean_ns() const;
  // The lower bound of the bucket in which `fraction` (0 … 1) of all values is reached; 0 without values.
  [[nodiscard]] std::uint64_t percentile_ns(double fraction) const;

 private:
  std::vector<std::uint32_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

struct DirectionStats {
  std::uint64_t ios = 0;
  std::uint64_t bytes = 0;
  std::uint64_t errors = 0;
  LatencyHistogram latency;
};

struct Stats {
  std::array<DirectionStats, 4> by_direction;  // by Direction
  std::uint64_t zone_resets = 0;
  std::uint64_t blocks_verified = 0;
  std::optional<std::uint64_t> first_bad_offset;  // bytes; of the first block that verification found wrong
  std::uint64_t begin_ns = UINT64_MAX;            // UINT64_MAX: the job has not begun
  std::uint64_t end_ns = 0;                       // 0: the job has not ended
  std::uint64_t last_issue_ns = 0;                // of the I/O that was handed to the engine last

  [[nodiscard]] DirectionStats& of(Direction direction) { return by_direction.at(static_cast<std::size_t>(direction)); }
  [[nodiscard]] const DirectionStats& of(Direction direction) const {
    return by_direction.at(static_cast<std::size_t>(direction));
  }
  // Reads, writes and trims, also those that failed.
  [[nodiscard]] std::uint64_t ios_or_errors() const;
  // Sums for group reporting; begin is the first, end the last.
  void add(const Stats& other);
};

}  // namespace zoneknot::core
