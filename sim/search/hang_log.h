// The hangs that a search comes to, by kind (lockcheck/verdict/deadlock_kind.h), each with its first execution. Used by
// one thread, for one search.
#pragma once

#include <map>
#include <vector>

#include "lockcheck/verdict/deadlock_kind.h"
#include "sim/run/simulation.h"
#include "sim/search/explorer.h"

namespace zoneknot::sim {

class HangLog {
 public:
  explicit HangLog(const Simulation& simulation) : simulation_(simulation) {}

  // The execution that was made last has hung.
  void add(const Outcome& outcome);

  [[nodiscard]] const std::vector<lockcheck::HangInVerdict>& hangs() const { return hangs_; }
  // The first execution that hung so; its number is not set. Null: none was of this kind.
  [[nodiscard]] const FirstSeen* first_of(const lockcheck::DeadlockKind& kind) const;

 private:
  const Simulation& simulation_;
  std::vector<lockcheck::HangInVerdict> hangs_;
  std::map<lockcheck::DeadlockKind, FirstSeen> first_;
};

}  // namespace zoneknot::sim
