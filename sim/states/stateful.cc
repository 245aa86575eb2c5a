#include "sim/states/stateful.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "sim/strategy/explored_share.h"

namespace zoneknot::sim {

namespace {

// Shares of the memory there may be: one part in so many for the steps that are known, and for the states on the path.
constexpr std::uint64_t kShareOfSteps = 8;
constexpr std::uint64_t kShareOfPath = 8;
constexpr std::uint64_t kLeastForPath = std::uint64_t{1} << 20U;

// Bits for so many alternatives; of more than 64 nobody asks.
std::uint64_t all_of(std::uint32_t alternatives) {
  return alternatives < 64 ? (std::uint64_t{1} << alternatives) - 1 : UINT64_MAX;
}

}  // namespace

Stateful::Stateful(Simulation& simulation, const StatefulOptions& options, std::uint64_t max_steps)
    : simulation_(simulation),
      options_(options),
      max_steps_(max_steps),
      states_(options.max_bytes - options.max_bytes / kShareOfSteps - options.max_bytes / kShareOfPath),
      memo_(options.max_bytes / kShareOfSteps) {}

bool Stateful::begin() {
  constexpr int kStepsInOneGo = 1 << 14;  // so that the search can look at its limits
  depth_ = 0;
  recording_ = false;
  if (!started_) return started_ = true;
  if (simulation_.clock_read() && !time_counts_) anew_ = time_counts_ = true;
  bool entered = false;
  for (int i = 0; i < kStepsInOneGo; ++i) {
    if (anew_) {
      start_anew();
      return true;
    }
    if (out_of_memory_ || keys_collide_) return false;
    if (!entered) {
      while (!path_.empty() && !livelock_ && !advance(path_.back())) leave_last();
      if (path_.empty() || livelock_) return false;
      if (!path_.back().draw) {
        before_[path_.size() - 1].steps(steps_);
        name_actor(path_.back());
      }
      ++transitions_;
    }
    const std::optional<Entered> made = make_last_step();
    if (!made) return true;
    ++remembered_;
    entered = *made == Entered::fresh;
  }
  return true;
}

void Stateful::start_anew() {
  path_.clear();
  states_.clear();
  cycles_.clear();
  persistent_.begin_anew();
  candidates_of_.clear();
  transitions_ = 0;
  remembered_ = 0;
  deepest_ = 0;
  anew_ = false;
}

void Stateful::leave_last() {
  const Choice choice = path_.back();
  path_.pop_back();
  if (choice.draw) return;
  cycles_.leave(choice.state, last_state());
  if (!cycles_.livelock() || livelock_) return;
  livelock_.emplace().cycle = *cycles_.livelock();
  for (const Choice& earlier : path_) livelock_->way.push_back({earlier.actor, earlier.draw, earlier.chosen});
}

// --- Steps that the program makes ---

std::uint32_t Stateful::pick(const Candidates& candidates) {
  if (!repeating()) {
    simulation_.take_state(time_counts_, state_);
    learn_last_step();
    if (enter() != Entered::fresh) return kPrune;
    ++depth_;
    assert(steps_.size() == candidates.size());
  } else {
    const Choice& choice = path_[depth_];
    if (choice.draw || choice.all != candidates.size()) return kDiverged;
    if (options_.check_keys && simulation_.state_key(time_counts_) != before_[depth_].key(key_room_)) {
      keys_collide_ = true;
      return kPrune;
    }
    ++depth_;
  }
  note_next_step(depth_ - 1);
  return find_actor(simulation_, candidates, path_[depth_ - 1].actor);
}

std::uint32_t Stateful::draw(std::uint32_t bound) {
  if (!repeating()) add_draw(bound);
  const Choice& choice = path_[depth_++];
  return choice.draw && choice.all == bound ? choice.chosen : kDiverged;
}

void Stateful::add_draw(std::uint32_t bound) {
  path_.push_back({.all = bound, .left = all_of(bound), .done = 1, .draw = true});
}

// What the last step on the path does is worth being known.
void Stateful::note_next_step(std::size_t at) {
  recording_ = options_.remember_steps && !time_counts_ && at == last_step_at();
  if (recording_) footprint_.clear();
  simulation_.note_step_in(recording_ ? &footprint_ : nullptr);
}

// It has led to `state_`.
void Stateful::learn_last_step() {
  if (!std::exchange(recording_, false)) return;
  const std::size_t at = last_step_at();
  const ProgramState& before = before_[at];
  if (!before.timing.empty() || !before.names_differ() || !state_.names_differ()) return;
  memo_.learn(before, path_[at].actor, footprint_, state_);
}

void Stateful::ended(const Outcome& outcome) {
  bare_checkpoints_ = bare_checkpoints_ || outcome.bare_checkpoints;
  if (!recording_ || outcome.kind != OutcomeKind::finished) return;
  simulation_.take_state(time_counts_, state_);
  learn_last_step();
}

// --- Memoised steps ---

std::optional<Stateful::Entered> Stateful::make_last_step() {
  const std::size_t at = last_step_at();
  const ProgramState& before = before_[at];
  if (time_counts_ || path_.size() >= max_steps_ || !before.timing.empty()) return std::nullopt;
  const StepActor actor = path_[at].actor;
  state_ = before;
  // Whatever draw is not on the path yet takes its first alternative.
  const auto draw = [this, next = at + 1](std::uint32_t bound) mutable {
    if (next == path_.size()) add_draw(bound);
    return path_[next++].chosen;
  };
  if (!memo_.make(actor, draw, state_)) return std::nullopt;
  if (state_.all_ended()) return Entered::not_at_all;
  if (actor.task != core::kNoId && may_be_a_hang(actor.task)) return std::nullopt;
  return enter();
}

// A state that is known is none: the execution that hangs ends before it is entered.
bool Stateful::may_be_a_hang(core::TaskId moved) const {
  if (state_.ready(moved)) return false;
  if (state_.tasks[moved].ended) {
    for (core::LockId lock = 0; lock < state_.locks.size(); ++lock) {
      if (state_.owner(lock) == moved) return true;
    }
    return false;
  }
  return !surely_goes_on(state_, moved);
}

// --- States ---

Stateful::Entered Stateful::enter() {
  state_.steps(steps_);
  if (!persistent_.look_at(state_, steps_)) {
    anew_ = true;  // to stay so until the search does begin anew, whatever other states are entered before
    return Entered::not_at_all;
  }
  if (path_.size() * state_.bytes() > std::max(options_.max_bytes / kShareOfPath, kLeastForPath)) {
    out_of_memory_ = true;
    return Entered::not_at_all;
  }
  const StateHash key = state_.key(key_room_);
  if (options_.check_keys && !same_candidates(key)) keys_collide_ = true;
  switch (states_.add(key)) {
    case StateSet::Added::known:
      if (cycles_.come_back(key, last_state(), last_step())) widen_last_step();
      return Entered::known;
    case StateSet::Added::no_room:
      out_of_memory_ = true;
      return Entered::not_at_all;
    case StateSet::Added::fresh:
      break;
  }
  Choice choice{.all = static_cast<std::uint32_t>(steps_.size()), .left = persistent_.enough(state_, steps_)};
  if (choice.left != 0) advance(choice);
  name_actor(choice);
  choice.state = cycles_.enter(key, steps_, last_state(), last_step());
  path_.push_back(choice);
  if (before_.size() < path_.size()) before_.resize(path_.size());
  std::swap(before_[path_.size() - 1], state_);
  ++transitions_;
  deepest_ = std::max<std::uint64_t>(deepest_, path_.size());
  return Entered::fresh;
}

bool Stateful::advance(Choice& choice) {
  if (choice.all > PersistentSteps::kMaxCandidates) return ++choice.chosen < choice.all;
  const std::uint64_t left = choice.left & ~choice.done;
  if (left == 0) return false;
  choice.chosen = static_cast<std::uint32_t>(std::countr_zero(left));
  choice.done |= std::uint64_t{1} << choice.chosen;
  return true;
}

// The step before this one has led back: what else can be done there has to be explored as well.
void Stateful::widen_last_step() {
  const auto choice = std::find_if(path_.rbegin(), path_.rend(), [](const Choice& other) { return !other.draw; });
  if (choice != path_.rend()) choice->left = all_of(choice->all);
}

void Stateful::name_actor(Choice& choice) const {
  assert(choice.chosen < steps_.size());  // a state in which nobody goes on is not entered: see may_be_a_hang()
  const StateStep& step = steps_[choice.chosen];
  choice.actor = step.actor;
  choice.progress = is_progress(step.op);
}

bool Stateful::same_candidates(const StateHash& key) {
  StateHash hash;
  for (const StateStep& step : steps_) {
    hash.add(name_of(step.actor));
    hash.add(static_cast<std::uint64_t>(step.op.kind) << 32U | step.op.site.line());
    hash.add(step.op.object);
  }
  return candidates_of_.emplace(key.high, hash.low).first->second == hash.low;
}

StepLabel Stateful::last_step() const {
  StepLabel step;
  auto choice = path_.rbegin();
  for (; choice != path_.rend() && choice->draw; ++choice) step.draws.push_back(choice->chosen);
  std::reverse(step.draws.begin(), step.draws.end());
  if (choice == path_.rend()) return step;
  step.actor = choice->actor;
  step.progress = choice->progress;
  return step;
}

std::size_t Stateful::last_step_at() const {
  std::size_t at = path_.size() - 1;
  while (path_[at].draw) --at;
  return at;
}

std::uint32_t Stateful::last_state() const { return path_.empty() ? core::kNoId : path_[last_step_at()].state; }

StrategyDescription Stateful::describe() const {
  StrategyDescription description{.name = kName};
  if (!path_.empty()) {
    description.coverage =
        fmt::format("{} states, {} choices open, {}", states(), frontier(), explored_text(explored()));
  }
  return description;
}

double Stateful::explored() const {
  double share = 0;
  double weight = 1;
  for (const Choice& choice : path_) {
    const bool counted = choice.all <= PersistentSteps::kMaxCandidates;
    const double all = counted ? std::popcount(choice.left) : choice.all;
    const double before = counted ? std::popcount(choice.done) - 1 : choice.chosen;
    share += weight * before / all;
    weight /= all;
  }
  return share;
}

std::uint64_t Stateful::frontier() const {
  std::uint64_t sum = 0;
  for (const Choice& choice : path_) {
    const bool counted = choice.all <= PersistentSteps::kMaxCandidates;
    sum += counted ? static_cast<unsigned>(std::popcount(choice.left & ~choice.done)) : choice.all - choice.chosen - 1;
  }
  return sum;
}

std::uint32_t find_actor(const Simulation& simulation, const Candidates& candidates, const StepActor& actor) {
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (simulation.step_actor(candidates.actor(i)) == actor) return i;
  }
  return kDiverged;
}

}  // namespace zoneknot::sim
