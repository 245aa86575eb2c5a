#include "lockcheck/offline/trace_facts.h"

#include <algorithm>
#include <utility>

namespace zoneknot::lockcheck {

using core::kNoId;

void TraceFacts::event(const TraceEvent& event, const TraceNames& /*names*/) {
  if (event.kind == TraceEventKind::wait || event.kind == TraceEventKind::wait_end) return;
  go_on_after_wake(event.task);
  switch (event.kind) {
    case TraceEventKind::request: {
      Task& self = task(event.task);
      self.requested = event.object;
      self.requested_at = event.site;
      return;
    }
    case TraceEventKind::acquire:
      return acquire(event);
    case TraceEventKind::release:
      return release(event);
    case TraceEventKind::refuse:
      return refuse(event);
    case TraceEventKind::fork:
      return fork(event);
    case TraceEventKind::join:
      return join(event);
    case TraceEventKind::enter:
      order_.next(event.task);
      task(event.task).woken_by = {};
      return;
    case TraceEventKind::end:
    case TraceEventKind::signal:
    case TraceEventKind::broadcast:
      order_.next(event.task);
      return;
    case TraceEventKind::wake:
      return wake(event);
    case TraceEventKind::take_unit:
    case TraceEventKind::refuse_unit:
    case TraceEventKind::add_units:
      return use_semaphore(event);
    case TraceEventKind::read:
    case TraceEventKind::write:
      return access(event);
    case TraceEventKind::wait:
    case TraceEventKind::wait_end:
    case TraceEventKind::request_unit:
    case TraceEventKind::drop:
    case TraceEventKind::assertion:
      return;
  }
}

// --- Locks -----------------------------------------------------------------------------------------------------------

void TraceFacts::acquire(const TraceEvent& event) {
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

void TraceFacts::note_dependency(core::TaskId id, core::LockId wanted, std::uint32_t site, std::uint32_t position) {
  const Task& self = task(id);
  if (self.owned.empty()) return;
  LockDependency dependency{
      .task = id, .segment = segments_.current(id), .wanted = wanted, .wanted_site = site, .owned = {}};
  for (const OwnedLock& owned : self.owned) dependency.owned.push_back({owned.lock, owned.site});
  dependencies_.add(std::move(dependency), position);
}

void TraceFacts::release(const TraceEvent& event) {
  Task& self = task(event.task);
  Lock& lock = at(locks_, event.object);
  const Position position = order_.next(event.task);
  if (lock.owner != event.task) return;
  const auto owned = std::ranges::find(self.owned, event.object, &OwnedLock::lock);
  if (--owned->count > 0) return;
  order_.end_section(owned->section, position);
  self.owned.erase(owned);
  lock.owner = kNoId;
}

// That it was not to be had is so only as long as its owner has it.
void TraceFacts::refuse(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Task& self = task(event.task);
  if (self.requested == event.object) self.requested = kNoId;
  const Lock& lock = at(locks_, event.object);
  if (lock.owner != kNoId) order_.need(position, lock.taken);
}

// --- Tasks -----------------------------------------------------------------------------------------------------------

void TraceFacts::fork(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  task(event.object);
  segments_.forked(event.task, event.object);
  order_.need(order_.next(event.object), position);
}

void TraceFacts::join(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  task(event.object);
  const std::uint32_t length = order_.length(event.object);
  if (length > 0) order_.need(position, {event.object, length - 1});
  segments_.joined(event.task, event.object);
}

// --- Waits -----------------------------------------------------------------------------------------------------------

// The signal is the event before this one in its task. It finds the task that it wakes waiting, in every run.
void TraceFacts::wake(const TraceEvent& event) {
  const Position signal = order_.next(event.task);
  const std::uint32_t entered = order_.length(event.object);
  if (entered > 0) order_.need(signal, {event.object, entered - 1});
  task(event.object).woken_by = signal;
}

void TraceFacts::go_on_after_wake(core::TaskId id) {
  const Position signal = std::exchange(task(id).woken_by, {});
  if (signal.valid()) order_.need(order_.next(id), signal);
}

// Whoever takes a unit needs all that were added before; and whoever finds none, that all were taken.
void TraceFacts::use_semaphore(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Semaphore& semaphore = at(semaphores_, event.object);
  if (semaphore.last_added.valid()) order_.need(position, semaphore.last_added);
  if (event.kind != TraceEventKind::add_units && semaphore.last_taken.valid())
    order_.need(position, semaphore.last_taken);
  if (event.kind == TraceEventKind::add_units) {
    semaphore.last_added = position;
  } else if (event.kind == TraceEventKind::take_unit) {
    semaphore.last_taken = position;
  }
}

// A write needs nothing: who overwrites a value that others must see is not in the run, or after them.
void TraceFacts::access(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Position& last = at(writes_, event.object);
  if (event.kind == TraceEventKind::write) {
    last = position;
  } else if (last.valid()) {
    order_.need(position, last);
  }
}

void TraceFacts::finish() {
  for (core::TaskId id = 0; id < tasks_.size(); ++id) {
    const Task& self = tasks_[id];
    if (self.requested == kNoId || at(locks_, self.requested).owner == id) continue;
    note_dependency(id, self.requested, self.requested_at, order_.length(id));
  }
}

}  // namespace zoneknot::lockcheck
