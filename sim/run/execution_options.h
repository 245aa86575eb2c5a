// How one execution is to be run, beside its program and its strategy: given to Simulation::run() and good for that
// execution alone. Plain values.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "sim/run/outcome.h"
#include "sim/run/trace_hash.h"

namespace zoneknot::sim {

struct ExecutionOptions {
  static constexpr std::uint64_t kDefaultMaxSteps = 1'000'000;

  // The execution ends as `cut` after this many steps. At least 1.
  std::uint64_t max_steps = kDefaultMaxSteps;
  // Looked at every 1024 steps; true ends the execution as `stopped`. Null: nobody stops it.
  const std::atomic<bool>* stop = nullptr;
  // Asked every 128 steps; true ends the execution likewise. Null: there is time enough.
  const std::function<bool()>* time_is_over = nullptr;
  // False: the execution goes on after a hang, as long as anybody can; it is a hang all the same.
  bool hang_ends = true;
  // True: a wait for a condition variable may also end for no reason, once for each wait. Whether it will is drawn when
  // it begins: an execution in which it never does is one of its own, which a search that reorders steps could not tell
  // from one in which it does, only later. That a task could still wake up so is no objection to a hang: nothing
  // promises that it will.
  bool spurious_wakeups = false;
  // True: keeps a history of every task, the hash of all that it was handed. For searches that recognise states; costs
  // time.
  bool tracking = false;
  // Where to record the execution; null: nowhere.
  Recording* recording = nullptr;
  // What to tell of each step; null: nothing.
  TraceHash* trace_hash = nullptr;
};

}  // namespace zoneknot::sim
