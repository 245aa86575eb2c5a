#include "lockcheck/trace/trace_event.h"

#include <utility>

namespace zoneknot::lockcheck {
namespace {

constexpr std::uint32_t kWaitKinds = 6;
constexpr std::uint32_t kCanEnd = 8;
constexpr std::uint32_t kTimed = 16;
constexpr std::uint32_t kShared = 32;

constexpr std::array<TraceEventShape, kTraceEventKinds> kShapes = {{
    {TraceObject::lock},                                    // request
    {TraceObject::lock},                                    // acquire
    {TraceObject::lock},                                    // release
    {TraceObject::lock},                                    // refuse
    {TraceObject::task},                                    // fork
    {TraceObject::task},                                    // join
    {},                                                     // end
    {TraceObject::condition, TraceObject::lock},            // enter
    {TraceObject::condition},                               // signal
    {TraceObject::condition},                               // broadcast
    {TraceObject::task, TraceObject::condition, false},     // wake
    {TraceObject::semaphore},                               // take_unit
    {TraceObject::semaphore},                               // refuse_unit
    {TraceObject::semaphore, TraceObject::count},           // add_units
    {TraceObject::cell},                                    // read
    {TraceObject::cell},                                    // write
    {TraceObject::waited, TraceObject::packed_wait},        // wait
    {TraceObject::none, TraceObject::none, false},          // wait_end
    {TraceObject::lock},                                    // drop
    {TraceObject::text},                                    // assertion
    {TraceObject::semaphore},                               // request_unit
    {TraceObject::lock},                                    // request_share
    {TraceObject::lock},                                    // acquire_share
    {TraceObject::lock},                                    // release_share
    {TraceObject::condition},                               // woke
    {TraceObject::barrier},                                 // arrive
    {TraceObject::barrier},                                 // pass
    {TraceObject::destroyed, TraceObject::destroyed_kind},  // destroy
}};

TraceObject waited_for(core::WaitKind kind) {
  switch (kind) {
    case core::WaitKind::lock:
      return TraceObject::lock;
    case core::WaitKind::join:
      return TraceObject::task;
    case core::WaitKind::condition:
      return TraceObject::condition;
    case core::WaitKind::semaphore:
      return TraceObject::semaphore;
    case core::WaitKind::completion:
    case core::WaitKind::timer:
      break;
  }
  return TraceObject::count;
}

TraceObject destroyed_object(std::uint32_t what) {
  constexpr std::array<TraceObject, 4> kObjects = {TraceObject::lock, TraceObject::condition, TraceObject::semaphore,
                                                   TraceObject::barrier};
  return what < kObjects.size() ? kObjects.at(what) : TraceObject::none;
}

}  // namespace

std::uint32_t pack(const TraceWait& wait) {
  return static_cast<std::uint32_t>(wait.kind) | (wait.can_end ? kCanEnd : 0U) | (wait.timed ? kTimed : 0U) |
         (wait.shared ? kShared : 0U);
}

std::optional<TraceWait> unpack_wait(std::uint32_t packed) {
  const std::uint32_t kind = packed & 7U;
  if (kind >= kWaitKinds || packed >= 2 * kShared) return std::nullopt;
  return TraceWait{.kind = static_cast<core::WaitKind>(kind),
                   .can_end = (packed & kCanEnd) != 0,
                   .timed = (packed & kTimed) != 0,
                   .shared = (packed & kShared) != 0};
}

const TraceEventShape& shape_of(TraceEventKind kind) { return kShapes.at(static_cast<std::size_t>(kind)); }

std::uint64_t TraceNames::count_of(TraceObject what) const {
  switch (what) {
    case TraceObject::lock:
      return locks.size();
    case TraceObject::task:
      return tasks.size();
    case TraceObject::condition:
      return conditions.size();
    case TraceObject::semaphore:
      return semaphores.size();
    case TraceObject::cell:
      return cells.size();
    case TraceObject::text:
      return texts.size();
    case TraceObject::barrier:
      return barriers.size();
    default:
      return UINT64_MAX;
  }
}

void TraceNames::rename(TraceLateName name) {
  (name.of == TraceLateName::Of::task ? tasks[name.id] : locks[name.id].name) = name.name;
  late.push_back(std::move(name));
}

bool fits(const TraceEvent& event, const TraceNames& names) {
  const TraceEventShape& shape = shape_of(event.kind);
  if (event.task >= names.tasks.size()) return false;
  if (shape.has_site && event.site >= names.sites.size()) return false;
  if (event.kind == TraceEventKind::wait) {
    const auto wait = unpack_wait(event.other);
    return wait && event.object < names.count_of(waited_for(wait->kind));
  }
  if (event.kind == TraceEventKind::destroy) {
    const TraceObject what = destroyed_object(event.other);
    return what != TraceObject::none && event.object < names.count_of(what);
  }
  const bool lock_not_known = event.kind == TraceEventKind::enter && event.other == core::kNoId;
  return event.object < names.count_of(shape.object) && (lock_not_known || event.other < names.count_of(shape.other));
}

}  // namespace zoneknot::lockcheck
