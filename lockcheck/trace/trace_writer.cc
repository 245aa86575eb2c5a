#include "lockcheck/trace/trace_writer.h"

#include <functional>
#include <string>
#include <utility>

#include "lockcheck/text/lock_name.h"
#include "lockcheck/text/site.h"

namespace zoneknot::lockcheck {

std::size_t TraceWriter::SiteHash::operator()(const SiteKey& key) const {
  constexpr std::size_t kOdd = 0x9e3779b97f4a7c15U;
  return (std::hash<const void*>{}(key.file) * kOdd + std::hash<const void*>{}(key.function)) * kOdd + key.line;
}

void TraceWriter::close() {
  const std::lock_guard guard(mutex_);
  if (!std::exchange(closed_, true)) encoder_.close(names_);
}

bool TraceWriter::failed() const {
  const std::lock_guard guard(mutex_);
  return too_much_ || encoder_.failed();
}

std::uint64_t TraceWriter::events() const {
  const std::lock_guard guard(mutex_);
  return events_;
}

// Cells of real threads may come out of their order; the encoder has written the gap without a name by then.
template <class Name>
void TraceWriter::name(std::deque<Name>& all, std::uint32_t id, Name called) {
  const std::lock_guard guard(mutex_);
  too_much_ |= id >= kTraceObjectsMax;
  if (too_much_) return;
  if (id >= all.size()) all.resize(id + 1);
  all[id] = std::move(called);
}

std::uint32_t TraceWriter::number_of(core::Site site) {
  const SiteKey key{site.file_name(), site.function_name(), site.line()};
  const auto [place, is_new] = sites_.try_emplace(key, static_cast<std::uint32_t>(names_.sites.size()));
  if (is_new) {
    names_.sites.push_back({.file = site.file_name(), .line = site.line(), .function = function_name(site)});
    too_much_ |= names_.sites.size() > kTraceObjectsMax;
  }
  return place->second;
}

void TraceWriter::put(TraceEvent event, core::Site site) {
  const std::lock_guard guard(mutex_);
  event.site = number_of(site);
  put(event);
}

void TraceWriter::put(const TraceEvent& event) {
  too_much_ |= names_.tasks.size() > kTraceTasksMax || events_ == kTraceEventsMax || !fits(event, names_);
  if (too_much_ || closed_) return;
  ++events_;
  encoder_.event(event, names_);
}

void TraceWriter::task_started(core::TaskId task, std::string_view called) {
  name(names_.tasks, task, std::string(called));
}

void TraceWriter::lock_created(core::LockId lock, const core::LockInfo& info) {
  name(names_.locks, lock,
       {.name = lock_name(info),
        .lock_class = std::string(info.lock_class),
        .kind = info.kind,
        .group = info.group,
        .order_key = info.order_key,
        .role = info.role,
        .readers = info.readers});
}

void TraceWriter::condition_created(core::ConditionId condition, std::string_view called) {
  name(names_.conditions, condition, std::string(called));
}

void TraceWriter::semaphore_created(core::SemaphoreId semaphore, std::string_view called, std::uint32_t count) {
  name(names_.semaphores, semaphore, {.name = std::string(called), .count = count});
}

void TraceWriter::pool_declared(core::SemaphoreId pool) {
  const std::lock_guard guard(mutex_);
  too_much_ |= names_.pools.size() == kTraceObjectsMax || pool >= names_.semaphores.size();
  if (!too_much_) names_.pools.push_back(pool);
}

void TraceWriter::cell_created(core::CellId cell, std::string_view called) {
  name(names_.cells, cell, std::string(called));
}

void TraceWriter::task_ended(core::TaskId task, core::Site site) {
  put({.kind = TraceEventKind::end, .task = task}, site);
}

void TraceWriter::lock_requested(core::TaskId task, core::LockId lock, core::Site site) {
  put({.kind = TraceEventKind::request, .task = task, .object = lock}, site);
}

void TraceWriter::lock_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  put({.kind = TraceEventKind::acquire, .task = task, .object = lock}, site);
}

bool TraceWriter::lock_released(core::TaskId task, core::LockId lock, core::Site site) {
  put({.kind = TraceEventKind::release, .task = task, .object = lock}, site);
  return true;
}

void TraceWriter::shared_requested(core::TaskId task, core::LockId lock, core::Site site) {
  put({.kind = TraceEventKind::request_share, .task = task, .object = lock}, site);
}

void TraceWriter::shared_acquired(core::TaskId task, core::LockId lock, core::Site site) {
  put({.kind = TraceEventKind::acquire_share, .task = task, .object = lock}, site);
}

bool TraceWriter::shared_released(core::TaskId task, core::LockId lock, core::Site site) {
  put({.kind = TraceEventKind::release_share, .task = task, .object = lock}, site);
  return true;
}

void TraceWriter::lock_refused(core::TaskId task, core::LockId lock, core::Site site) {
  put({.kind = TraceEventKind::refuse, .task = task, .object = lock}, site);
}

void TraceWriter::wait_began(core::TaskId task, const core::Wait& wait, core::Site site) {
  const std::uint32_t packed =
      pack({.kind = wait.kind, .can_end = wait.can_end, .timed = wait.timed, .shared = wait.shared});
  put({.kind = TraceEventKind::wait, .task = task, .object = wait.object, .other = packed}, site);
}

void TraceWriter::wait_ended(core::TaskId task) {
  const std::lock_guard guard(mutex_);
  put({.kind = TraceEventKind::wait_end, .task = task});
}

void TraceWriter::hold_dropped(core::TaskId task, core::LockId lock, core::Site acquired) {
  put({.kind = TraceEventKind::drop, .task = task, .object = lock}, acquired);
}

void TraceWriter::assertion_failed(core::TaskId task, std::string_view what, core::Site site) {
  std::uint32_t text = 0;
  {
    const std::lock_guard guard(mutex_);
    text = static_cast<std::uint32_t>(names_.texts.size());
    names_.texts.emplace_back(what);
  }
  put({.kind = TraceEventKind::assertion, .task = task, .object = text}, site);
}

void TraceWriter::task_forked(core::TaskId parent, core::TaskId child, core::Site site) {
  put({.kind = TraceEventKind::fork, .task = parent, .object = child}, site);
}

void TraceWriter::task_joined(core::TaskId task, core::TaskId other, core::Site site) {
  put({.kind = TraceEventKind::join, .task = task, .object = other}, site);
}

void TraceWriter::condition_entered(core::TaskId task, core::ConditionId condition, core::LockId lock,
                                    core::Site site) {
  put({.kind = TraceEventKind::enter, .task = task, .object = condition, .other = lock}, site);
}

void TraceWriter::condition_signalled(core::TaskId task, core::ConditionId condition, bool all, core::Site site) {
  put({.kind = all ? TraceEventKind::broadcast : TraceEventKind::signal, .task = task, .object = condition}, site);
}

void TraceWriter::condition_woke(core::TaskId task, core::TaskId woken, core::ConditionId condition) {
  const std::lock_guard guard(mutex_);
  put({.kind = TraceEventKind::wake, .task = task, .object = woken, .other = condition});
}

void TraceWriter::semaphore_requested(core::TaskId task, core::SemaphoreId semaphore, core::Site site) {
  put({.kind = TraceEventKind::request_unit, .task = task, .object = semaphore}, site);
}

void TraceWriter::semaphore_acquired(core::TaskId task, core::SemaphoreId semaphore, core::Site site) {
  put({.kind = TraceEventKind::take_unit, .task = task, .object = semaphore}, site);
}

void TraceWriter::semaphore_refused(core::TaskId task, core::SemaphoreId semaphore, core::Site site) {
  put({.kind = TraceEventKind::refuse_unit, .task = task, .object = semaphore}, site);
}

void TraceWriter::semaphore_released(core::TaskId task, core::SemaphoreId semaphore, std::uint32_t count,
                                     core::Site site) {
  put({.kind = TraceEventKind::add_units, .task = task, .object = semaphore, .other = count}, site);
}

void TraceWriter::cell_accessed(core::TaskId task, core::CellId cell, core::Access access, core::Site site) {
  put({.kind = access == core::Access::read ? TraceEventKind::read : TraceEventKind::write,
       .task = task,
       .object = cell},
      site);
}

}  // namespace zoneknot::lockcheck
