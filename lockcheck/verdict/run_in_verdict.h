// One run as it went on, step by step: who owned, awaited and had under way what, from when to when, and where the
// write pointers of zones stood. For pictures; the verdict does without. Plain values.
#pragma once

#include <cstdint>
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
  Place at{};
};

struct ZoneInRun {
  std::string zone{};
  std::uint64_t start = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> wp{};  // from a step on, by step
};

struct RunInVerdict {
  std::vector<std::string> lanes{};  // names of tasks, by TaskId
  std::uint64_t steps = 0;           // the run's last one
  std::vector<SpanInRun> spans{};    // in the order in which they begin
  std::uint64_t left_out = 0;        // earlier spans
  std::vector<ZoneInRun> zones{};
};

}  // namespace zoneknot::lockcheck
