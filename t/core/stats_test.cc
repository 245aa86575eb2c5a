// What a job has done, and how long it took.

#include "core/stats.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/random.h"

namespace zoneknot::core {
namespace {

TEST(LatencyHistogram, Empty_HasNoValues) {
  const LatencyHistogram empty;
  EXPECT_EQ(empty.count(), 0U);
  EXPECT_EQ(empty.min_ns(), 0U);
  EXPECT_EQ(empty.max_ns(), 0U);
  EXPECT_EQ(empty.mean_ns(), 0.0);
  EXPECT_EQ(empty.percentile_ns(0.5), 0U);
}

TEST(LatencyHistogram, SmallValues_AreKeptExactly) {
  LatencyHistogram histogram;
  for (std::uint64_t value = 0; value < 32; ++value) {
    LatencyHistogram one;
    one.add(value);
    EXPECT_EQ(one.percentile_ns(1), value);
    histogram.add(value);
  }
  EXPECT_EQ(histogram.percentile_ns(0.5), 15U);
  EXPECT_EQ(histogram.percentile_ns(0), 0U);
  EXPECT_EQ(histogram.percentile_ns(1), 31U);
  EXPECT_EQ(histogram.mean_ns(), 15.5);
}

TEST(LatencyHistogram, Buckets_AreAtMostASixteenthWide) {
  SplitMix64 numbers(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t value = numbers.next() >> (i % 64);
    LatencyHistogram histogram;
    histogram.add(value);
    const std::uint64_t lower = histogram.percentile_ns(0.5);
    ASSERT_LE(lower, value);
    ASSERT_LE(value - lower, lower / 16);
    ASSERT_EQ(histogram.min_ns(), value);
    ASSERT_EQ(histogram.max_ns(), value);
  }
}

TEST(LatencyHistogram, LowerBounds_GrowWithTheValues) {
  std::uint64_t last = 0;
  for (std::uint64_t value = 0; value < 5000; ++value) {
    LatencyHistogram histogram;
    histogram.add(value);
    EXPECT_GE(histogram.percentile_ns(0.5), last);
    last = histogram.percentile_ns(0.5);
  }
}

TEST(LatencyHistogram, Percentile_IsWhereThatPartOfAllValuesIsReached) {
  LatencyHistogram histogram;
  for (int i = 0; i < 99; ++i) histogram.add(10);
  histogram.add(1 << 20);
  EXPECT_EQ(histogram.percentile_ns(0.99), 10U);
  EXPECT_EQ(histogram.percentile_ns(0.995), std::uint64_t{1} << 20U);
}

TEST(LatencyHistogram, Sum_IsThatOfAllValues) {
  LatencyHistogram left, right, all;
  for (std::uint64_t value : {3ULL, 70ULL, 900'000ULL}) {
    left.add(value);
    all.add(value);
  }
  for (std::uint64_t value : {1ULL, 5'000'000'000ULL}) {
    right.add(value);
    all.add(value);
  }
  left.add(right);
  EXPECT_EQ(left.count(), all.count());
  EXPECT_EQ(left.min_ns(), 1U);
  EXPECT_EQ(left.max_ns(), 5'000'000'000U);
  EXPECT_EQ(left.mean_ns(), all.mean_ns());
  for (const double fraction : {0.1, 0.3, 0.5, 0.7, 0.99}) {
    EXPECT_EQ(left.percentile_ns(fraction), all.percentile_ns(fraction));
  }
}

TEST(Stats, Sum_AddsUpAndSpansTheTimes) {
  Stats first, second;
  first.begin_ns = 10;
  first.end_ns = 20;
  first.zone_resets = 1;
  first.of(Direction::read).ios = 3;
  second.begin_ns = 5;
  second.end_ns = 15;
  second.zone_resets = 2;
  second.blocks_verified = 7;
  second.of(Direction::read) = {.ios = 1, .bytes = 4096, .errors = 1, .latency = {}};
  first.add(second);
  EXPECT_EQ(first.begin_ns, 5U);
  EXPECT_EQ(first.end_ns, 20U);
  EXPECT_EQ(first.zone_resets, 3U);
  EXPECT_EQ(first.blocks_verified, 7U);
  EXPECT_EQ(first.of(Direction::read).ios, 4U);
  EXPECT_EQ(first.of(Direction::read).bytes, 4096U);
  EXPECT_EQ(first.of(Direction::read).errors, 1U);
  EXPECT_EQ(first.of(Direction::write).ios, 0U);
}

}  // namespace
}  // namespace zoneknot::core
