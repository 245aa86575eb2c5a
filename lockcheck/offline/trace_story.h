// The run that a recorded trace shows, or the one that a sound prediction of it ends in, step by step, for pictures.
// Takes the trace in once more, after it was checked. One thread.
#pragma once

#include <cstdint>

#include "lockcheck/offline/predicted_run.h"
#include "lockcheck/offline/trace_check.h"
#include "lockcheck/offline/trace_player.h"
#include "lockcheck/picture/run_story.h"
#include "lockcheck/trace/trace_event.h"
#include "lockcheck/verdict/order_in_verdict.h"
#include "lockcheck/verdict/run_in_verdict.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

class TraceStory final : public TraceSink {
 public:
  // Null: the recorded run. Else it must outlive this.
  explicit TraceStory(const PredictedRun* predicted);

  // Whatever the length of the run, what the predictions were read off is kept. Before the first event.
  void keep(const OrderInVerdict& order);
  // And where that began which has not ended in the run, which was made before.
  void keep_what_lasts(const RunInVerdict& run) { story_.keep_what_lasts(run); }

  void event(const TraceEvent& event, const TraceNames& names) override;
  void line(std::uint64_t number) override { line_ = number; }

  // Once, after the last event.
  [[nodiscard]] RunInVerdict finish(const TraceNames& names);

 private:
  // Plays the events that belong to the run.
  class Played final : public TraceSink {
   public:
    explicit Played(TraceStory& of) : of_(of) {}
    void event(const TraceEvent& event, const TraceNames& names) override;

   private:
    TraceStory& of_;
  };

  void begin_waits(const TraceNames& names);

  const PredictedRun* const predicted_;
  LockWatch watch_{Threads::one, OrderChecks::off};
  RunStory story_;
  TracePlayer player_{watch_};
  Played played_{*this};
  PredictedRun none_;
  PredictedRunTrace chosen_;
  std::uint64_t events_ = 0;
  std::uint64_t line_ = 0;
  std::uint64_t step_ = 0;       // never goes back, though lines of a text may
  std::uint64_t played_at_ = 0;  // the last step that belongs to the run
};

}  // namespace zoneknot::lockcheck
