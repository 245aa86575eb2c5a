// The I/Os that one simulated engine has accepted and that were not reaped yet: those queued, in order; those in
// flight; those that have ended, in the order in which they ended. Owned by a SimWorld, lent to one engine at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "core/io_engine.h"
#include "sim/run/actor.h"

namespace zoneknot::sim {

enum class FlightState : std::uint8_t { free, queued, in_flight, ended };

struct Flight {
  core::IoRequest* request = nullptr;
  FlightState state = FlightState::free;
  ActorId event = core::kNoId;  // in flight: its completion; none: it waits for others, or is lost
  int error = 0;                // in flight: what the completion will say
  std::uint32_t transferred = 0;
  std::uint64_t data = 0;            // in flight and ended: SimDevice::Result::data
  std::uint64_t due_ns = 0;          // in flight: when it ends, at the earliest
  std::uint64_t written_at = 0;      // in flight: of an append
  std::uint64_t launched = 0;        // in flight: how many of the engine were before it
  std::uint32_t power_cuts = 0;      // in flight: how many the device had seen
  bool held = false;                 // in flight: comes after one that was launched later
  bool lost = false;                 // in flight: for ever
  std::uint32_t next = core::kNoId;  // in the list it is in
};

class FlightTable {
 public:
  void clear();

  // Accepts a request; its slot is remembered in engine_cookie.
  void queue(core::IoRequest& request);
  // The oldest queued I/O; there is one.
  [[nodiscard]] core::IoRequest* first_queued() const { return flights_[queued_.first].request; }
  // The slot of the oldest queued I/O, which is in flight now.
  std::uint32_t launch();
  // It stays in flight for ever.
  void lose(std::uint32_t slot);
  // In flight → ended.
  void end(std::uint32_t slot);
  // The oldest that has ended; there is one.
  [[nodiscard]] const Flight& first_ended() const { return flights_[ended_.first]; }
  // The oldest I/O that has ended; its slot is free now.
  core::IoRequest* reap();
  // Queued or in flight → free.
  void drop(std::uint32_t slot);

  // Adds what tells one state of the table from another: the order of queued and ended I/Os, but no slots.
  void describe(core::StateSink& sink) const;

  [[nodiscard]] Flight& at(std::uint32_t slot) { return flights_[slot]; }
  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(flights_.size()); }
  [[nodiscard]] std::uint32_t queued() const { return queued_.count; }
  [[nodiscard]] std::uint32_t in_flight() const { return in_flight_; }
  [[nodiscard]] std::uint32_t lost() const { return lost_; }  // of these
  [[nodiscard]] std::uint32_t ended() const { return ended_.count; }

 private:
  struct List {
    std::uint32_t first = core::kNoId;
    std::uint32_t last = core::kNoId;
    std::uint32_t count = 0;
  };

  void append(List& list, std::uint32_t slot);
  std::uint32_t take_first(List& list);
  void take_out(List& list, std::uint32_t slot);
  void release(std::uint32_t slot);
  [[nodiscard]] std::uint64_t launched_after(const Flight& flight) const;

  std::vector<Flight> flights_;
  List free_;
  List queued_;
  List ended_;
  std::uint32_t in_flight_ = 0;
  std::uint32_t lost_ = 0;
};

}  // namespace zoneknot::sim
