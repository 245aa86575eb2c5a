#include "core/stats.h"

#include <algorithm>
#include <bit>

namespace zoneknot::core {
namespace {

constexpr unsigned kSubBits = 4;  // 16 buckets for each power of two

// Values below 16 have a bucket each; above, the four bits behind the leading one choose the bucket.
std::size_t bucket_of(std::uint64_t value) {
  if (value < (1U << kSubBits)) return value;
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
  return (std::size_t{shift} << kSubBits) + (value >> shift);
}

std::uint64_t lower_bound_of(std::size_t bucket) {
  if (bucket < (2U << kSubBits)) return bucket;
  const std::size_t shift = (bucket >> kSubBits) - 1;
  return ((bucket & ((1U << kSubBits) - 1)) | (1U << kSubBits)) << shift;
}

}  // namespace

void LatencyHistogram::add(std::uint64_t value_ns) {
  const std::size_t bucket = bucket_of(value_ns);
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  sum_ += value_ns;
  min_ = std::min(min_, value_ns);
  max_ = std::max(max_, value_ns);
}

void LatencyHistogram::add(const LatencyHistogram& other) {
  if (other.buckets_.size() > buckets_.size()) buckets_.resize(other.buckets_.size());
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double LatencyHistogram::mean_ns() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::uint64_t LatencyHistogram::percentile_ns(double fraction) const {
  const double wanted = fraction * static_cast<double>(count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen != 0 && static_cast<double>(seen) >= wanted) return lower_bound_of(i);
  }
  return 0;
}

std::uint64_t Stats::ios_or_errors() const {
  std::uint64_t ios = 0;
  for (const Direction direction : {Direction::read, Direction::write, Direction::trim})
    ios += of(direction).ios + of(direction).errors;
  return ios;
}

void Stats::add(const Stats& other) {
  begin_ns = std::min(begin_ns, other.begin_ns);
  end_ns = std::max(end_ns, other.end_ns);
  zone_resets += other.zone_resets;
  blocks_verified += other.blocks_verified;
  if (!first_bad_offset) first_bad_offset = other.first_bad_offset;
  for (std::size_t i = 0; i < by_direction.size(); ++i) {
    DirectionStats& mine = by_direction.at(i);
    const DirectionStats& theirs = other.by_direction.at(i);
    mine.ios += theirs.ios;
    mine.bytes += theirs.bytes;
    mine.errors += theirs.errors;
    mine.latency.add(theirs.latency);
  }
}

}  // namespace zoneknot::core
