// The order in which locks were taken, and the deadlocks that it predicts. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lockcheck/verdict/resource.h"

namespace zoneknot::lockcheck {

// How sure a predicted deadlock is, the surest first.
enum class PredictionStatus : std::uint8_t {
  confirmed,  // a schedule was found that hangs there
  sound,      // another order of the very events that were seen leads there
  possible,   // nothing that was seen rules it out
  ordered,    // an inversion that every run that reads the same values keeps from happening
  refuted,    // it cannot come to that
};
inline constexpr std::size_t kPredictionStatuses = 5;

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
  not_all_asked,      // possible: of the rings at these places some, `asked` of them, were asked
  kept_by_data,       // ordered: by what `data` says
};

// What of a recorded run one link of a prediction was read off.
struct LinkSeen {
  std::uint64_t owned_at = 0;  // a line, or the number of an event; 0: not known
  std::uint64_t asked_at = 0;
  // What the link waits for was asked for by somebody who owned what it owns: how often, and at how many places.
  std::uint64_t times = 0;
  std::uint64_t places = 0;
};

// A read of what another task wrote.
struct DataInVerdict {
  std::string cell{};
  Place read_at{};
  Place written_at{};
};

// How much of a task's part of a trace a run has.
struct TaskInRun {
  std::string task{};
  std::uint64_t events = 0;
  std::uint64_t of = 0;
};

// A deadlock that did not happen, read off a run or a trace that did not hang.
struct PredictionInVerdict {
  PredictionStatus status = PredictionStatus::possible;
  std::vector<LinkInVerdict> links{};
  Grounds grounds = Grounds::not_said;
  std::vector<ResourceInVerdict> resources{};
  std::uint64_t run_events = 0;
  std::uint64_t events = 0;
  std::uint64_t asked = 0;
  std::string witness{};         // confirmed: the line that replays it
  std::vector<LinkSeen> seen{};  // of a recorded trace: by link
  std::optional<DataInVerdict> data{};
  std::vector<TaskInRun> run{};  // sound, of a recorded trace: those of the links, and others that it needs

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

// What keeps tasks that take locks in opposite orders from waiting on each other.
enum class ApartBecause : std::uint8_t { gate, one_task, fork, join };

// Links that would be a deadlock, but cannot come together.
struct ApartInVerdict {
  ApartBecause because = ApartBecause::gate;
  std::vector<LinkInVerdict> links{};
  ResourceInVerdict gate{};  // what all of them own meanwhile
};

struct OrderInVerdict {
  std::vector<PredictionInVerdict> predictions{};
  bool counts_ordered = false;              // a prediction that is ordered makes the verdict POSSIBLE
  bool counts_lines = false;                // LinkSeen counts lines, not events
  std::vector<ApartInVerdict> apart{};      // of a recorded trace
  std::vector<OrderEdgeInVerdict> edges{};  // the order in which locks were taken, as far as it was looked at
  std::vector<std::string> lines{};         // what holds for the classes of locks, as far as runs were looked at for it
};

}  // namespace zoneknot::lockcheck
