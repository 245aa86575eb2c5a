#include "sim/world/flight_table.h"

#include <algorithm>
#include <cassert>

#include "core/random.h"

namespace zoneknot::sim {

void FlightTable::clear() {
  flights_.clear();
  free_ = queued_ = ended_ = List{};
  in_flight_ = 0;
  lost_ = 0;
}

void FlightTable::lose(std::uint32_t slot) {
  assert(flights_[slot].state == FlightState::in_flight);
  flights_[slot].lost = true;
  ++lost_;
}

void FlightTable::queue(core::IoRequest& request) {
  if (free_.count == 0) {
    flights_.emplace_back();
    append(free_, slots() - 1);
  }
  const std::uint32_t slot = take_first(free_);
  request.engine_cookie = slot;
  flights_[slot].request = &request;
  flights_[slot].state = FlightState::queued;
  append(queued_, slot);
}

std::uint32_t FlightTable::launch() {
  const std::uint32_t slot = take_first(queued_);
  flights_[slot].state = FlightState::in_flight;
  ++in_flight_;
  return slot;
}

void FlightTable::end(std::uint32_t slot) {
  assert(flights_[slot].state == FlightState::in_flight);
  flights_[slot].state = FlightState::ended;
  --in_flight_;
  append(ended_, slot);
}

core::IoRequest* FlightTable::reap() {
  const std::uint32_t slot = take_first(ended_);
  core::IoRequest* request = flights_[slot].request;
  release(slot);
  return request;
}

void FlightTable::drop(std::uint32_t slot) {
  if (flights_[slot].state == FlightState::queued) {
    take_out(queued_, slot);
  } else {
    assert(flights_[slot].state == FlightState::in_flight);
    --in_flight_;
  }
  release(slot);
}

void FlightTable::append(List& list, std::uint32_t slot) {
  flights_[slot].next = core::kNoId;
  (list.last == core::kNoId ? list.first : flights_[list.last].next) = slot;
  list.last = slot;
  ++list.count;
}

std::uint32_t FlightTable::take_first(List& list) {
  assert(list.count > 0);
  const std::uint32_t slot = list.first;
  list.first = flights_[slot].next;
  if (--list.count == 0) list.last = core::kNoId;
  return slot;
}

void FlightTable::take_out(List& list, std::uint32_t slot) {
  if (list.first == slot) {
    take_first(list);
    return;
  }
  std::uint32_t before = list.first;
  while (flights_[before].next != slot) before = flights_[before].next;
  flights_[before].next = flights_[slot].next;
  if (list.last == slot) list.last = before;
  --list.count;
}

void FlightTable::release(std::uint32_t slot) {
  if (flights_[slot].lost) --lost_;
  flights_[slot] = Flight{};
  append(free_, slot);
}

// Which I/Os in flight reached the device later, in a word: one of them has to end before this one.
std::uint64_t FlightTable::launched_after(const Flight& flight) const {
  std::uint64_t later = 0;
  for (const Flight& other : flights_) {
    const bool is_later = other.state == FlightState::in_flight && other.launched > flight.launched;
    if (is_later) later += core::SplitMix64::mix(other.request->tag);
  }
  return later;
}

void FlightTable::describe(core::StateSink& sink) const {
  const auto add = [this, &sink](const Flight& flight) {
    sink.add(static_cast<std::uint64_t>(flight.state) << 32U | flight.request->tag);
    if (flight.state == FlightState::queued) return;
    sink.add(static_cast<std::uint64_t>(flight.error) << 32U | flight.transferred);
    sink.add(flight.data);
    if (flight.request->append) sink.add(flight.written_at);
    if (flight.held || flight.lost || flight.power_cuts != 0) {
      sink.add((flight.held ? 1U : 0U) | (flight.lost ? 2U : 0U) | std::uint64_t{flight.power_cuts} << 2U);
    }
    if (flight.held) sink.add(launched_after(flight));
  };
  for (std::uint32_t slot = queued_.first; slot != core::kNoId; slot = flights_[slot].next) add(flights_[slot]);
  std::vector<const Flight*> in_flight;
  for (const Flight& flight : flights_) {
    if (flight.state == FlightState::in_flight) in_flight.push_back(&flight);
  }
  std::sort(in_flight.begin(), in_flight.end(),
            [](const Flight* a, const Flight* b) { return a->request->tag < b->request->tag; });
  for (const Flight* flight : in_flight) add(*flight);
  for (std::uint32_t slot = ended_.first; slot != core::kNoId; slot = flights_[slot].next) add(flights_[slot]);
}

}  // namespace zoneknot::sim
