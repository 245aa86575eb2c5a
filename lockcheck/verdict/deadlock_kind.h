// Which deadlocks are the same mistake: those that have their waits at the same places, whatever tasks and locks take
// part in them, and however many. So hangs that a search has found can be compared with those that were predicted.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// What LinkInVerdict::owns begins with, if it is no lock.
inline constexpr std::string_view kSignalOf = "the signal of ";
inline constexpr std::string_view kUnitOf = "a unit of ";

// Where a lock is owned since, and where the owner waits for the next thing. Where somebody could have signalled, or
// took a unit, does not count: a hang does not show it.
using DeadlockKind = std::set<std::pair<std::string, std::string>>;

DeadlockKind kind_of(const std::vector<LinkInVerdict>& links);

// One more execution of a search has hung, with these waits: a kind that is there already has one more.
void add_hang(std::vector<LinkInVerdict> links, std::vector<HangInVerdict>& hangs);

// Tells of each kind of hang whether a kind that is predicted is the same. To be called when all of both are there.
void compare_hangs_with_predictions(Verdict& verdict);

// Kinds, not single deadlocks.
struct DeadlockKinds {
  std::size_t hangs = 0;            // that the search has found, but for the following
  std::size_t on_left_locks = 0;    // hangs whose waits lead to a lock that a task has left behind: rule d
  std::size_t hangs_predicted = 0;  // of `hangs`
  std::size_t confirmed = 0, open = 0, refuted = 0;  // predictions; a kind with a confirmed one is confirmed
};
DeadlockKinds count_kinds(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
