#include "lockcheck/offline/trace_check.h"

#include <algorithm>
#include <utility>

namespace zoneknot::lockcheck {

using Kind = TraceEventKind;
using core::kNoId;

void TraceCheck::event(const TraceEvent& event, const TraceNames& names) {
  ++events_;
  task(event.task);
  if (event.kind != Kind::wait && event.kind != Kind::wait_end) go_on_after_wake(event.task);
  switch (event.kind) {
    case Kind::request:
      return request(event, names);
    case Kind::acquire:
      return acquire(event);
    case Kind::release:
      return release(event, names);
    case Kind::refuse:
      return refuse(event);
    case Kind::fork:
      return fork(event);
    case Kind::join:
      return join(event);
    case Kind::end:
      return end(event, names);
    case Kind::enter:
      order_.next(event.task);
      task(event.task).woken_by = {};
      return;
    case Kind::signal:
    case Kind::broadcast:
      order_.next(event.task);
      return;
    case Kind::wake:
      return wake(event);
    case Kind::request_unit:
      return at(semaphores_, event.object).units.requested(event.task, event.site);
    case Kind::take_unit:
    case Kind::refuse_unit:
    case Kind::add_units:
      return use_semaphore(event, names);
    case Kind::read:
    case Kind::write:
      return access(event);
    case Kind::wait:
      return begin_wait(event);
    case Kind::wait_end:
      task(event.task).state = TaskState::running;
      return;
    case Kind::drop:
      return drop(event, names);
    case Kind::assertion:
      return broken("assert", event, event.site, names.texts[event.object]);
  }
}

// --- Locks ---

void TraceCheck::request(const TraceEvent& event, const TraceNames& names) {
  Task& self = task(event.task);
  self.requested = event.object;
  self.site = event.site;
  const TraceLock& wanted = names.locks[event.object];
  if (at(locks_, event.object).owner == event.task) {
    if (wanted.kind == core::LockKind::plain)
      broken("self-wait", event, event.site, "waits for its own " + wanted.name);
    return;
  }
  if (!wanted.order_key) return;
  const auto place = [](const TraceLock& lock) { return std::pair(lock.group, *lock.order_key); };
  const OwnedLock* greatest = nullptr;
  for (const OwnedLock& owned : self.owned) {
    const TraceLock& lock = names.locks[owned.lock];
    if (lock.lock_class != wanted.lock_class || !lock.order_key || place(lock) < place(wanted)) continue;
    if (greatest == nullptr || place(names.locks[greatest->lock]) < place(lock)) greatest = &owned;
  }
  if (greatest != nullptr) {
    broken("g", event, event.site, "asks for " + wanted.name + " while it owns " + names.locks[greatest->lock].name);
  }
}

void TraceCheck::acquire(const TraceEvent& event) {
  Task& self = task(event.task);
  const bool waited = std::exchange(self.requested, kNoId) == event.object;
  const Position position = order_.next(event.task);
  Lock& lock = at(locks_, event.object);
  if (lock.owner == event.task) {
    ++std::ranges::find(self.owned, event.object, &OwnedLock::lock)->count;
    return;
  }
  lock = {.owner = event.task, .taken = position};
  if (waited) note_dependency(event.task, event.object, event.site, position.at);
  const std::uint32_t section = order_.begin_section(position, event.object);
  self.owned.push_back({.lock = event.object, .site = event.site, .section = section, .count = 1});
}

void TraceCheck::note_dependency(core::TaskId id, core::LockId wanted, std::uint32_t site, std::uint32_t position) {
  const Task& self = task(id);
  if (self.owned.empty()) return;
  LockDependency dependency{
      .task = id, .segment = segments_.current(id), .wanted = wanted, .wanted_site = site, .owned = {}};
  for (const OwnedLock& owned : self.owned) dependency.owned.push_back({owned.lock, owned.site});
  dependencies_.add(std::move(dependency), position);
}

void TraceCheck::release(const TraceEvent& event, const TraceNames& names) {
  Task& self = task(event.task);
  Lock& lock = at(locks_, event.object);
  const Position position = order_.next(event.task);
  if (lock.owner != event.task) {
    const std::string owner = lock.owner == kNoId ? "nobody" : names.tasks[lock.owner];
    broken("e", event, event.site, "gives back " + names.locks[event.object].name + ", which " + owner + " owns");
    return;
  }
  const auto owned = std::ranges::find(self.owned, event.object, &OwnedLock::lock);
  if (--owned->count > 0) return;
  order_.end_section(owned->section, position);
  self.owned.erase(owned);
  lock.owner = kNoId;
}

// That it was not to be had is so only as long as its owner has it.
void TraceCheck::refuse(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  const Lock& lock = at(locks_, event.object);
  if (lock.owner != kNoId) order_.need(position, lock.taken);
}

void TraceCheck::drop(const TraceEvent& event, const TraceNames& names) {
  Task& self = task(event.task);
  const auto owned = std::ranges::find(self.owned, event.object, &OwnedLock::lock);
  if (owned != self.owned.end()) ++owned->dropped;
  broken("d", event, event.site, "drops its hold of " + names.locks[event.object].name);
}

// --- Tasks ---

void TraceCheck::fork(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  task(event.object);
  segments_.forked(event.task, event.object);
  order_.need(order_.next(event.object), position);
}

void TraceCheck::join(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  task(event.object);
  const std::uint32_t length = order_.length(event.object);
  if (length > 0) order_.need(position, {event.object, length - 1});
  segments_.joined(event.task, event.object);
}

void TraceCheck::end(const TraceEvent& event, const TraceNames& names) {
  Task& self = task(event.task);
  self.state = TaskState::ended;
  order_.next(event.task);
  for (const OwnedLock& owned : self.owned) {
    if (owned.dropped >= owned.count) continue;
    broken("d", event, owned.site, "ends while it owns " + names.locks[owned.lock].name);
  }
}

// --- Waits ---

void TraceCheck::begin_wait(const TraceEvent& event) {
  Task& self = task(event.task);
  const auto wait = unpack_wait(event.other);
  self.state = TaskState::waiting;
  self.site = event.site;
  self.wait = {.kind = wait->kind, .object = event.object, .can_end = wait->can_end, .timed = wait->timed};
}

// The signal is the event before this one in its task. It finds the task that it wakes waiting, in every run.
void TraceCheck::wake(const TraceEvent& event) {
  const Position signal = order_.next(event.task);
  const std::uint32_t entered = order_.length(event.object);
  if (entered > 0) order_.need(signal, {event.object, entered - 1});
  task(event.object).woken_by = signal;
}

void TraceCheck::go_on_after_wake(core::TaskId id) {
  const Position signal = std::exchange(task(id).woken_by, {});
  if (signal.valid()) order_.need(order_.next(id), signal);
}

// Whoever takes a unit needs all that were added before; and whoever finds none, that all were taken.
void TraceCheck::use_semaphore(const TraceEvent& event, const TraceNames& names) {
  const Position position = order_.next(event.task);
  Semaphore& semaphore = at(semaphores_, event.object);
  if (semaphore.last_added.valid()) order_.need(position, semaphore.last_added);
  if (event.kind != Kind::add_units && semaphore.last_taken.valid()) order_.need(position, semaphore.last_taken);
  if (event.kind == Kind::add_units) {
    semaphore.last_added = position;
    semaphore.count_change += event.other;
    if (const auto asked_again_at = semaphore.units.given_back(event.task, event.other)) {
      broken("pool", event, *asked_again_at,
             "waits for a unit of semaphore '" + names.semaphores[event.object].name + "' while it owns one");
    }
  } else if (event.kind == Kind::take_unit) {
    semaphore.last_taken = position;
    --semaphore.count_change;
    semaphore.units.taken(event.task);
  }
}

// A write needs nothing: who overwrites a value that others must see is not in the run, or after them.
void TraceCheck::access(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Position& last = at(writes_, event.object);
  if (event.kind == Kind::write) {
    last = position;
  } else if (last.valid()) {
    order_.need(position, last);
  }
}

void TraceCheck::broken(const char* rule, const TraceEvent& event, std::uint32_t site, std::string what) {
  BrokenRule& known = rules_[{rule, site}];
  if (known.count++ == 0) known = {.site = site, .task = event.task, .what = std::move(what), .count = 1};
}

// A task that still waits for a lock at the end takes part in deadlocks like one that got it.
void TraceCheck::requests_that_never_ended() {
  for (core::TaskId id = 0; id < tasks_.size(); ++id) {
    const Task& self = tasks_[id];
    if (self.requested == kNoId || at(locks_, self.requested).owner == id) continue;
    note_dependency(id, self.requested, self.site, order_.length(id));
  }
}

}  // namespace zoneknot::lockcheck
