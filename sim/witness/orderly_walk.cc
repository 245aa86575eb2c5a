#include "sim/witness/orderly_walk.h"

#include <algorithm>

namespace zoneknot::sim {

bool OrderlyWalk::begin() {
  preempted_at_.clear();
  for (std::uint64_t i = 0; i < preemptions_; ++i) preempted_at_.push_back(random_.below(step_ + 1));
  step_ = 0;
  return true;
}

std::uint32_t OrderlyWalk::pick(const Candidates& candidates) {
  constexpr std::uint64_t kStepsBetweenCompletions = 4;  // about, while tasks can go on
  const std::uint64_t step = step_++;
  std::uint32_t tasks = 0;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) tasks += is_event(candidates.actor(i)) ? 0 : 1;
  const bool events = tasks < candidates.size();
  if (tasks == 0 || (events && random_.below(kStepsBetweenCompletions) == 0)) return completion(candidates);
  const std::uint32_t last = candidates.last();
  if (last == core::kNoId) return task(candidates, core::kNoId);
  const bool preempted = tasks > 1 && std::ranges::find(preempted_at_, step) != preempted_at_.end();
  return preempted ? task(candidates, last) : last;
}

std::uint32_t OrderlyWalk::draw(std::uint32_t bound) { return static_cast<std::uint32_t>(random_.below(bound)); }

std::uint32_t OrderlyWalk::completion(const Candidates& candidates) {
  std::vector<std::uint32_t> events;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (is_event(candidates.actor(i))) events.push_back(i);
  }
  std::uint32_t oldest = events[random_.below(events.size())];
  for (const std::uint32_t event : events) {
    const ScheduleLog::Flight& flight = log_.flight(candidates.actor(event));
    const ScheduleLog::Flight& best = log_.flight(candidates.actor(oldest));
    if (flight.owner == best.owner && flight.number < best.number) oldest = event;
  }
  return oldest;
}

std::uint32_t OrderlyWalk::task(const Candidates& candidates, std::uint32_t but) {
  std::vector<std::uint32_t> tasks;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (!is_event(candidates.actor(i)) && i != but) tasks.push_back(i);
  }
  return tasks[random_.below(tasks.size())];
}

}  // namespace zoneknot::sim
