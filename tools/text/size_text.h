// Numbers as job files and command-line options write them: sizes, counts, times, fractions, flags. Pure functions.
// The spelling is fio's (3.33): 0x for hexadecimal; k, m, g, t, p in either case are powers of 1024, with or without a
// b; kib, mib, … are powers of 1000, because that is what fio makes of them unless kb_base is 1000.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace zoneknot::tools {

// What is wrong with a value, and at which of its bytes, from 0.
struct ValueError {
  std::size_t offset = 0;
  std::string message;
};

template <class T>
using Value = tl::expected<T, ValueError>;

tl::unexpected<ValueError> wrong_value(std::size_t offset, std::string message);

// A size that may be counted in zones ("4z") or in parts of the device ("50%"), whose sizes are not known yet.
struct Amount {
  std::uint64_t number = 0;  // bytes, zones, or percent
  bool in_zones = false;
  bool in_percent = false;
  bool decimal = false;  // written with kib, mib, …
};

Value<Amount> parse_amount(std::string_view text);

// Bytes; no zones.
Value<std::uint64_t> parse_size(std::string_view text);

// A whole number from `least` to `most`; the suffixes of sizes are allowed, as in fio.
Value<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most);

// A time in nanoseconds: d, h, m, s, ms, us, sec, msec, usec in either case. `unit_ns` is that of a bare number.
Value<std::uint64_t> parse_time(std::string_view text, std::uint64_t unit_ns);

// A whole number with a sign or without, of 32 bits; the suffixes of sizes are allowed.
Value<std::int64_t> parse_signed(std::string_view text);

// 0 … 100, with or without a percent sign.
Value<double> parse_percent(std::string_view text);

// 0 … 1.
Value<double> parse_fraction(std::string_view text);

// "0" or "1".
Value<bool> parse_flag(std::string_view text);

// The largest offset in a file; they are signed.
inline constexpr std::uint64_t kMaxOffset = INT64_MAX;

inline constexpr std::uint64_t kMicrosecondNs = 1'000;
inline constexpr std::uint64_t kMillisecondNs = 1'000'000;
inline constexpr std::uint64_t kSecondNs = 1'000'000'000;

}  // namespace zoneknot::tools
