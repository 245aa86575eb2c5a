#include "sim/search/hang_log.h"

#include <utility>

#include "lockcheck/picture/hang_picture.h"

namespace zoneknot::sim {

void HangLog::add(const Outcome& outcome) {
  std::vector<lockcheck::LinkInVerdict> links = lockcheck::waits_of_hang(simulation_.watch(), outcome.stuck);
  const auto [first, is_new] = first_.try_emplace(lockcheck::kind_of(links));
  if (is_new) {
    first->second.decisions = simulation_.decisions();
    first->second.decisions.resize(outcome.decisions_to_hang);
  }
  lockcheck::add_hang(std::move(links), hangs_);
}

const FirstSeen* HangLog::first_of(const lockcheck::DeadlockKind& kind) const {
  const auto first = first_.find(kind);
  return first == first_.end() ? nullptr : &first->second;
}

}  // namespace zoneknot::sim
