// Plays a recorded trace to a LockWatch, which then knows of the run what it would have known had it watched it: one
// checker for live and recorded runs. One thread; for one trace.
#pragma once

#include <cstdint>
#include <vector>

#include "lockcheck/trace/trace_event.h"
#include "lockcheck/trace/trace_owners.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

class TracePlayer final : public TraceSink {
 public:
  // The watch is told of nothing else. What it keeps of places and names refers to the TraceNames.
  explicit TracePlayer(LockWatch& watch) : watch_(watch) {}

  void event(const TraceEvent& event, const TraceNames& names) override;

  // The trace has ended. A task whose last event asks for a lock waits from here on if that is taken: where a trace
  // tells of no waits, or breaks off, nothing else says so. A task that has gone on without it has given up.
  void finish();

 private:
  struct Task {
    core::LockId requested = core::kNoId;
    bool asks = false;  // the request was its last event
    core::LockId requested_share = core::kNoId;
    core::Site requested_at{};
    core::LockId released = core::kNoId;  // for the wait that the task enters next
  };

  void tell_names(const TraceNames& names);
  void play_lock(const TraceEvent& event, const TraceNames& names, core::Site site);
  // What a stranger has given back is its owner's no more when another task takes it.
  void take_from_owner(const TraceEvent& event, core::Site site);
  void finish_readers_and_writers();
  void play_share(const TraceEvent& event, core::Site site);
  void play_condition(const TraceEvent& event, core::Site site);
  void play_semaphore(const TraceEvent& event, core::Site site);
  void play_barrier(const TraceEvent& event, const TraceNames& names, core::Site site);
  void play_destruction(const TraceEvent& event, const TraceNames& names, core::Site site);
  void tell_conditions(const TraceNames& names);
  void begin_wait(const TraceEvent& event, core::Site site);

  LockWatch& watch_;
  TraceOwners owners_;
  std::vector<Task> tasks_;
  std::vector<std::uint32_t> units_;  // by semaphore: those that it has
  // By condition and by barrier: the watch's number for it. To the watch a barrier is a condition that everybody can
  // signal.
  std::vector<core::ConditionId> conditions_, barriers_;
  // How many of each have been told.
  std::uint32_t locks_ = 0;
  std::uint32_t late_ = 0;
  std::uint32_t pools_ = 0;
};

}  // namespace zoneknot::lockcheck
