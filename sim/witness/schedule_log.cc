#include "sim/witness/schedule_log.h"

#include <utility>

namespace zoneknot::sim {
namespace {

template <class T>
T& grown(std::vector<T>& list, std::size_t index) {
  if (index >= list.size()) list.resize(index + 1);
  return list[index];
}

}  // namespace

// --- ScheduleLog ---

void ScheduleLog::begin() {
  plan_ = {};
  size_ = {};
  steps_.clear();
  launched_.clear();
  flights_.clear();
  looks_ = 0;
  launches_ = 0;
  running_ = 0;
}

// An event that was not there at the last look is a new one, even if its number was another's before.
void ScheduleLog::look(const Candidates& candidates) {
  ++looks_;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const ActorId actor = candidates.actor(i);
    if (!is_event(actor)) continue;
    Flight& flight = grown(flights_, actor & ~kEventBit);
    if (looks_ == 1 || flight.seen_at != looks_ - 1) {
      const Op& op = candidates.op(i);
      flight.owner = op.object_class == ObjectClass::completions ? op.object : 0;
      flight.number = grown(launched_, flight.owner)++;
      flight.order = launches_++;
    }
    flight.seen_at = looks_;
  }
}

bool ScheduleLog::overtakes(const Candidates& candidates, const Flight& flight) const {
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (!is_event(candidates.actor(i))) continue;
    const Flight& other = this->flight(candidates.actor(i));
    if (other.owner == flight.owner && other.number < flight.number) return true;
  }
  return false;
}

void ScheduleLog::chose(const Candidates& candidates, std::uint32_t index) {
  const ActorId actor = candidates.actor(index);
  ++size_.steps;
  if (candidates.size() > 1 && index != candidates.steady()) ++size_.deviations;
  if (is_event(actor)) {
    Flight& flight = flights_[actor & ~kEventBit];
    if (overtakes(candidates, flight)) ++size_.reordered;
    plan_.turns.push_back({.task = flight.owner, .until = flight.number, .completion = true});
    flight.seen_at = 0;
    return;
  }
  if (candidates.op(index).kind == OpKind::submit) ++size_.ios;
  const std::uint32_t steps = ++grown(steps_, actor);
  if (size_.steps > 1 && actor != running_) {
    ++size_.switches;
    if (candidates.last() != core::kNoId) ++size_.preemptions;
  }
  running_ = actor;
  if (plan_.turns.empty() || plan_.turns.back().completion || plan_.turns.back().task != actor) {
    plan_.turns.push_back({.task = actor});
  }
  plan_.turns.back().until = steps;
}

void ScheduleLog::drew(std::uint32_t value) {
  if (value != 0) ++size_.deviations;
  grown(plan_.draws, running_).push_back(value);
}

// --- Logged ---

bool Logged::begin() {
  log_.begin();
  return inner().begin();
}

std::uint32_t Logged::pick(const Candidates& candidates) {
  log_.look(candidates);
  const std::uint32_t answer = inner_pick(candidates);
  if (answer < candidates.size()) log_.chose(candidates, answer);
  return answer;
}

std::uint32_t Logged::draw(std::uint32_t bound) { return drew(inner().draw(bound)); }
std::uint32_t Logged::chance(double p) { return drew(inner().chance(p)); }

std::uint32_t Logged::drew(std::uint32_t value) {
  if (value <= kMaxAlternatives) log_.drew(value);
  return value;
}

// --- FollowPlan ---

bool FollowPlan::begin() { return !std::exchange(done_, true); }

std::uint32_t FollowPlan::pick(const Candidates& candidates) {
  for (; turn_ < plan_.turns.size(); ++turn_) {
    const Turn& turn = plan_.turns[turn_];
    const auto answer = by_turn(candidates, turn);
    if (!answer) continue;
    if (turn.completion) ++turn_;
    return *answer;
  }
  return steady(candidates);
}

std::optional<std::uint32_t> FollowPlan::by_turn(const Candidates& candidates, const Turn& turn) const {
  if (!turn.completion && log_.steps_of(turn.task) >= turn.until) return std::nullopt;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const ActorId actor = candidates.actor(i);
    if (!turn.completion && actor == turn.task) return i;
    if (!turn.completion || !is_event(actor)) continue;
    const ScheduleLog::Flight& flight = log_.flight(actor);
    if (flight.owner == turn.task && flight.number == turn.until) return i;
  }
  return turn.completion ? std::nullopt : oldest(candidates, turn.task);
}

std::optional<std::uint32_t> FollowPlan::oldest(const Candidates& candidates, std::optional<core::TaskId> task) const {
  std::optional<std::uint32_t> found;
  std::uint64_t order = UINT64_MAX;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (!is_event(candidates.actor(i))) continue;
    const ScheduleLog::Flight& flight = log_.flight(candidates.actor(i));
    if ((task && flight.owner != *task) || flight.order >= order) continue;
    order = flight.order;
    found = i;
  }
  return found;
}

std::uint32_t FollowPlan::steady(const Candidates& candidates) const {
  if (candidates.last() != core::kNoId) return candidates.last();
  std::optional<std::uint32_t> first;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (is_event(candidates.actor(i))) continue;
    if (!first || candidates.actor(i) < candidates.actor(*first)) first = i;
  }
  if (first) return *first;
  return *oldest(candidates, std::nullopt);
}

std::uint32_t FollowPlan::draw(std::uint32_t bound) {
  const core::TaskId task = log_.running();
  const std::uint32_t number = log_.draws_of(task);
  if (task >= plan_.draws.size() || number >= plan_.draws[task].size()) return 0;
  return plan_.draws[task][number] < bound ? plan_.draws[task][number] : 0;
}

}  // namespace zoneknot::sim
