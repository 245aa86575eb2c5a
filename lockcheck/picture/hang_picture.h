// Turns what a LockWatch knows at the moment of a hang, or at the end of a run, into the parts of a Verdict that
// describe it. Called once for a report, by the code that established the hang, while the run stands still.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lockcheck/verdict/scene.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

struct ZoneFacts {
  std::string condition;  // the device's
  std::uint64_t start = 0;
  std::uint64_t wp = 0;     // the program's
  std::uint32_t unput = 0;  // I/Os of its owner there that were not put
};

// Asked for a zone by the group and order key of its lock; `owner` has the lock, kNoId: nobody.
using ZoneLookup = std::function<ZoneFacts(std::uint32_t group, std::uint32_t zone, core::TaskId owner)>;

// Fills tasks: the stuck core first, then everybody else.
void describe_hang(const LockWatch& watch, const StuckCore& stuck, SceneInVerdict& scene);

// The zones that the core holds or waits for.
std::vector<ZoneInVerdict> zones_of_hang(const LockWatch& watch, const StuckCore& stuck, const ZoneLookup& lookup);

// The waits of a hang, one after the other where each waits for what the next one owns. A task that has ended and left
// the last lock behind comes last.
std::vector<LinkInVerdict> waits_of_hang(const LockWatch& watch, const StuckCore& stuck);

// Fills rules. `task_names` is by TaskId.
void describe_rules(const std::vector<RuleBreak>& rules, const std::vector<std::string>& task_names,
                    SceneInVerdict& scene);

// Says of broken rules which of their breaks is part of the hang. After both were described.
void find_rules_in_knot(SceneInVerdict& scene);

}  // namespace zoneknot::lockcheck
