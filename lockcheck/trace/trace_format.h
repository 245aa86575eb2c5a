// The binary form of a trace, zoneknot.trace/2, byte by byte: docs/trace-format.md. What its writer and its reader
// share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/runtime.h"

namespace zoneknot::lockcheck::trace_format {

// The file's first bytes. The first form has fewer records and kinds of events, and is read too.
inline constexpr std::string_view kMagic = "zoneknot.trace/2\n";
inline constexpr std::string_view kMagicOfFirstForm = "zoneknot.trace/1\n";
static_assert(kMagic.size() == kMagicOfFirstForm.size());

// A block is the size of its payload (varint), the payload, and the payload's checksum (4 bytes, little endian).
inline constexpr std::size_t kBlockBytesMax = 1U << 16U;
inline constexpr std::size_t kChecksumBytes = 4;
inline constexpr std::size_t kVarintBytesMax = 10;

// The first byte of a record: a definition, which gives the next number of its kind; or an event, its kind added to
// kEvent, and kSameTask as well if its task is that of the event before it.
inline constexpr std::uint8_t kTask = 1;
inline constexpr std::uint8_t kLock = 2;
inline constexpr std::uint8_t kCondition = 3;
inline constexpr std::uint8_t kSemaphore = 4;
inline constexpr std::uint8_t kCell = 5;
inline constexpr std::uint8_t kSite = 6;
inline constexpr std::uint8_t kText = 7;
inline constexpr std::uint8_t kClosed = 8;    // the last record of a trace whose writer was not cut short
inline constexpr std::uint8_t kPool = 9;      // of a semaphore that is there already
inline constexpr std::uint8_t kReaders = 10;  // of the lock that was defined last: core::Readers
// What follows is not in the first form.
inline constexpr std::uint8_t kModule = 11;
inline constexpr std::uint8_t kStack = 12;
inline constexpr std::uint8_t kBarrier = 13;
inline constexpr std::uint8_t kLateName = 14;
inline constexpr std::uint8_t kTime = 15;
inline constexpr std::uint8_t kEvent = 0x20;
inline constexpr std::uint8_t kSameTask = 0x40;

// The kind and the role of a lock in one number: 1 if it is recursive, and kRoleStep for each role from `none` on. A
// number below kRoleStep tells of no role, as in traces from before there were any: then the class does, kZoneClass or
// kDeviceTableClass.
inline constexpr std::uint32_t kRoleStep = 2;
inline constexpr std::uint32_t kKindAndRoleMax = 7;
inline constexpr std::string_view kZoneClass = "zone";
inline constexpr std::string_view kDeviceTableClass = "M";

constexpr std::uint32_t pack(core::LockKind kind, core::LockRole role) {
  return (kind == core::LockKind::recursive ? 1U : 0U) + kRoleStep * (static_cast<std::uint32_t>(role) + 1);
}
constexpr core::LockKind unpack_kind(std::uint32_t packed) {
  return packed % kRoleStep == 1 ? core::LockKind::recursive : core::LockKind::plain;
}
constexpr core::LockRole unpack_role(std::uint32_t packed, std::string_view lock_class) {
  if (packed >= kRoleStep) return static_cast<core::LockRole>(packed / kRoleStep - 1);
  if (lock_class == kZoneClass) return core::LockRole::zone;
  return lock_class == kDeviceTableClass ? core::LockRole::device_table : core::LockRole::none;
}

// FNV-1a, 32 bits.
constexpr std::uint32_t checksum(std::string_view payload) {
  std::uint32_t hash = 2166136261U;
  for (const char c : payload) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash;
}

}  // namespace zoneknot::lockcheck::trace_format
