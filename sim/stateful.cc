#include "sim/stateful.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "core/random.h"
#include "sim/explored_share.h"

namespace zoneknot::sim {

namespace {

// Bits for so many alternatives; of more than 64 nobody asks.
std::uint64_t all_of(std::uint32_t alternatives) {
  return alternatives < 64 ? (std::uint64_t{1} << alternatives) - 1 : UINT64_MAX;
}

// The same in whatever order the candidates come.
std::uint64_t hash_of(const Candidates& candidates) {
  std::uint64_t sum = candidates.size();
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    const Op& op = candidates.op(i);
    const std::uint64_t place = static_cast<std::uint64_t>(op.kind) << 32U | op.site.line();
    sum += core::SplitMix64::mix(name_of(candidates.actor(i), op) ^
                                 core::SplitMix64::mix(place + (std::uint64_t{op.object} << 16U)));
  }
  return sum;
}

}  // namespace

Stateful::Stateful(Simulation& simulation, const StatefulOptions& options)
    : simulation_(simulation), options_(options), states_(options.max_bytes), persistent_(simulation) {}

bool Stateful::begin() {
  depth_ = 0;
  if (!started_) return started_ = true;
  if (simulation_.clock_read() && !time_counts_) anew_ = time_counts_ = true;
  if (anew_) {
    start_anew();
    return true;
  }
  if (out_of_memory_ || keys_collide_) return false;
  while (!path_.empty() && !livelock_ && !advance(path_.back())) leave_last();
  if (path_.empty() || livelock_) return false;
  ++transitions_;
  return true;
}

void Stateful::start_anew() {
  path_.clear();
  states_.clear();
  cycles_.clear();
  persistent_.begin_anew();
  candidates_of_.clear();
  transitions_ = 0;
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
  for (const Choice& earlier : path_) livelock_->way.push_back(earlier.chosen);
}

std::uint32_t Stateful::pick(const Candidates& candidates) {
  if (!repeating()) return discover(candidates);
  Choice& choice = path_[depth_++];
  if (choice.draw || choice.all != candidates.size()) return kDiverged;
  if (!repeating()) note_step(choice, candidates);
  return choice.chosen;
}

std::uint32_t Stateful::draw(std::uint32_t bound) {
  if (!repeating()) path_.push_back({.all = bound, .left = all_of(bound), .done = 1, .draw = true});
  const Choice& choice = path_[depth_++];
  return choice.draw && choice.all == bound ? choice.chosen : kDiverged;
}

std::uint32_t Stateful::discover(const Candidates& candidates) {
  anew_ = !persistent_.look_at(candidates);
  if (anew_) return kPrune;
  const StateHash key = simulation_.state_key(time_counts_);
  if (options_.check_keys && !same_candidates(key, candidates)) keys_collide_ = true;
  switch (states_.add(key)) {
    case StateSet::Added::known:
      if (cycles_.come_back(key, last_state(), last_step())) widen_last_step();
      return kPrune;
    case StateSet::Added::no_room:
      out_of_memory_ = true;
      return kPrune;
    case StateSet::Added::fresh:
      break;
  }
  Choice choice{.all = candidates.size(), .left = persistent_.enough(candidates)};
  if (choice.left != 0) advance(choice);
  choice.state = cycles_.enter(key, candidates, last_state(), last_step());
  note_step(choice, candidates);
  path_.push_back(choice);
  ++transitions_;
  deepest_ = std::max<std::uint64_t>(deepest_, ++depth_);
  return choice.chosen;
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

void Stateful::note_step(Choice& choice, const Candidates& candidates) {
  const Op& op = candidates.op(choice.chosen);
  choice.actor = name_of(candidates.actor(choice.chosen), op);
  choice.progress = is_progress(op);
}

bool Stateful::same_candidates(const StateHash& key, const Candidates& candidates) {
  const std::uint64_t hash = hash_of(candidates);
  return candidates_of_.emplace(key.high, hash).first->second == hash;
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

std::uint32_t Stateful::last_state() const {
  const auto choice = std::find_if(path_.rbegin(), path_.rend(), [](const Choice& other) { return !other.draw; });
  return choice == path_.rend() ? core::kNoId : choice->state;
}

std::string Stateful::coverage() const {
  if (path_.empty()) return {};
  return fmt::format("{} states, {} choices open, {}", states(), frontier(), explored_text(explored()));
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

}  // namespace zoneknot::sim
