// How long a device takes, as data: what each operation costs alone, and what it takes from what others have in common.
// A LatencyModel (latency.h) makes times of it. Profiles have names, or come from a TOML file (docs/latency.md). Plain
// values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zoneknot::device {

// A point of a line: so many bytes take so long.
struct SizePoint {
  std::uint64_t bytes = 0;
  std::uint64_t ns = 0;
  bool operator==(const SizePoint&) const = default;
};

// What reads, writes or appends cost.
struct TransferTime {
  // An I/O that is alone, by its size, ascending: straight lines between the points, the first one's time below it, and
  // `bytes_per_second` above the last. Empty: nothing.
  std::vector<SizePoint> alone;
  std::uint64_t bytes_per_second = 0;       // of all zones together; 0: no limit
  std::uint64_t zone_bytes_per_second = 0;  // of one zone; 0: no limit
  // The least that an I/O of up to so many bytes takes from the device: its limit of I/Os per second.
  std::uint64_t command_ns = 0;
  std::uint64_t command_bytes = UINT64_MAX;
  // How times grow where many are under way. False: the larger of the time alone and of the wait for one's turn. True:
  // a soft knee between the two, (alone^1.5 + turn^1.5)^(2/3).
  bool soft_knee = false;
  std::uint64_t first_ns = 0;  // on top, for the first I/O to an empty zone
  bool operator==(const TransferTime&) const = default;
};

// A finish fills the rest of the capacity up; that is traffic, which competes with writes.
struct FinishTime {
  std::uint64_t empty_ns = 0;              // of a zone that was never written
  std::uint64_t base_ns = 0;               // of any other, on top of
  std::uint64_t pad_bytes_per_second = 0;  // what is unwritten; 0: no time
  bool operator==(const FinishTime&) const = default;
};

struct FillPoint {
  double percent = 0;  // of the capacity that is written
  std::uint64_t ns = 0;
  bool operator==(const FillPoint&) const = default;
};

struct ResetTime {
  std::vector<FillPoint> points{};     // ascending; straight lines between them
  std::vector<FillPoint> finished{};   // after a finish, by what had been written before it; empty: as above
  std::uint32_t beside_writes = 100;   // percent of that, while writes are under way
  std::uint32_t beside_appends = 100;  // while appends are
  bool operator==(const ResetTime&) const = default;
};

// A disk: one I/O at a time; whatever does not go on where the last one ended moves the head first.
struct HeadTime {
  std::uint64_t seek_ns = 0;                 // with the wait for the sector; 0: no disk
  std::uint64_t outer_bytes_per_second = 0;  // at the device's start
  std::uint64_t inner_bytes_per_second = 0;  // at its end
  bool operator==(const HeadTime&) const = default;
};

struct LatencyProfile {
  std::string name;   // a built-in one's, or that of the file
  std::string basis;  // what it rests on; a report says so
  bool calibrated = false;
  TransferTime read{};
  TransferTime write{};
  TransferTime append{};
  std::uint64_t trim_ns = 0;
  std::uint64_t sync_ns = 0;
  std::uint64_t open_ns = 0;
  std::uint64_t close_ns = 0;
  FinishTime finish{};
  ResetTime reset{};
  HeadTime head{};

  bool operator==(const LatencyProfile&) const = default;
  // Equal for equal times, whatever they are called; part of a witness's identity.
  [[nodiscard]] std::string to_string() const;
};

// "instant", "zn540", "small-zone", "smr".
std::span<const std::string_view> latency_words();
// Nothing for any other name.
std::optional<LatencyProfile> latency_named(std::string_view word);

}  // namespace zoneknot::device
