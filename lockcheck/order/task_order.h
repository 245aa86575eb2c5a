// What the order checker keeps of one task: the chains it has walked already, and what it has waited for since when.
// Part of the task's record.
#pragma once

#include <cstdint>
#include <vector>

#include "core/runtime.h"
#include "lockcheck/held/chain_cache.h"

namespace zoneknot::lockcheck {

// When a task last ended others' waits for one resource, and what it had waited for before.
struct LastWake {
  std::uint64_t resource = 0;
  std::uint64_t asked = 0;  // TaskOrder::asked at that time
  std::uint64_t needs = 0;  // a hash
};

struct TaskOrder {
  ChainCache chains;
  ChainCache pairs;                // owned and wanted, where nothing more is to be learnt
  std::uint64_t segment_mark = 0;  // of the present segment and of shares_mark, for keys of chains
  std::uint64_t shares_mark = 0;   // of the locks that the task has shares of
  std::uint64_t asked = 0;         // waits that it asked for, as far as they count
  std::vector<LastWake> wakes;

  void clear() {
    chains.clear();
    pairs.clear();
    segment_mark = 0;
    shares_mark = 0;
    asked = 0;
    wakes.clear();
  }
};

}  // namespace zoneknot::lockcheck
