#include "lockcheck/offline/trace_player.h"

#include <algorithm>
#include <utility>

namespace zoneknot::lockcheck {
namespace {

// A file may say of any lock that it is a zone's; one with a key that no zone has is ordered by it like other locks.
core::LockRole role_of(const TraceLock& lock) {
  const bool no_zone = lock.role == core::LockRole::zone && lock.order_key && *lock.order_key >= UINT32_MAX;
  return no_zone ? core::LockRole::none : lock.role;
}

}  // namespace

using core::kNoId;

void TracePlayer::tell_names(const TraceNames& names) {
  while (tasks_.size() < names.tasks.size()) {
    const auto task = static_cast<core::TaskId>(tasks_.size());
    tasks_.emplace_back();
    watch_.task_started(task, names.tasks[task]);
  }
  const auto tell_lock = [&](core::LockId id) {
    const TraceLock& lock = names.locks[id];
    watch_.lock_created(id, {.lock_class = lock.lock_class,
                             .kind = lock.kind,
                             .group = lock.group,
                             .order_key = lock.order_key,
                             .role = role_of(lock),
                             .name = lock.name,
                             .readers = lock.readers});
  };
  for (; locks_ < names.locks.size(); ++locks_) tell_lock(locks_);
  for (; late_ < names.late.size(); ++late_) {
    const TraceLateName& late = names.late[late_];
    late.of == TraceLateName::Of::lock ? tell_lock(late.id) : watch_.task_started(late.id, names.tasks[late.id]);
  }
  tell_conditions(names);
  while (units_.size() < names.semaphores.size()) {
    const auto semaphore = static_cast<core::SemaphoreId>(units_.size());
    units_.push_back(names.semaphores[semaphore].count);
    watch_.semaphore_created(semaphore, names.semaphores[semaphore].name, units_.back());
  }
  for (; pools_ < names.pools.size(); ++pools_) watch_.pool_declared(names.pools[pools_]);
}

void TracePlayer::tell_conditions(const TraceNames& names) {
  const auto tell = [this](std::vector<core::ConditionId>& numbers, const std::string& name) {
    numbers.push_back(static_cast<core::ConditionId>(conditions_.size() + barriers_.size()));
    watch_.condition_created(numbers.back(), name);
  };
  while (conditions_.size() < names.conditions.size()) tell(conditions_, names.conditions[conditions_.size()]);
  while (barriers_.size() < names.barriers.size()) tell(barriers_, names.barriers[barriers_.size()].name);
}

void TracePlayer::event(const TraceEvent& event, const TraceNames& names) {
  tell_names(names);
  const core::Site site = shape_of(event.kind).has_site ? core::Site(names.sites[event.site]) : core::Site();
  if (event.kind != TraceEventKind::wait && event.kind != TraceEventKind::wait_end) {
    tasks_[event.task].asks = event.kind == TraceEventKind::request || event.kind == TraceEventKind::request_share;
  }
  switch (event.kind) {
    case TraceEventKind::request:
    case TraceEventKind::acquire:
    case TraceEventKind::release:
    case TraceEventKind::refuse:
    case TraceEventKind::drop:
      return play_lock(event, names, site);
    case TraceEventKind::request_share:
    case TraceEventKind::acquire_share:
    case TraceEventKind::release_share:
      return play_share(event, site);
    case TraceEventKind::fork:
      return watch_.task_forked(event.task, event.object, site);
    case TraceEventKind::join:
      return watch_.task_joined(event.task, event.object, site);
    case TraceEventKind::end:
      return watch_.task_ended(event.task, site);
    case TraceEventKind::enter:
    case TraceEventKind::signal:
    case TraceEventKind::broadcast:
    case TraceEventKind::wake:
      return play_condition(event, site);
    case TraceEventKind::request_unit:
    case TraceEventKind::take_unit:
    case TraceEventKind::refuse_unit:
    case TraceEventKind::add_units:
      return play_semaphore(event, site);
    case TraceEventKind::wait:
      return begin_wait(event, site);
    case TraceEventKind::wait_end:
      return watch_.wait_ended(event.task);
    case TraceEventKind::assertion:
      return watch_.assertion_failed(event.task, names.texts[event.object], site);
    case TraceEventKind::arrive:
    case TraceEventKind::pass:
      return play_barrier(event, names, site);
    case TraceEventKind::destroy:
      return play_destruction(event, names, site);
    case TraceEventKind::woke:  // the end of the wait is told by itself
    case TraceEventKind::read:
    case TraceEventKind::write:
      return;  // a LockWatch makes nothing of data
  }
}

void TracePlayer::take_from_owner(const TraceEvent& event, core::Site site) {
  const core::TaskId owner = owners_.owner(event.object);
  if (owner == kNoId || owner == event.task || !owners_.is_given_back(event.object)) return;
  for (std::uint32_t depth = owners_.depth(event.object); depth > 0; --depth) {
    watch_.lock_released(owner, event.object, site);
  }
}

void TracePlayer::play_lock(const TraceEvent& event, const TraceNames& names, core::Site site) {
  Task& self = tasks_[event.task];
  if (event.kind == TraceEventKind::acquire) take_from_owner(event, site);
  owners_.take(event, names);
  switch (event.kind) {
    case TraceEventKind::request:
      self.requested = event.object;
      self.requested_at = site;
      return watch_.lock_requested(event.task, event.object, site);
    case TraceEventKind::acquire:
      self.requested = kNoId;
      return watch_.lock_acquired(event.task, event.object, site);
    case TraceEventKind::release:
      watch_.lock_released(event.task, event.object, site);
      return;
    case TraceEventKind::refuse:
      if (self.requested == event.object) self.requested = kNoId;
      return watch_.lock_refused(event.task, event.object, site);
    default:
      return watch_.hold_dropped(event.task, event.object, site);
  }
}

void TracePlayer::play_share(const TraceEvent& event, core::Site site) {
  Task& self = tasks_[event.task];
  const bool asks = event.kind == TraceEventKind::request_share;
  self.requested_share = asks ? event.object : kNoId;
  if (asks) {
    self.requested_at = site;
    watch_.shared_requested(event.task, event.object, site);
  } else if (event.kind == TraceEventKind::acquire_share) {
    watch_.shared_acquired(event.task, event.object, site);
  } else {
    watch_.shared_released(event.task, event.object, site);
  }
}

void TracePlayer::play_condition(const TraceEvent& event, core::Site site) {
  switch (event.kind) {
    case TraceEventKind::enter:
      tasks_[event.task].released = event.other;
      return watch_.condition_entered(event.task, conditions_[event.object], event.other, site);
    case TraceEventKind::wake:
      return watch_.condition_woke(event.task, event.object, conditions_[event.other]);
    default:
      return watch_.condition_signalled(event.task, conditions_[event.object], event.kind == TraceEventKind::broadcast,
                                        site);
  }
}

void TracePlayer::play_semaphore(const TraceEvent& event, core::Site site) {
  std::uint32_t& units = units_[event.object];
  switch (event.kind) {
    case TraceEventKind::request_unit:
      return watch_.semaphore_requested(event.task, event.object, site);
    case TraceEventKind::take_unit:
      units -= std::min(units, 1U);
      watch_.semaphore_changed(event.object, units);
      return watch_.semaphore_acquired(event.task, event.object, site);
    case TraceEventKind::refuse_unit:
      return watch_.semaphore_refused(event.task, event.object, site);
    default:
      units += std::min(event.other, UINT32_MAX - units);
      watch_.semaphore_changed(event.object, units);
      return watch_.semaphore_released(event.task, event.object, event.other, site);
  }
}

void TracePlayer::play_barrier(const TraceEvent& event, const TraceNames& names, core::Site site) {
  if (event.kind == TraceEventKind::pass) return watch_.wait_ended(event.task);
  watch_.wait_began(event.task,
                    {.kind = core::WaitKind::condition,
                     .object = barriers_[event.object],
                     .timed = names.barriers[event.object].shared},
                    site);
}

// The owner has it no more.
void TracePlayer::play_destruction(const TraceEvent& event, const TraceNames& names, core::Site site) {
  if (event.other != static_cast<std::uint32_t>(TraceDestroyed::lock)) return;
  const core::TaskId owner = owners_.owner(event.object);
  for (std::uint32_t depth = owners_.depth(event.object); depth > 0; --depth) {
    watch_.lock_released(owner, event.object, site);
  }
  owners_.take(event, names);
}

void TracePlayer::begin_wait(const TraceEvent& event, core::Site site) {
  const auto wait = unpack_wait(event.other);
  const core::LockId entered = std::exchange(tasks_[event.task].released, kNoId);
  const bool condition = wait->kind == core::WaitKind::condition && event.object != kNoId;
  watch_.wait_began(event.task,
                    {.kind = wait->kind,
                     .object = condition ? conditions_[event.object] : event.object,
                     .can_end = wait->can_end,
                     .timed = wait->timed,
                     .released = wait->kind == core::WaitKind::condition ? entered : kNoId,
                     .shared = wait->shared},
                    site);
}

void TracePlayer::finish() {
  const WaitState state = watch_.wait_state();
  for (core::TaskId task = 0; task < tasks_.size(); ++task) {
    const Task& self = tasks_[task];
    if (!self.asks || self.requested == kNoId || state.tasks[task].state != TaskState::running) continue;
    const core::TaskId owner = state.lock_owner[self.requested];
    const bool its_own = owner == task && watch_.lock_info(self.requested).kind == core::LockKind::recursive;
    if (owner == kNoId || its_own || owners_.is_given_back(self.requested)) continue;
    watch_.wait_began(task, {.kind = core::WaitKind::lock, .object = self.requested}, self.requested_at);
  }
  if (!state.shares.empty()) finish_readers_and_writers();
}

// Readers may have to wait for writers that wait for other readers.
void TracePlayer::finish_readers_and_writers() {
  const auto begin_wait = [this](core::TaskId task, core::LockId lock, bool shared) {
    watch_.wait_began(task, {.kind = core::WaitKind::lock, .object = lock, .shared = shared},
                      tasks_[task].requested_at);
  };
  const auto is_other = [](core::TaskId task) { return [task](core::TaskId other) { return other != task; }; };
  WaitState state = watch_.wait_state();
  for (core::TaskId task = 0; task < tasks_.size(); ++task) {
    const core::LockId lock = tasks_[task].requested;
    if (lock == kNoId || !tasks_[task].asks || state.tasks[task].state != TaskState::running) continue;
    if (std::ranges::any_of(state.shares[lock].readers, is_other(task))) begin_wait(task, lock, false);
  }
  state = watch_.wait_state();
  for (core::TaskId task = 0; task < tasks_.size(); ++task) {
    const core::LockId lock = tasks_[task].requested_share;
    if (lock == kNoId || !tasks_[task].asks || state.tasks[task].state != TaskState::running) continue;
    const bool owned = state.lock_owner[lock] != kNoId && state.lock_owner[lock] != task;
    const auto comes_first = [lock](const TaskWait& other) {
      return other.state == TaskState::waiting && other.wait.kind == core::WaitKind::lock &&
             other.wait.object == lock && !other.wait.shared;
    };
    const bool writer = state.shares[lock].writers_first && std::ranges::any_of(state.tasks, comes_first);
    if (owned || writer) begin_wait(task, lock, true);
  }
}

}  // namespace zoneknot::lockcheck
