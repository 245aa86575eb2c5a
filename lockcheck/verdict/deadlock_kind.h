// Which deadlocks are the same mistake: those that have their waits at the same places, whatever tasks and locks take
// part in them, and however many. So hangs that a search has found can be compared with those that were predicted.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// Where a lock is owned since, and where the owner waits for the next thing. Where somebody could have signalled, or
// took a unit, does not count: a hang does not show it.
using DeadlockKind = std::set<std::pair<Place, Place>>;

DeadlockKind kind_of(const std::vector<LinkInVerdict>& links);

// One more execution of a search has hung, with these waits: a kind that is there already has one more.
void add_hang(std::vector<LinkInVerdict> links, std::vector<HangInVerdict>& hangs);

// Marks each kind of hang that was predicted too. To be called when all hangs and predictions are there.
void compare_hangs_with_predictions(Verdict& verdict);

// Kinds, not single deadlocks.
struct DeadlockKinds {
  std::size_t hangs = 0;            // found by the search, without those of the next line
  std::size_t on_left_locks = 0;    // hangs whose waits lead to a lock that a task has left behind: rule d
  std::size_t hangs_predicted = 0;  // of `hangs`
  std::size_t confirmed = 0, open = 0, refuted = 0;  // predictions; a kind with a confirmed one is confirmed
};
DeadlockKinds count_kinds(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
