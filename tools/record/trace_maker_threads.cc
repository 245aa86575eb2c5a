// The threads of a trace that is made, and how the process began and ended.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "tools/record/trace_maker.h"

namespace zoneknot::tools {

using core::kNoId;
using core::TaskId;
using lockcheck::TraceEventKind;
using record::RawKind;

void TraceMaker::take_thread(const RawEvent& event, TaskId task) {
  switch (event.record.kind) {
    case RawKind::thread_create: {
      const auto thread = static_cast<std::uint32_t>(event.record.object);
      if (file_.was_not_created(thread)) return;
      const TaskId child = task_of(thread);
      return tell(TraceEventKind::fork, task, child, site_of(event));
    }
    case RawKind::thread_start: {
      by_handle_[event.record.object] = task;
      for (TaskId joiner = 0; joiner < tasks_.size(); ++joiner) {
        const RawEvent join = tasks_[joiner].join;
        if (join.record.kind != RawKind::join_begin || join.record.object != event.record.object) continue;
        tasks_[joiner].join = {};
        take_join(join, joiner, site_of(join));
      }
      const std::string routine = sites_.routine(lane_of(event), event.record.site);
      if (!routine.empty()) rename(task, fmt::format("{} {}", routine, event.thread));
      const auto name = names_to_come_.find(event.record.object);
      if (name == names_to_come_.end()) return;
      rename(task, fmt::format("{} {}", name->second, event.thread));
      names_to_come_.erase(name);
      return;
    }
    case RawKind::thread_end:
      tasks_[task].ended = true;
      tasks_[task].site = 0;
      return;
    case RawKind::thread_name: {
      if ((event.record.flags & record::kOwnName) != 0) {
        return rename(task, fmt::format("{} {}", event.payload, event.thread));
      }
      const auto named = by_handle_.find(event.record.object);
      if (named == by_handle_.end()) {
        names_to_come_[event.record.object] = event.payload;
        return;
      }
      return rename(named->second, fmt::format("{} {}", event.payload, tasks_[named->second].thread));
    }
    case RawKind::thread_not_created:
      return;
    default:
      return take_join(event, task, site_of(event));
  }
}

// A thread is known by its handle when the join begins; later another one may have it.
void TraceMaker::take_join(const RawEvent& event, TaskId task, std::uint32_t site) {
  Task& self = tasks_[task];
  if (event.record.kind == RawKind::join_begin) {
    const auto named = by_handle_.find(event.record.object);
    if (named == by_handle_.end()) {
      self.join = event;
      return;
    }
    self.joins = named->second == task ? kNoId : named->second;
    if (self.joins != kNoId) begin_wait(task, core::WaitKind::join, self.joins, site, event.is_timed());
    return;
  }
  self.join = {};
  const TaskId other = std::exchange(self.joins, kNoId);
  end_wait(task);
  if (other == kNoId || event.record.kind != RawKind::join_end) return;
  if (!tasks_[other].ended) end_task(other, 0);
  tell(TraceEventKind::join, task, other, site);
}

// The kernel gives back the robust mutexes of a thread that ends.
void TraceMaker::end_task(TaskId task, std::uint32_t site) {
  end_wait(task);
  objects_.for_each_lock([&](std::uint64_t, RecordedObject& lock) {
    if ((lock.flags & record::kRobust) == 0 || lock.owner != task) return;
    for (; lock.depth > 0; --lock.depth) tell(TraceEventKind::release, task, lock.number, site);
  });
  tasks_[task].ended = true;
  tell(TraceEventKind::end, task, 0, site);
}

// --- The process -----------------------------------------------------------------------------------------------------

void TraceMaker::finish(bool by_itself) {
  if (!by_itself) return;
  for (TaskId task = 0; task < tasks_.size(); ++task) end_wait(task);
}

// Events of the ancestor are taken in without being told. The thread that forked goes on as the child's only one.
void TraceMaker::inherit_from(RawFile& ancestor, const record::RawHeader& child) {
  RawEvent event;
  while (ancestor.next(event) && event.record.ticks <= child.forked_at) take(event);
  const std::map<std::uint32_t, TaskId> threads = std::exchange(by_thread_, {});
  const auto forked = threads.find(child.forked_thread);
  for (const auto& [thread, task] : threads) {
    if (forked == threads.end() || task != forked->second) rename(task, names_.tasks[task] + " (of the parent)");
    tasks_[task].waits = false;
  }
  by_handle_.clear();
  if (forked != threads.end()) by_thread_[1] = forked->second;
}

void TraceMaker::inherit(std::vector<RawFile>& ancestors) {
  inheriting_ = true;
  for (std::size_t i = 0; i < ancestors.size(); ++i) {
    inherit_from(ancestors[i], i + 1 < ancestors.size() ? ancestors[i + 1].header() : file_.header());
  }
  inheriting_ = false;
  const TaskId self = by_thread_.contains(1) ? by_thread_[1] : kNoId;
  objects_.for_each_lock([&](std::uint64_t, RecordedObject& lock) {
    lock.is_inherited = lock.depth > 0 && lock.owner != self;
    std::erase_if(lock.readers, [self](TaskId reader) { return reader != self; });
    if (lock.is_inherited) return;
    for (std::uint32_t depth = 0; depth < lock.depth; ++depth) {
      tell(TraceEventKind::acquire, self, lock.number, lock.taken_at);
    }
    for (const TaskId reader : lock.readers) tell(TraceEventKind::acquire_share, reader, lock.number, 0);
  });
}

void TraceMaker::look_at_inherited(RecordedObject& lock, const RawEvent& event) {
  lock.is_inherited = false;
  if (event.record.kind != RawKind::request && event.record.kind != RawKind::share_request) {
    lock.depth = 0;
    return;
  }
  for (std::uint32_t depth = 0; depth < lock.depth; ++depth) {
    tell(TraceEventKind::acquire, lock.owner, lock.number, lock.taken_at);
  }
  if (!tasks_[lock.owner].ended) end_task(lock.owner, 0);
}

}  // namespace zoneknot::tools
