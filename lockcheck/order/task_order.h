// What the order checker keeps of one task: the chains it has walked already, and what it has waited for since when.
// Part of the task's record.
#pragma once

#include <cstdint>
#include <vector>

#include "core/runtime.h"
#include "lockcheck/held/chain_cache.h"

namespace zoneknot::lockcheck {

// Units of one pool that a task owns.
struct UnitsOwned {
  core::SemaphoreId pool = core::kNoId;
  std::uint32_t units = 0;   // acquired and not released
  std::uint64_t since = 0;   // TaskOrder::asked when it came to own any
  core::Site taken_at{};     // the first of them
  bool asked_again = false;  // for one more while it owned some
  core::Site asked_again_at{};
};

// When a task last ended a wait for one thing, and what it had waited for before.
struct LastWake {
  std::uint64_t thing = 0;
  std::uint64_t asked = 0;  // TaskOrder::asked at that time
  std::uint64_t needs = 0;  // a hash
};

struct TaskOrder {
  ChainCache chains;
  ChainCache pairs;                // owned and wanted, where nothing more is to be learnt
  std::uint64_t segment_mark = 0;  // of the present segment, for keys of chains
  std::uint64_t asked = 0;         // waits that it asked for, as far as they count
  std::vector<UnitsOwned> units;
  std::vector<LastWake> wakes;

  void clear() {
    chains.clear();
    pairs.clear();
    segment_mark = 0;
    asked = 0;
    units.clear();
    wakes.clear();
  }
};

}  // namespace zoneknot::lockcheck
