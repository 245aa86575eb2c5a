// The run that a sound prediction speaks of, as a trace of its own: of the recorded events those that it makes, in
// their order, and then the waits in which it ends. Takes the recorded trace in again and tells another sink; checks
// nothing. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/offline/trace_facts.h"
#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {

class PredictedRunTrace final : public TraceSink {
 public:
  // All of it must outlive this.
  PredictedRunTrace(const PredictedRun& run, TraceSink& out) : run_(run), out_(out) {}

  void event(const TraceEvent& event, const TraceNames& names) override;
  // After the last event: whoever waits for a lock asks for it. A wait for the end of a task is no event; such waits
  // are those of `waits` whose wanted is_task_end().
  void finish(const TraceNames& names);

 private:
  [[nodiscard]] std::uint32_t length(core::TaskId task) const {
    return task < run_.lengths.size() ? run_.lengths[task] : 0;
  }

  const PredictedRun& run_;
  TraceSink& out_;
  TraceFacts facts_;  // for the positions of events
};

}  // namespace zoneknot::lockcheck
