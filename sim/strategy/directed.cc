#include "sim/strategy/directed.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace zoneknot::sim {

namespace {

void mark(std::vector<bool>& marks, std::uint32_t index) {
  if (index >= marks.size()) marks.resize(index + 1);
  marks[index] = true;
}

bool marked(const std::vector<bool>& marks, std::uint32_t index) { return index < marks.size() && marks[index]; }

}  // namespace

bool Directed::begin() {
  assert(watch_ != nullptr);
  choice_ = RandomChoice(seeds_.next());
  pending_.clear();
  all_wait_ = false;
  return true;
}

std::uint32_t Directed::pick(const Candidates& candidates) {
  if (candidates.starting() > 0) return choice_.one_that_starts(candidates);
  look_who_waits();
  free_.clear();
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    if (!would_leave(candidates.actor(i), candidates.op(i))) free_.push_back(i);
  }
  const auto chosen =
      free_.empty() ? choice_.below(candidates.size()) : free_[choice_.below(static_cast<std::uint32_t>(free_.size()))];
  pending_[candidates.actor(chosen)] = {};
  return chosen;
}

// Once let go, a step may be made at any time.
bool Directed::would_leave(ActorId actor, const Op& op) {
  Pending& pending = pending_[actor];
  if (pending.let_go) return false;
  if (!ends_a_wait(actor, op)) return false;
  pending.let_go = ++pending.held_back > kPatience;
  return !pending.let_go;
}

// The wait is the actor's own, or that of another one that is in position or may come into it.
bool Directed::ends_a_wait(ActorId actor, const Op& op) {
  switch (op.kind) {
    case OpKind::lock:
    case OpKind::lock_shared:
    case OpKind::ask_exclusive:
    case OpKind::lock_exclusive:
      return in_cycle(actor, op) || about_to_wait(actor, op);
    case OpKind::unlock:
    case OpKind::unlock_shared:
    case OpKind::unlock_exclusive:
      return marked(awaited_locks_, op.object);
    case OpKind::complete:
      return wants(core::WaitKind::completion);
    case OpKind::signal:
    case OpKind::broadcast:
    case OpKind::spurious:
      return wants(core::WaitKind::condition);
    case OpKind::release:
      return wants(core::WaitKind::semaphore);
    case OpKind::timeout:
      return wants(op.object_class == ObjectClass::condition   ? core::WaitKind::condition
                   : op.object_class == ObjectClass::semaphore ? core::WaitKind::semaphore
                                                               : core::WaitKind::lock);
    default:
      return false;
  }
}

bool Directed::wants(core::WaitKind what) const {
  return std::any_of(target_.waiting.begin(), target_.waiting.end(),
                     [what](const WaitingTasks& entry) { return entry.what == what; });
}

bool Directed::in_cycle(core::TaskId task, const Op& op) const {
  const core::LockInfo wanted = target_.cycle.empty() ? core::LockInfo{} : watch_->lock_info(op.object);
  return std::any_of(target_.cycle.begin(), target_.cycle.end(), [&](const LockOrder& order) {
    if (!order.wanted.matches(op.object, wanted) || !is_in(op.site, order.function)) return false;
    const std::span<const lockcheck::HeldEntry> held = watch_->held_by(task);
    const std::span<const lockcheck::HeldEntry> shares = watch_->shares_of(task);
    const auto owns = [&](const auto& matches) {
      return std::any_of(held.begin(), held.end(), matches) || std::any_of(shares.begin(), shares.end(), matches);
    };
    if (std::ranges::find(held, op.object, &lockcheck::HeldEntry::lock) != held.end()) return false;
    return owns([&](const lockcheck::HeldEntry& entry) {
      return order.held.matches(entry.lock, watch_->lock_info(entry.lock));
    });
  });
}

bool Directed::about_to_wait(core::TaskId task, const Op& op) {
  if (target_.waiting.empty()) return false;
  if (watch_->wait_of(task) != nullptr) return marked(in_position_, task);
  const std::size_t entry = entry_of(core::WaitKind::lock, op.object, op.site);
  if (entry == target_.waiting.size()) return false;
  for (const lockcheck::HeldEntry& held : watch_->held_by(task)) {
    if (held.lock == op.object) return false;
  }
  ++waiting_[entry];
  return true;
}

void Directed::look_who_waits() {
  if (target_.waiting.empty()) return;
  waiting_.assign(target_.waiting.size(), 0);
  in_position_.clear();
  awaited_locks_.clear();
  for (core::TaskId task = 0; task < watch_->task_count(); ++task) {
    const core::Wait* wait = watch_->wait_of(task);
    if (wait == nullptr) continue;
    const std::size_t entry = entry_of(wait->kind, wait->object, watch_->wait_site(task));
    if (entry == target_.waiting.size()) continue;
    ++waiting_[entry];
    mark(in_position_, task);
    if (wait->kind == core::WaitKind::lock) mark(awaited_locks_, wait->object);
  }
  const auto enough = [](const WaitingTasks& entry, std::uint32_t waiting) { return waiting >= entry.tasks; };
  nearest_ = std::max(nearest_, std::accumulate(waiting_.begin(), waiting_.end(), std::uint32_t{0}));
  all_wait_ = all_wait_ || std::equal(target_.waiting.begin(), target_.waiting.end(), waiting_.begin(), enough);
}

std::size_t Directed::entry_of(core::WaitKind what, core::LockId lock, const core::Site& site) const {
  std::size_t index = 0;
  for (const WaitingTasks& entry : target_.waiting) {
    const bool fits = entry.what == what && waiting_[index] < entry.tasks && is_in(site, entry.function) &&
                      (what != core::WaitKind::lock || entry.lock.matches(lock, watch_->lock_info(lock)));
    if (fits) break;
    ++index;
  }
  return index;
}

void Directed::ended(const Outcome& /*outcome*/) { reached_ += all_wait_ ? 1 : 0; }

StrategyDescription Directed::describe() const {
  StrategyDescription description{.name = "directed", .samples = true};
  if (!target_.waiting.empty()) {
    description.coverage =
        "tasks waited as described in " + std::to_string(reached_) + (reached_ == 1 ? " execution" : " executions");
  }
  return description;
}

}  // namespace zoneknot::sim
