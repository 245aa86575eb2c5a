#include "lockcheck/offline/predicted_run.h"

namespace zoneknot::lockcheck {

void PredictedRunTrace::event(const TraceEvent& event, const TraceNames& names) {
  facts_.event(event, names);
  // A task without a position for the event goes on with what comes next.
  const std::uint32_t after = facts_.order().length(event.task);
  const bool has_position = has_position_of(event.kind);
  const std::uint32_t position = has_position ? after - 1 : after;
  if (position < length(event.task)) out_.event(event, names);
}

void PredictedRunTrace::finish(const TraceNames& names) {
  // Readers wait for a writer that has asked before them.
  for (const bool share : {false, true}) {
    for (const PredictedRun::Wait& wait : run_.waits) {
      if (is_task_end(wait.wanted) || is_for_readers(wait.wanted) != share) continue;
      out_.event({.kind = share ? TraceEventKind::request_share : TraceEventKind::request,
                  .task = wait.task,
                  .object = lock_of(wait.wanted),
                  .site = wait.site},
                 names);
    }
  }
}

}  // namespace zoneknot::lockcheck
