// Which deadlocks a trace predicts: its rings of waits, one for each ring of places, the shortest first, and of each
// how sure it is. Sound: a run that makes some of the trace's events, in the trace's order and with every read seeing
// what it saw, ends in it (a sync-preserving deadlock). Ordered: every run that reads the same values keeps its tasks
// apart. Pure functions of what a trace shows, as far as the limit of work lets them come.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lockcheck/offline/ring_members.h"
#include "lockcheck/offline/trace_closure.h"
#include "lockcheck/offline/trace_facts.h"
#include "lockcheck/offline/work_limit.h"

namespace zoneknot::lockcheck {

// Without a limit of time: what all that is looked at costs, in steps that take some nanoseconds each.
inline constexpr std::uint64_t kPredictionWorkMax = 500'000'000;
// Rings that are kept of each status.
inline constexpr std::size_t kPredictionsMax = 1000;
// Rings of places that are told apart.
inline constexpr std::size_t kRingKindsMax = std::size_t{1} << 16U;
// What is asked of the rings at the same places before those at others have been asked as much.
inline constexpr std::uint64_t kAsksAtFirst = 16;

enum class RingStatus : std::uint8_t { sound, possible, ordered };

struct PredictedRing {
  RingStatus status = RingStatus::possible;
  std::vector<RingPart> ring;            // each wants what the next one owns
  std::vector<std::uint32_t> lengths{};  // sound: how many events of each task the run has that ends in it
  std::uint64_t run_events = 0;          // and all together
  std::uint64_t asked = 0;               // rings at these places of which it was asked whether they are sound
  bool all_asked = true;                 // false: there are more, which the limit kept from being asked
};

// What keeps tasks that take locks in opposite orders from waiting on each other.
enum class KeptApartBy : std::uint8_t { gate, one_task, fork, join };

struct RingKeptApart {
  KeptApartBy by = KeptApartBy::gate;
  OwnableId gate = 0;
  std::vector<RingPart> ring;
};

struct TracePredictions {
  std::vector<PredictedRing> deadlocks;  // by status, then by length, then in the order of the trace
  std::vector<RingKeptApart> kept_apart;
  std::size_t left_out = 0;  // rings of places beyond kPredictionsMax
  std::size_t kept_apart_left_out = 0;
  std::size_t all_of_length = 0;  // every ring of up to so many tasks was found
  bool all_rings = true;          // and there are no longer ones
  bool all_dependencies = true;   // no dependency that could be in a ring was left out
  bool all_asked = true;
};

// What a ring looks like to a reader: who owns what where, and wants what where.
struct RingStep {
  OwnedAt owned;
  OwnedAt wanted;
};
// Gives rings that are one to a reader equal numbers: by places and classes, not by tasks and instances.
using RingPlaces = std::function<std::vector<std::uint32_t>(std::span<const RingStep>)>;

TracePredictions predict(TraceFacts& facts, const RingPlaces& places, WorkLimit& work);

// Whether a run in the trace's order ends in all the ring's tasks waiting; the closure is the shortest such run.
bool sync_preserving_run(std::span<const RingPart> ring, const std::vector<LockDependency>& dependencies,
                         TraceClosure& closure);

}  // namespace zoneknot::lockcheck
