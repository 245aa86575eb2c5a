// Takes a trace in, event by event, and then says what is wrong with the run that it shows, or could go wrong in
// another one: broken rules and tasks that were stuck at its end, as a LockWatch has it that is told all over again,
// and predicted deadlocks. Needs memory for what a LockWatch and TraceFacts keep, not for the events. One thread.
#pragma once

#include <cstdint>

#include "lockcheck/offline/trace_facts.h"
#include "lockcheck/offline/trace_player.h"
#include "lockcheck/trace/trace_event.h"
#include "lockcheck/verdict/verdict.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

class TraceCheck final : public TraceSink {
 public:
  // The trace must be one in which no lock has two owners: the readers see to that. `names` is the same object each
  // time, and stays until conclude().
  void event(const TraceEvent& event, const TraceNames& names) override {
    ++events_;
    player_.event(event, names);
    facts_.event(event, names);
  }

  // Fills word, tasks, rules, predictions and assumptions. Once, after the last event.
  void conclude(const TraceNames& names, Verdict& verdict);

  // The parts of that which tests look at.
  [[nodiscard]] const LockDependencies& dependencies() const { return facts_.dependencies(); }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  // Predictions of a recorded run are made from its facts, which say more than an order checker remembers.
  LockWatch watch_{Threads::one, OrderChecks::off};
  TracePlayer player_{watch_};
  TraceFacts facts_;
  std::uint64_t events_ = 0;
};

}  // namespace zoneknot::lockcheck
