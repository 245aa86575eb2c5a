#include "tools/record/trace_maker.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace zoneknot::tools {

using core::kNoId;
using core::TaskId;
using lockcheck::TraceEventKind;
using record::RawKind;
using record::RawObject;

TraceMaker::TraceMaker(const RawFile& file, lockcheck::TraceNames& names, lockcheck::TraceSink& sink)
    : file_(file), names_(names), sink_(sink), sites_(names, resolver_), objects_(names, resolver_) {}

// --- What everything is called ---------------------------------------------------------------------------------------

TaskId TraceMaker::add_task(std::uint32_t thread, std::string name) {
  const auto task = static_cast<TaskId>(tasks_.size());
  tasks_.push_back({.thread = thread});
  names_.tasks.push_back(std::move(name));
  by_thread_[thread] = task;
  made_.too_much |= tasks_.size() == lockcheck::kTraceTasksMax;
  return task;
}

TaskId TraceMaker::task_of(std::uint32_t thread) {
  const auto known = by_thread_.find(thread);
  if (known != by_thread_.end()) return known->second;
  return add_task(thread, thread == 1 ? "main" : fmt::format("thread {}", thread));
}

void TraceMaker::rename(TaskId task, const std::string& name) {
  if (name.empty() || names_.tasks[task] == name || names_.late.size() == lockcheck::kTraceObjectsMax) return;
  names_.rename({.of = lockcheck::TraceLateName::Of::task, .id = task, .name = name});
}

RecordedObject* TraceMaker::object(const RawEvent& event) {
  if (RecordedObject* const known = objects_.find(event.record.object, event.object_kind())) return known;
  const core::Place& place = names_.sites[site_of(event)];
  RecordedObject* const made = objects_.find_or_make(event.record, place.function.substr(0, place.function.find('+')));
  made_.too_much |= made == nullptr;
  return made;
}

void TraceMaker::take_module(const RawEvent& event) {
  record::RawModule module{};
  if (event.payload.size() < sizeof module) return;
  std::memcpy(&module, event.payload.data(), sizeof module);
  sites_.add_module(
      {.path = std::string(event.payload.substr(sizeof module)), .begin = module.begin, .end = module.end});
}

// --- Events ----------------------------------------------------------------------------------------------------------

void TraceMaker::tell(lockcheck::TraceEvent event) {
  if (inheriting_) return;
  made_.too_much |= made_.events == lockcheck::kTraceEventsMax || !fits(event, names_);
  if (made_.too_much) return;
  ++made_.events;
  sink_.event(event, names_);
}

void TraceMaker::begin_wait(TaskId task, core::WaitKind kind, std::uint32_t object, std::uint32_t site, bool timed,
                            bool shared) {
  tasks_[task].waits = true;
  tell(TraceEventKind::wait, task, object, site, lockcheck::pack({.kind = kind, .timed = timed, .shared = shared}));
}

void TraceMaker::end_wait(TaskId task) {
  if (std::exchange(tasks_[task].waits, false)) tell(TraceEventKind::wait_end, task, 0, 0);
}

void TraceMaker::take(const RawEvent& event) {
  if (made_.too_much) return;
  switch (event.record.kind) {
    case RawKind::stack:
      return sites_.add(lane_of(event), event.record.site, event.payload);
    case RawKind::module:
      return take_module(event);
    case RawKind::nothing:
    case RawKind::chunk:
      return;
    default:
      break;
  }
  const TaskId task = task_of(event.thread);
  if (event.record.kind >= RawKind::thread_create) {
    take_thread(event, task);
  } else {
    const std::uint32_t site = site_of(event);
    if (event.record.kind == RawKind::init || event.record.kind == RawKind::destroy) {
      make_or_destroy(event, task, site);
    } else if (event.record.kind < RawKind::init) {
      take_lock(event, task, site);
    } else if (event.record.kind < RawKind::unit_at_once) {
      take_condition(event, task, site);
    } else if (event.record.kind < RawKind::arrive) {
      take_semaphore(event, task, site);
    } else {
      take_barrier(event, task, site);
    }
  }
  if (event.is_last_of_thread && tasks_[task].ended) end_task(task, tasks_[task].site);
}

// What has been made anew is something else than what lay there. Nothing is said of objects that the trace does not
// tell of, and of what is made only when it is used.
void TraceMaker::make_or_destroy(const RawEvent& event, TaskId task, std::uint32_t site) {
  const RawObject kind = event.object_kind();
  if (RecordedObject* const known = objects_.find(event.record.object, kind)) {
    if (std::exchange(known->is_inherited, false)) known->depth = 0;
    take_away(*known, site);
    const auto what = [&] {
      switch (kind) {
        case RawObject::condition:
          return lockcheck::TraceDestroyed::condition;
        case RawObject::semaphore:
          return lockcheck::TraceDestroyed::semaphore;
        case RawObject::barrier:
          return lockcheck::TraceDestroyed::barrier;
        default:
          return lockcheck::TraceDestroyed::lock;
      }
    }();
    tell(TraceEventKind::destroy, task, known->number, site, static_cast<std::uint32_t>(what));
    objects_.forget(event.record.object, kind);
  }
  if (event.record.kind == RawKind::init) object(event);
}

// --- Locks -----------------------------------------------------------------------------------------------------------

void TraceMaker::take_lock(const RawEvent& event, TaskId task, std::uint32_t site) {
  RecordedObject* const lock = object(event);
  if (lock == nullptr) return;
  Task& self = tasks_[task];
  if (lock->is_inherited) look_at_inherited(*lock, event);
  const bool open = (event.record.flags & record::kShared) != 0 || event.is_timed();
  switch (event.record.kind) {
    case RawKind::request:
    case RawKind::share_request: {
      const bool shared = event.record.kind == RawKind::share_request;
      self.asked = !event.is_timed();
      if (self.asked) tell(shared ? TraceEventKind::request_share : TraceEventKind::request, task, lock->number, site);
      return begin_wait(task, core::WaitKind::lock, lock->number, site, open, shared);
    }
    case RawKind::lock_at_once:
      return own(*lock, event, task, site, true);
    case RawKind::try_got:
      return own(*lock, event, task, site, false);
    case RawKind::acquire:
      end_wait(task);
      return own(*lock, event, task, site, false);
    case RawKind::share_at_once:
      return share(*lock, task, site, true);
    case RawKind::share_try_got:
      return share(*lock, task, site, false);
    case RawKind::share_acquire:
      end_wait(task);
      return share(*lock, task, site, false);
    case RawKind::give_up:
    case RawKind::try_failed:
    case RawKind::share_give_up:
    case RawKind::share_try_failed:
      end_wait(task);
      return tell(TraceEventKind::refuse, task, lock->number, site);
    default:
      return release(*lock, task, site);
  }
}

// `asked`: it was to be had at once, so nothing has been told of it yet.
void TraceMaker::own(RecordedObject& lock, const RawEvent& event, TaskId task, std::uint32_t site, bool asked) {
  const bool plain = (event.record.flags & record::kRecursive) == 0;
  if (lock.owner == task && lock.depth > 0 && plain) {
    // It cannot have it and take it: it is a new one at an old one's place.
    ++made_.reused;
    take_away(lock, site);
    tell(TraceEventKind::destroy, task, lock.number, site, static_cast<std::uint32_t>(lockcheck::TraceDestroyed::lock));
    objects_.forget(event.record.object, event.object_kind());
    RecordedObject* const anew = object(event);
    return anew == nullptr ? void() : own(*anew, event, task, site, true);
  }
  const auto is_other = [task](TaskId reader) { return reader != task; };
  if ((lock.depth > 0 && lock.owner != task) || std::ranges::any_of(lock.readers, is_other)) {
    ++made_.repaired;
    take_away(lock, site);
  }
  if (asked) tell(TraceEventKind::request, task, lock.number, site);
  tell(TraceEventKind::acquire, task, lock.number, site);
  lock.owner = task;
  lock.taken_at = site;
  ++lock.depth;
  lock.flags |= event.record.flags;
}

void TraceMaker::share(RecordedObject& lock, TaskId task, std::uint32_t site, bool asked) {
  if (lock.depth > 0 && lock.owner != task) {
    ++made_.repaired;
    take_away(lock, site);
  }
  if (asked) tell(TraceEventKind::request_share, task, lock.number, site);
  tell(TraceEventKind::acquire_share, task, lock.number, site);
  lock.readers.push_back(task);
}

void TraceMaker::release(RecordedObject& lock, TaskId task, std::uint32_t site) {
  const auto own_share = std::ranges::find(lock.readers, task);
  if (lock.kind == RawObject::rwlock && !(lock.depth > 0 && lock.owner == task)) {
    if (own_share != lock.readers.end()) {
      lock.readers.erase(own_share);
    } else if (!lock.readers.empty()) {
      // A share has no name: a task that gives back what it has not got gives back another's.
      tell(TraceEventKind::release_share, task, lock.number, site);
      task = lock.readers.back();
      lock.readers.pop_back();
    }
    return tell(TraceEventKind::release_share, task, lock.number, site);
  }
  tell(TraceEventKind::release, task, lock.number, site);
  if (lock.depth == 0) return;
  if (lock.owner != task) tell(TraceEventKind::release, lock.owner, lock.number, site);
  --lock.depth;
}

void TraceMaker::take_away(RecordedObject& lock, std::uint32_t site) {
  for (; lock.depth > 0; --lock.depth) tell(TraceEventKind::release, lock.owner, lock.number, site);
  for (const TaskId reader : lock.readers) tell(TraceEventKind::release_share, reader, lock.number, site);
  lock.readers.clear();
}

// --- Condition variables, semaphores, barriers -----------------------------------------------------------------------

void TraceMaker::take_condition(const RawEvent& event, TaskId task, std::uint32_t site) {
  Task& self = tasks_[task];
  if (event.record.kind == RawKind::cond_mutex) {
    if (self.condition == kNoId) return;
    RecordedObject* const mutex = object(event);
    const bool owned = mutex != nullptr && mutex->depth > 0 && mutex->owner == task;
    self.mutex = owned ? event.record.object : 0;
    tell(TraceEventKind::enter, task, self.condition, site, owned ? mutex->number : kNoId);
    if (owned) release(*mutex, task, site);
    return begin_wait(task, core::WaitKind::condition, self.condition, site, !self.asked);
  }
  const RecordedObject* const condition = object(event);
  if (condition == nullptr) return;
  switch (event.record.kind) {
    case RawKind::cond_wait:
      self.condition = condition->number;
      self.asked = !event.is_timed() && (event.record.flags & record::kShared) == 0 &&
                   (file_.header().outside & record::kHiddenThreads) == 0;
      return;
    case RawKind::cond_signal:
      return tell(TraceEventKind::signal, task, condition->number, site);
    case RawKind::cond_broadcast:
      return tell(TraceEventKind::broadcast, task, condition->number, site);
    default:
      return take_back_mutex(event, task, site);
  }
}

void TraceMaker::take_back_mutex(const RawEvent& event, TaskId task, std::uint32_t site) {
  Task& self = tasks_[task];
  if (self.condition == kNoId) return;
  end_wait(task);
  if (event.record.extra == static_cast<std::uint16_t>(record::RawBack::woken)) {
    tell(TraceEventKind::woke, task, self.condition, site);
  }
  self.condition = kNoId;
  const std::uint64_t mutex = std::exchange(self.mutex, 0);
  RecordedObject* const lock = mutex == 0 ? nullptr : objects_.find(mutex, RawObject::mutex);
  if (lock == nullptr) return;
  RawEvent taken = event;
  taken.record.object = mutex;
  taken.record.flags = lock->flags;
  own(*lock, taken, task, site, true);
}

void TraceMaker::take_semaphore(const RawEvent& event, TaskId task, std::uint32_t site) {
  const RecordedObject* const semaphore = object(event);
  if (semaphore == nullptr) return;
  const std::uint32_t number = semaphore->number;
  switch (event.record.kind) {
    case RawKind::unit_at_once:
      tell(TraceEventKind::request_unit, task, number, site);
      return tell(TraceEventKind::take_unit, task, number, site);
    case RawKind::unit_request:
      if (!event.is_timed()) tell(TraceEventKind::request_unit, task, number, site);
      return begin_wait(task, core::WaitKind::semaphore, number, site,
                        event.is_timed() || (semaphore->flags & record::kShared) != 0 || file_.header().outside != 0);
    case RawKind::unit_take:
    case RawKind::unit_try_got:
      end_wait(task);
      return tell(TraceEventKind::take_unit, task, number, site);
    case RawKind::unit_give_up:
    case RawKind::unit_try_failed:
      end_wait(task);
      return tell(TraceEventKind::refuse_unit, task, number, site);
    default:
      return tell(TraceEventKind::add_units, task, number, site, 1);
  }
}

void TraceMaker::take_barrier(const RawEvent& event, TaskId task, std::uint32_t site) {
  const RecordedObject* const barrier = object(event);
  if (barrier == nullptr) return;
  tell(event.record.kind == RawKind::arrive ? TraceEventKind::arrive : TraceEventKind::pass, task, barrier->number,
       site);
}

}  // namespace zoneknot::tools
