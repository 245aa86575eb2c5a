// The order in which locks were taken, and the deadlocks that it predicts. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lockcheck/verdict/resource.h"

namespace zoneknot::lockcheck {

// How sure a predicted deadlock is, the surest first.
enum class PredictionStatus : std::uint8_t {
  confirmed,  // a schedule was found that hangs there
  sound,      // another order of the very events that were seen leads there
  possible,   // nothing that was seen rules it out
  refuted,    // it cannot come to that
};
inline constexpr std::size_t kPredictionStatuses = 4;

// What a status rests on. `resources` and the two numbers are those of PredictionInVerdict.
enum class Grounds : std::uint8_t {
  not_said,
  no_common_gate,     // possible: `resources` were owned meanwhile, but not by all
  covered,            // refuted: a search of every interleaving did not hang there
  found_by_search,    // confirmed: an execution of the search hangs there, on `resources` if there are any
  found_by_steering,  // confirmed: an execution that was steered there does
  reordered_run,      // sound: a run that makes `run_events` of the `events` of a trace, in their order, ends in it
  not_asked,          // possible: nobody asked whether a run in the recorded order comes to it
  not_in_order,       // possible: no run in the recorded order comes to it
};

// A deadlock that did not happen, read off a run or a trace that did not hang.
struct PredictionInVerdict {
  PredictionStatus status = PredictionStatus::possible;
  std::vector<LinkInVerdict> links{};
  Grounds grounds = Grounds::not_said;
  std::vector<ResourceInVerdict> resources{};
  std::uint64_t run_events = 0;
  std::uint64_t events = 0;
  std::string witness{};  // confirmed: the line that replays it

  // It may still be confirmed.
  [[nodiscard]] bool open() const { return status == PredictionStatus::possible || status == PredictionStatus::sound; }
};

// Somebody owned one lock, or one of a class, and waited for another; where that was first seen.
struct OrderEdgeInVerdict {
  std::string from{};
  std::string to{};
  Place owned_at{};       // where `from` had been taken
  Place asked_at{};       // where `to` was waited for
  bool in_cycle = false;  // there is a way back from `to` to `from`
};

struct OrderInVerdict {
  std::vector<PredictionInVerdict> predictions{};
  std::vector<OrderEdgeInVerdict> edges{};  // the order in which locks were taken, as far as it was looked at
  std::vector<std::string> lines{};         // what holds for the classes of locks, as far as runs were looked at for it
};

}  // namespace zoneknot::lockcheck
