#include "lockcheck/offline/trace_story.h"

#include <algorithm>

namespace zoneknot::lockcheck {

TraceStory::TraceStory(const PredictedRun* predicted)
    : predicted_(predicted), chosen_(predicted == nullptr ? none_ : *predicted, played_) {
  watch_.add_listener(story_);
}

void TraceStory::keep(const OrderInVerdict& order) {
  constexpr std::uint64_t kAround = 20;
  constexpr std::size_t kMostPredictions = 16;
  const auto keep_around = [&](std::uint64_t at) {
    if (at > 0) story_.keep(at - std::min(at, kAround), at + kAround);
  };
  for (std::size_t i = 0; i < std::min(order.predictions.size(), kMostPredictions); ++i) {
    for (const LinkSeen& seen : order.predictions[i].seen) {
      keep_around(seen.owned_at);
      keep_around(seen.asked_at);
    }
  }
}

void TraceStory::event(const TraceEvent& event, const TraceNames& names) {
  ++events_;
  step_ = std::max(step_, line_ > 0 ? line_ : events_);
  predicted_ == nullptr ? played_.event(event, names) : chosen_.event(event, names);
}

void TraceStory::Played::event(const TraceEvent& event, const TraceNames& names) {
  of_.played_at_ = of_.step_;
  of_.story_.set_step(of_.step_);
  of_.player_.event(event, names);
}

// A wait for the end of a task is no event of a predicted run.
void TraceStory::begin_waits(const TraceNames& names) {
  chosen_.finish(names);
  for (const PredictedRun::Wait& wait : predicted_->waits) {
    if (!is_task_end(wait.wanted)) continue;
    played_.event({.kind = TraceEventKind::wait,
                   .task = wait.task,
                   .object = task_that_ends(wait.wanted),
                   .other = pack({.kind = core::WaitKind::join}),
                   .site = wait.site},
                  names);
  }
}

RunInVerdict TraceStory::finish(const TraceNames& names) {
  step_ = played_at_ + 1;
  story_.set_step(step_);
  if (predicted_ != nullptr) begin_waits(names);
  player_.finish();
  RunInVerdict run = story_.story();
  run.steps_are = line_ > 0 ? StepsAre::lines_of_trace : StepsAre::events_of_trace;
  run.shown = predicted_ == nullptr ? RunShown::itself : RunShown::predicted;
  return run;
}

}  // namespace zoneknot::lockcheck
