// Makes a finding smaller and keeps its kind: an easier schedule first, then fewer jobs, less depth, fewer zones and
// I/Os, by bounds like those of --bound. A smaller instance is another program, so each attempt looks for a finding of
// the same kind there: along the schedule so far, then in disorderly versions of it, then by random walks.
// Deterministic as long as nobody stops it. Used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sim/states/revisits.h"
#include "sim/witness/shrink.h"
#include "sim/witness/witness.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// A hang of that kind, a cycle through these places, a broken rule (lockcheck/picture/hang_kind.h), one that is an
// assertion, or jobs that end early or late.
struct FindingKind {
  enum class What : std::uint8_t { hang, livelock, abort, rule, early, late } what = What::hang;
  std::string text;
  bool operator==(const FindingKind&) const = default;
};

// The kind of what an execution came to; nothing: nothing was found. Of several broken rules the first, but assertions
// come before others. `ending`: of an execution that finished in the order of time.
std::optional<FindingKind> finding_kind(const sim::Outcome& outcome, const lockcheck::LockWatch& watch,
                                        sim::Ending ending);

// The kind of a cycle: its functions and places, whichever tasks go round it.
FindingKind livelock_kind(const sim::Revisits::Round& round);

// What a reader of a witness has to cope with.
struct WitnessSize {
  sim::ScheduleSize schedule;
  std::uint32_t jobs = 0;
  std::uint32_t depth = 0;   // the largest of a job
  std::uint64_t zones = 0;   // in the largest range of a job
  std::uint64_t blocks = 0;  // of a zone
  std::uint32_t ios_bound = 0;

  // Compares by importance: preemptions, completions out of order, jobs, depth, zones, I/Os, and then the rest.
  [[nodiscard]] bool less_than(const WitnessSize& other) const;
};

struct ShrinkPlan {
  std::uint64_t walks = 10'000;  // random executions of one attempt
  const std::atomic<bool>* stop = nullptr;
  std::function<bool()> time_is_over = {};
  std::function<void(const WitnessSize&, std::uint64_t executions)> progress = {};  // after each attempt
};

struct ShrunkWitness {
  Instance instance;
  sim::KeptExecution kept;
  FindingKind kind;
  WitnessSize before, after;
  std::uint64_t executions = 0;
  std::uint64_t steps = 0;
  bool interrupted = false;  // it could perhaps be smaller
};

// The witness replays, and shows something of `kind`.
ShrunkWitness shrink_witness(const Instance& instance, const sim::Witness& witness, const FindingKind& kind,
                             const ShrinkPlan& plan);

}  // namespace zoneknot::tools
