// One I/O slot of a job and the states it goes through. A unit belongs to its job's IoPipeline and is touched by that
// job's task alone; its request is the engine's while the unit is queued.
#pragma once

#include <array>
#include <cstdint>

#include "core/io_engine.h"
#include "core/workload/zone_hold.h"

namespace zoneknot::core {

enum class UnitState : std::uint8_t {
  free,
  taken,     // being prepared, or about to be queued
  queued,    // accepted by the engine and not reaped: it may be under way at the device
  requeued,  // refused as busy, or the rest of a short transfer: waits to be queued again, outside of cur_depth
};

// What may follow what; tested exhaustively.
inline constexpr std::array<std::array<bool, 4>, 4> kLegalUnitStates = {{
    // free, taken, queued, requeued
    {false, true, false, false},  // free
    {true, false, true, true},    // taken
    {true, false, false, true},   // queued
    {false, true, false, false},  // requeued
}};

constexpr bool may_become(UnitState from, UnitState to) {
  return kLegalUnitStates.at(static_cast<std::size_t>(from)).at(static_cast<std::size_t>(to));
}

enum class UnitPurpose : std::uint8_t {
  work,         // of the main loop
  verify_read,  // reads a logged write back: no zone lock, no callbacks
};

struct IoUnit {
  std::uint32_t index = 0;  // 0 … iodepth-1, also the request's tag
  UnitState state = UnitState::free;
  UnitPurpose purpose = UnitPurpose::work;

  IoRequest request;                  // after a short transfer: the rest
  std::byte* buffer = nullptr;        // of the whole I/O; null where the World moves no data
  std::uint64_t drawn_offset = 0;     // where the chooser wanted it, before it was adjusted
  std::uint32_t full_length = 0;      // bytes as prepared
  std::uint64_t verify_sequence = 0;  // of the write that this one is, or reads back
  std::uint64_t issue_ns = 0;         // first queue()

  bool placed = false;  // adjusted: the offset is where it will go
  bool issued = false;  // counted as issued

  // What the adjusting routine installed. Both are run at most once.
  bool has_queue_done = false;
  bool has_put = false;
  ZoneHold hold;

  // Where the whole I/O starts, bytes.
  [[nodiscard]] std::uint64_t first_offset() const { return request.offset - (full_length - request.length); }
};

}  // namespace zoneknot::core
