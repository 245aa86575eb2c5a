// What a proof learns of one task in the most general environment: the obligations that it breaks, and every wait for a
// lock that it makes. Plain data.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "lockcheck/verdict/resource.h"
#include "lockcheck/verdict/rule.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::sim {

// One obligation that does not hold at one place.
struct ProofBreak {
  lockcheck::Rule rule = lockcheck::Rule::order;
  core::Site site;
  std::string what;                             // one line
  lockcheck::ResourceInVerdict waits_for;       // the lock; nothing: it is not about a wait
  std::vector<lockcheck::HeldLock> holds;       // at that moment
  std::vector<lockcheck::StepInVerdict> steps;  // what led there: no shorter way, counted in loops, leads to it
};

// A wait for a lock that is not owned: which locks were owned, which one was waited for, where. Locks by number, in the
// order of their creation; more than 64 locks share the last bit.
struct LockChain {
  std::uint64_t owned = 0;  // bits by LockId
  core::LockId wanted = 0;
  std::uint32_t line = 0;
  std::string_view file;  // a literal
  auto operator<=>(const LockChain&) const = default;
};

class ProofFindings {
 public:
  void note_wait(std::uint64_t owned, core::LockId wanted, core::Site site);
  void note_value(core::CellId cell, std::uint64_t value) {
    if (cell >= loaded.size()) loaded.resize(cell + 1);
    loaded[cell].insert(value);
  }

  std::vector<ProofBreak> breaks;  // in the order of first sight, one for a rule and place
  std::set<LockChain> chains;
  bool any_io = false;                          // some I/O was handed to the device
  bool waits_with_locks = false;                // some wait for a lock other than M was made by an owner of another one
  std::vector<std::set<std::uint64_t>> loaded;  // by CellId: every value that the task found there
};

}  // namespace zoneknot::sim
