// Takes a trace in, event by event, and then says what is wrong with the run that it shows, or could go wrong in
// another one: broken rules and tasks that were stuck at its end, as a LockWatch has it that is told all over again,
// and predicted deadlocks. Needs memory for what a LockWatch and TraceFacts keep, not for the events. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "lockcheck/offline/trace_facts.h"
#include "lockcheck/offline/trace_player.h"
#include "lockcheck/trace/trace_event.h"
#include "lockcheck/verdict/verdict.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

struct TraceCheckOptions {
  bool count_inversions = false;  // an inversion that data keeps apart is a deadlock that is predicted
  // How much of the time for predictions has been used, 1 for all of it. Empty: they end by the work they are.
  std::function<double()> time_used{};
};

// What a predicted run is made of: the first events of each task, and then its waits. By prediction of a verdict.
struct PredictedRun {
  std::vector<std::uint32_t> lengths;  // by task: how many of its events; empty: the prediction is not sound
  struct Wait {
    core::TaskId task = 0;
    OwnableId wanted = 0;
    std::uint32_t site = 0;
  };
  std::vector<Wait> waits;
};

class TraceCheck final : public TraceSink {
 public:
  // The trace must be one in which no lock has two owners: the readers see to that. `names` is the same object each
  // time, and stays until conclude().
  void event(const TraceEvent& event, const TraceNames& names) override {
    player_.event(event, names);
    facts_.event(event, names);
  }
  void line(std::uint64_t number) override { facts_.line(number); }

  // Fills word, tasks, rules, predictions and assumptions. Once, after the last event.
  void conclude(const TraceNames& names, Verdict& verdict, const TraceCheckOptions& options = {});
  // By prediction of the verdict that conclude() has filled.
  [[nodiscard]] const std::vector<PredictedRun>& runs() const { return runs_; }

  // The parts of that which tests look at.
  [[nodiscard]] const LockDependencies& dependencies() const { return facts_.dependencies(); }
  [[nodiscard]] std::uint64_t events() const { return facts_.events(); }

 private:
  // Predictions of a recorded run are made from its facts, which say more than an order checker remembers.
  LockWatch watch_{Threads::one, OrderChecks::off};
  TracePlayer player_{watch_};
  TraceFacts facts_;
  std::vector<PredictedRun> runs_;
};

}  // namespace zoneknot::lockcheck
