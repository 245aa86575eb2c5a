#include "device/model/latency_profile.h"

#include <algorithm>
#include <array>

namespace zoneknot::device {
namespace {

constexpr std::array<std::string_view, 4> kLatencyWords = {"instant", "zn540", "small-zone", "smr"};
constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMillisecond = 1'000'000;

LatencyProfile instant() { return {.name = "instant", .basis = "nothing takes any time", .calibrated = true}; }

// Means of Doekemeijer et al., "Performance Characterization of NVMe Flash Devices with Zoned Namespaces" (CLUSTER
// 2023), device zns-a, recomputed from their raw logs; t/device/evidence/zn540_latency.txt has the figures.
LatencyProfile zn540() {
  LatencyProfile profile{.name = "zn540",
                         .basis = "a Western Digital ZN540, from the raw logs of arXiv 2310.19094 (4 KiB blocks)",
                         .calibrated = true};
  profile.write = {.alone = {{4 * kKiB, 11'400}, {8 * kKiB, 11'200}, {16 * kKiB, 16'300}, {32 * kKiB, 26'400}},
                   .bytes_per_second = 1'208'000'000,
                   .command_ns = 5'376,  // 186,000 a second
                   .first_ns = 1'800};
  profile.append = {
      .alone = {{4 * kKiB, 14'800}, {8 * kKiB, 14'000}, {16 * kKiB, 20'100}, {32 * kKiB, 27'900}, {64 * kKiB, 54'160}},
      .bytes_per_second = 1'201'000'000,
      .command_ns = 7'570,  // 132,000 a second, of 4 KiB only
      .command_bytes = 4 * kKiB,
      .first_ns = 3'200};
  profile.read = {.alone = {{4 * kKiB, 72'600}, {8 * kKiB, 84'100}, {16 * kKiB, 101'600}},
                  .bytes_per_second = 2'630'000'000,
                  .command_ns = 2'288,  // 437,000 a second
                  .soft_knee = true};
  profile.open_ns = 9'700;
  profile.close_ns = 10'700;
  profile.finish = {.empty_ns = 13'500, .base_ns = 2'565'000, .pad_bytes_per_second = 1'247'000'000};
  profile.reset = {.points = {{0, 1'630'000},
                              {0.0004, 1'690'000},
                              {6.25, 5'120'000},
                              {12.5, 5'980'000},
                              {25, 7'750'000},
                              {50, 11'240'000},
                              {100, 15'490'000}},
                   .finished = {{0, 1'600'000}, {100, 15'350'000}},
                   .beside_writes = 207,
                   .beside_appends = 111};
  return profile;
}

// The constants of NVMeVirt's ZNS prototype: a zone is one die of 103 MB/s, firmware 32.2 us, a link of 3.2 GB/s.
LatencyProfile small_zone() {
  LatencyProfile profile{.name = "small-zone",
                         .basis = "constants of NVMeVirt's prototype of a drive with small zones, not measured"};
  profile.write = {
      .alone = {{4 * kKiB, 32'200}}, .bytes_per_second = 3'200'000'000, .zone_bytes_per_second = 102'700'000};
  profile.append = profile.write;
  profile.read = {
      .alone = {{4 * kKiB, 57'700}}, .bytes_per_second = 3'200'000'000, .zone_bytes_per_second = 160'600'000};
  profile.open_ns = profile.close_ns = 32'200;
  profile.finish = {.empty_ns = 32'200, .base_ns = 32'200, .pad_bytes_per_second = 102'700'000};
  profile.reset = {.points = {{0, 3 * kMillisecond}}};
  return profile;
}

LatencyProfile smr() {
  LatencyProfile profile{.name = "smr", .basis = "a guess at a disk of 7200 rpm, for want of public measurements"};
  profile.head = {.seek_ns = 12'670'000,  // 8.5 ms, and half a turn
                  .outer_bytes_per_second = 250'000'000,
                  .inner_bytes_per_second = 120'000'000};
  profile.sync_ns = profile.open_ns = profile.close_ns = 5 * kMillisecond;
  profile.finish = {.empty_ns = 5 * kMillisecond, .base_ns = 5 * kMillisecond};
  profile.reset = {.points = {{0, 5 * kMillisecond}}};
  return profile;
}

std::string text_of_number(std::uint64_t value) { return std::to_string(value); }

std::string text_of(const TransferTime& time) {
  std::string text;
  for (const SizePoint& point : time.alone) {
    text += (text.empty() ? "" : "+") + text_of_number(point.bytes) + ":" + text_of_number(point.ns);
  }
  for (const std::uint64_t value : {time.bytes_per_second, time.zone_bytes_per_second, time.command_ns,
                                    time.command_bytes, std::uint64_t{time.soft_knee}, time.first_ns}) {
    text += "/" + text_of_number(value);
  }
  return text;
}

std::string text_of(const std::vector<FillPoint>& points) {
  std::string text;
  for (const FillPoint& point : points) {
    constexpr double kMillionths = 1e6;
    text += (text.empty() ? "" : "+") + text_of_number(static_cast<std::uint64_t>(point.percent * kMillionths)) + ":" +
            text_of_number(point.ns);
  }
  return text;
}

}  // namespace

std::span<const std::string_view> latency_words() { return kLatencyWords; }

std::optional<LatencyProfile> latency_named(std::string_view word) {
  constexpr std::array<LatencyProfile (*)(), 4> kMakers = {instant, zn540, small_zone, smr};
  const auto found = std::ranges::find(kLatencyWords, word);
  if (found == kLatencyWords.end()) return std::nullopt;
  return kMakers.at(static_cast<std::size_t>(found - kLatencyWords.begin()))();
}

std::string LatencyProfile::to_string() const {
  std::string text = text_of(read) + ";" + text_of(write) + ";" + text_of(append) + ";" + text_of(reset.points) + ";" +
                     text_of(reset.finished);
  for (const std::uint64_t value :
       {trim_ns, sync_ns, open_ns, close_ns, finish.empty_ns, finish.base_ns, finish.pad_bytes_per_second,
        std::uint64_t{reset.beside_writes}, std::uint64_t{reset.beside_appends}, head.seek_ns,
        head.outer_bytes_per_second, head.inner_bytes_per_second}) {
    text += "/" + text_of_number(value);
  }
  return text;
}

}  // namespace zoneknot::device
