// The clock that orders the events of threads. On x86 the processor's, where it is the same on all cores; elsewhere, or
// where it is not, a number that is counted up. Shared by the library and tools/record.
#pragma once

#include <cstdint>
#include <ctime>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace zoneknot::record {

#if defined(__x86_64__)
inline constexpr bool kHasTicks = true;
// Not before everything before it is done.
[[gnu::always_inline]] inline std::uint64_t ticks_after() {
  _mm_lfence();
  return __rdtsc();
}
// Before whatever is visible to other threads after it: what depends on it is written first.
[[gnu::always_inline]] inline std::uint64_t ticks_before() { return __rdtsc(); }
// The processor says that its clock never stops nor changes its pace.
inline bool ticks_are_steady() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kPowerLeaf = 0x80000007U;
  constexpr unsigned kInvariant = 1U << 8U;
  return __get_cpuid(kPowerLeaf, &a, &b, &c, &d) != 0 && (d & kInvariant) != 0;
}
#else
inline constexpr bool kHasTicks = false;
inline std::uint64_t ticks_after() { return 0; }
inline std::uint64_t ticks_before() { return 0; }
inline bool ticks_are_steady() { return false; }
#endif

inline std::uint64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  constexpr std::uint64_t kNsOfSecond = 1'000'000'000;
  return static_cast<std::uint64_t>(now.tv_sec) * kNsOfSecond + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace zoneknot::record
