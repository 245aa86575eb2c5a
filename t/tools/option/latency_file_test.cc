#include "tools/option/latency_file.h"

#include <gtest/gtest.h>

namespace zoneknot::tools {
namespace {

std::string error_of_profile(const std::string& text) {
  const auto profile = parse_latency_file(text, "p.toml");
  return profile ? "no error" : profile.error().to_string();
}

TEST(LatencyFile, EveryKey_ReachesTheProfile) {
  const auto profile = parse_latency_file(
      "basis = 'mine'\ncalibrated = true\ntrim_us = 1\nsync_us = 2.5\nopen_us = 3\nclose_us = 4\n"
      "[read]\nalone = [[4096, 72.6], ['16k', 101.6]]\nmb_per_second = 2630\nzone_mb_per_second = 7\n"
      "command_us = 2.288\ncommand_up_to = '8k'\nknee = 'soft'\nfirst_us = 9\n"
      "[finish]\nempty_us = 13.5\nbase_us = 2565\nmb_per_second = 1247\n"
      "[reset]\nus = [[0, 1630], [6.25, 5120]]\nfinished_us = [[0, 1600]]\nbeside_writes = 2.07\n"
      "beside_appends = 1.11\n[disk]\nseek_us = 12670\nouter_mb_per_second = 250\ninner_mb_per_second = 120\n",
      "p.toml");
  ASSERT_TRUE(profile) << profile.error().to_string();
  const device::LatencyProfile expected{
      .name = "p.toml",
      .basis = "mine",
      .calibrated = true,
      .read = {.alone = {{4096, 72'600}, {16'384, 101'600}},
               .bytes_per_second = 2'630'000'000,
               .zone_bytes_per_second = 7'000'000,
               .command_ns = 2288,
               .command_bytes = 8192,
               .soft_knee = true,
               .first_ns = 9000},
      .trim_ns = 1000,
      .sync_ns = 2500,
      .open_ns = 3000,
      .close_ns = 4000,
      .finish = {.empty_ns = 13'500, .base_ns = 2'565'000, .pad_bytes_per_second = 1'247'000'000},
      .reset = {.points = {{0, 1'630'000}, {6.25, 5'120'000}},
                .finished = {{0, 1'600'000}},
                .beside_writes = 207,
                .beside_appends = 111},
      .head = {.seek_ns = 12'670'000, .outer_bytes_per_second = 250'000'000, .inner_bytes_per_second = 120'000'000}};
  EXPECT_EQ(*profile, expected);
}

TEST(LatencyFile, BaseIsChangedInPart_AndNotCalibratedAnyMore) {
  const auto profile = parse_latency_file("base = 'zn540'\n[write]\nmb_per_second = 600\n", "p.toml");
  ASSERT_TRUE(profile) << profile.error().to_string();
  device::LatencyProfile expected = device::latency_named("zn540").value();
  expected.write.bytes_per_second = 600'000'000;
  EXPECT_EQ(profile->to_string(), expected.to_string());
  EXPECT_NE(profile->to_string(), device::latency_named("zn540")->to_string());
  EXPECT_FALSE(profile->calibrated);
  EXPECT_EQ(profile->basis, "based on zn540");
}

TEST(LatencyFile, Mistakes_AreRefusedAtTheirPlace) {
  const struct {
    const char* text;
    const char* error;
  } rows[] = {
      {"base = 'zn54'\n", "p.toml:1:8: base: there is no profile 'zn54' (did you mean 'zn540'?)"},
      {"opn_us = 1\n", "p.toml:1:1: unknown key 'opn_us' (did you mean 'open_us'?)"},
      {"open_us = 'x'\n", "p.toml:1:11: open_us: is not a number"},
      {"open_us = -1\n", "p.toml:1:11: open_us: is below 0"},
      {"write = 3\n", "p.toml:1:9: write: is no table; it begins with [write]"},
      {"[write]\nknee = 'round'\n", "p.toml:2:8: knee: 'round' is neither hard nor soft"},
      {"[write]\nalone = [[8192, 1], [4096, 2]]\n", "p.toml:2:21: alone: points have to ascend"},
      {"[write]\nalone = [[8192]]\n", "p.toml:2:10: alone: a point is [x, microseconds]"},
      {"[reset]\nus = [[101, 5]]\n", "p.toml:2:8: us: is too large"},
  };
  for (const auto& row : rows) EXPECT_EQ(error_of_profile(row.text), row.error) << row.text;
  EXPECT_EQ(error_of_profile("open_us = \n").substr(0, 9), "p.toml:1:");
}

}  // namespace
}  // namespace zoneknot::tools
