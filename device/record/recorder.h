// Notes events of the calling thread in its own buffer, which is a piece of the process's file. No lock is taken, and
// nothing of the C++ library is used: this is called before constructors and after destructors, by allocators and by
// signal handlers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "device/record/raw_record.h"
#include "device/record/ticks.h"

namespace zoneknot::record {

// The place that a call comes from. The frame's address tells calls of one place by different ways apart.
struct Caller {
  const void* place;
  const void* frame;
};
// The caller of the function that this is inlined into.
[[gnu::always_inline]] inline Caller caller() { return {__builtin_return_address(0), __builtin_frame_address(0)}; }

struct Sighting {
  const void* place;
  const void* frame;
  std::uint32_t number;
};
inline constexpr std::size_t kSightings = 1024;
inline constexpr std::size_t kRangesMax = 64;

// What a thread knows of the places it has been at. From the system, as long as the thread lives.
struct ThreadMemory {
  Sighting sightings[kSightings];
  RawModule ranges[kRangesMax];  // modules that it has told of
  std::uint32_t range_count;
  std::uint32_t last_site[kLanes];
  std::uint32_t generation;  // as modules_closed() counts
};

struct LaneBuffer {
  RawRecord* next;
  RawRecord* end;
  RawRecord* begin;
  std::uint32_t chunks;  // that the lane has had
};

struct ThreadSelf {
  LaneBuffer lanes[kLanes];
  ThreadMemory* memory;
  std::uint32_t depth;   // how many calls of note() the thread is in
  std::uint32_t number;  // counted from 1; 0: it has none yet
  std::int32_t tid;
};

extern thread_local constinit ThreadSelf self_of_thread [[gnu::tls_model("initial-exec")]];
// The header of the process that is recorded; null: none is, or not yet.
extern constinit RawHeader* header_of_process;

[[gnu::always_inline]] inline ThreadSelf& self() { return self_of_thread; }

// Room for so many records in a row; null: there is none.
RawRecord* more_room(ThreadSelf& self, unsigned lane, std::size_t records) noexcept;
// The number of a place at which this thread has not been by this way.
std::uint32_t first_sighting(ThreadSelf& self, unsigned lane, Caller caller) noexcept;
void count_lost() noexcept;
std::uint64_t next_in_sequence() noexcept;
// The thread's tid, looked up once.
std::int32_t own_tid();
// The number of a thread that is about to be started, and what the thread calls first.
std::uint32_t number_for_thread();
void begin_thread(std::uint32_t number);
// May be called before anything else; the process is recorded from here on, if it shall be.
void begin_process() noexcept;
bool is_off() noexcept;

// Whether the moment of an event is before or after what it is about.
enum class When : std::uint8_t { before, after };

template <When when>
[[gnu::always_inline]] inline std::uint64_t moment() {
  if (kHasTicks && __builtin_expect(header_of_process->clock == RawClock::ticks, 1)) {
    return when == When::after ? ticks_after() : ticks_before();
  }
  return next_in_sequence();
}

[[gnu::always_inline]] inline RawRecord* room(ThreadSelf& self, unsigned lane, std::size_t records) {
  LaneBuffer& buffer = self.lanes[lane];
  if (__builtin_expect(static_cast<std::size_t>(buffer.end - buffer.next) < records, 0)) {
    return more_room(self, lane, records);
  }
  RawRecord* const slot = buffer.next;
  buffer.next += records;
  return slot;
}

[[gnu::always_inline]] inline Sighting& sighting_of(ThreadMemory& memory, Caller caller) {
  const auto frame = reinterpret_cast<std::uintptr_t>(caller.frame) >> 4U;
  return memory.sightings[(reinterpret_cast<std::uintptr_t>(caller.place) ^ frame) % kSightings];
}

[[gnu::always_inline]] inline std::uint32_t site_of(ThreadSelf& self, unsigned lane, Caller caller) {
  if (__builtin_expect(lane == 0 && self.memory != nullptr, 1)) {
    const Sighting& known = sighting_of(*self.memory, caller);
    if (__builtin_expect(known.place == caller.place && known.frame == caller.frame, 1)) return known.number;
  }
  return first_sighting(self, lane, caller);
}

struct Event {
  RawKind kind;
  std::uint8_t flags;
  std::uint16_t extra = 0;
};

template <When when>
[[gnu::always_inline]] inline void note(Event event, std::uint64_t object, Caller caller) {
  if (__builtin_expect(header_of_process == nullptr, 0)) {
    if (is_off()) return;
    begin_process();
    if (header_of_process == nullptr) return;
  }
  ThreadSelf& self = record::self();
  const unsigned lane = self.depth;
  if (__builtin_expect(lane >= kLanes, 0)) return count_lost();
  self.depth = lane + 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  const std::uint32_t site = site_of(self, lane, caller);
  if (RawRecord* const slot = room(self, lane, 1); __builtin_expect(slot != nullptr, 1)) {
    slot->object = object;
    slot->site = site;
    slot->kind = event.kind;
    slot->flags = event.flags;
    slot->extra = event.extra;
    __atomic_store_n(&slot->ticks, moment<when>(), __ATOMIC_RELEASE);
  }
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  self.depth = lane;
}

template <When when>
[[gnu::always_inline]] inline void note(Event event, const volatile void* object, Caller caller) {
  note<when>(event, static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(object)), caller);
}

// With a payload, of the calling thread. At most 512 bytes.
void note_with(Event event, std::uint64_t object, Caller caller, const void* payload, std::size_t bytes);

constexpr std::uint8_t flags_of(RawObject object) { return static_cast<std::uint8_t>(object); }

}  // namespace zoneknot::record
