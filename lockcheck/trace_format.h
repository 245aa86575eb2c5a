// The binary form of a trace, zoneknot.trace/1, byte by byte: docs/trace-format.md. What its writer and its reader
// share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace zoneknot::lockcheck::trace_format {

// The file's first bytes.
inline constexpr std::string_view kMagic = "zoneknot.trace/1\n";

// Of a block's payload. A block is its size (varint), the payload, and the payload's checksum (4 bytes, little endian).
inline constexpr std::size_t kBlockBytesMax = 1U << 16U;
inline constexpr std::size_t kChecksumBytes = 4;
inline constexpr std::size_t kVarintBytesMax = 10;

// The first byte of a record: a definition, which gives the next number of its kind; or an event, its kind added to
// kEvent, and kSameTask as well if its task is that of the event before it.
enum Record : std::uint8_t {
  kTask = 1,
  kLock = 2,
  kCondition = 3,
  kSemaphore = 4,
  kCell = 5,
  kSite = 6,
  kText = 7,
  kClosed = 8,  // the last record of a trace whose writer was not cut short
  kEvent = 0x20,
  kSameTask = 0x40,
};

// FNV-1a, 32 bits.
constexpr std::uint32_t checksum(std::string_view payload) {
  std::uint32_t hash = 2166136261U;
  for (const char c : payload) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash;
}

}  // namespace zoneknot::lockcheck::trace_format
