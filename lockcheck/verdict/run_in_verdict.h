// One run as it went on, step by step: who owned, awaited and had under way what, from when to when, and where the
// write pointers of zones stood. For pictures; the verdict does without. Plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lockcheck/verdict/resource.h"

namespace zoneknot::lockcheck {

enum class SpanKind : std::uint8_t { hold, wait, io };

struct SpanInRun {
  SpanKind kind = SpanKind::hold;
  std::uint32_t lane = 0;
  std::uint64_t from = 0;
  std::uint64_t to = 0;  // the last step at which it is so
  bool open = false;     // it did not end
  std::string what{};    // "zone 3", "write of 4096 at 1048576", "completion"
  // The lock that is owned or awaited, or the lane whose end is; else kNoId. Names may be those of several.
  std::uint32_t object = core::kNoId;
  bool for_end = false;  // a wait for the end of lane `object`
  Place at{};
  bool needed = false;  // something else in the verdict speaks of it
};

// Spans of a long run that it does without, all of which have ended. At steps below `from_step`, and from `to_step` on,
// none of them is missed.
struct LeftOut {
  std::uint64_t spans = 0;
  std::uint64_t from_step = 0;  // the earliest at which one of them began
  std::uint64_t to_step = 0;    // the latest at which one of them ended

  void add(const SpanInRun& span) {
    from_step = spans == 0 ? span.from : std::min(from_step, span.from);
    to_step = std::max(to_step, span.to);
    ++spans;
  }
};

struct ZoneInRun {
  std::string zone{};
  std::uint64_t start = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> wp{};  // from a step on, by step
};

// What the numbers of its steps are.
enum class StepsAre : std::uint8_t {
  scheduling_points,
  events,  // of the run, as they were told
  events_of_trace,
  lines_of_trace,
};

enum class RunShown : std::uint8_t {
  itself,     // the run that was made, or recorded
  predicted,  // the one that a sound prediction ends in
};

struct RunInVerdict {
  std::vector<std::string> lanes{};  // names of tasks, by TaskId
  std::uint64_t steps = 0;           // the run's last one
  std::vector<SpanInRun> spans{};    // in the order in which they begin
  LeftOut left_out{};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> whole{};  // among what was left out: steps of which all is there
  std::vector<std::optional<std::uint64_t>> ended{};             // by TaskId: the step in which it ended
  std::vector<ZoneInRun> zones{};
  StepsAre steps_are = StepsAre::scheduling_points;
  RunShown shown = RunShown::itself;
  std::size_t prediction = 0;  // RunShown::predicted: of which prediction of the verdict
};

}  // namespace zoneknot::lockcheck
