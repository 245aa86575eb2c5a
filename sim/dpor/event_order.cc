#include "sim/dpor/event_order.h"

#include <algorithm>
#include <cassert>

#include "sim/dpor/units_before.h"

namespace zoneknot::sim {

void EventOrder::merge(std::uint32_t* clock, const std::uint32_t* other) const {
  for (std::size_t i = 0; i < stride_; ++i) clock[i] = std::max(clock[i], other[i]);
}

void EventOrder::shrink(std::uint32_t size) {
  while (events_.size() > size) {
    const Event& event = events_.back();
    processes_[event.process].last = event.before;
    if (event.place != kNone) places_[event.place].last = event.before_here;
    events_.pop_back();
  }
  clocks_.resize(events_.size() * stride_);
}

std::span<const std::uint32_t> EventOrder::append(const Actor& actor, std::uint32_t units) {
  const std::uint32_t process = process_of(actor);
  begin_subject(actor, process, units);
  waits_ = false;

  clocks_.resize(clocks_.size() + stride_);
  std::uint32_t* clock = row(subject_.end);
  if (subject_.cause != kNone) std::copy_n(row(subject_.cause), stride_, clock);
  if (actor.op.kind == OpKind::join) merge(clock, row(processes_[task_processes_[actor.op.object]].last));
  find_races(clock);

  Event& event = events_.emplace_back();
  event.op = actor.op;
  event.actor = actor.id;
  event.process = process;
  event.cause = subject_.cause;
  event.before = processes_[process].last;
  event.number = event.before == kNone ? 1 : events_[event.before].number + 1;
  clock[process] = event.number;
  processes_[process].last = subject_.end;
  if (place_ != kNone) {
    Place& place = places_[place_];
    event.place = place_;
    event.before_here = place.last;
    event.units = units;
    if (actor.op.object_class == ObjectClass::lock) note_lock(event);
    place.last = subject_.end;
  }
  return races_;
}

void EventOrder::begin_subject(const Actor& actor, std::uint32_t process, std::uint32_t units) {
  subject_.actor = actor;
  subject_.cause = cause_of(actor, process);
  subject_.end = size();
  units_ = units;
  place_ = place_of(actor.op);
}

std::span<const std::uint32_t> EventOrder::consider(const Actor& actor, std::uint32_t units) {
  begin_subject(actor, process_of(actor), units);
  waits_ = !actor.enabled();
  scratch_.assign(stride_, 0);
  if (subject_.cause != kNone) std::copy_n(row(subject_.cause), stride_, scratch_.data());
  find_races(scratch_.data());
  return races_;
}

// --- Races ---

void EventOrder::find_races(std::uint32_t* clock) {
  races_.clear();
  if (place_ == kNone) return;
  const Op& op = subject_.actor.op;
  bool some_possible = false;
  bool some_impossible = false;
  bool taken = false;  // since then it was not possible
  for (std::uint32_t i = places_[place_].last; i != kNone; i = events_[i].before_here) {
    const Event& event = events_[i];
    if (!dependent(event.op, op)) continue;
    const bool possible = taken || !event.op.read_only ? possible_before(i) : possible_without(i);
    // Later events without which it would not have been possible are undone together with this one: what follows them
    // is no obstacle.
    const bool ordered = some_impossible && !some_possible ? follows_from_cause(i) : covers(clock, event);
    if (possible && !ordered) races_.push_back(i);
    if (op.kind == OpKind::sleep && !follows_from_cause(i)) sleeps_overlapped_ = true;
    if (!covers(clock, event)) merge(clock, row(i));
    (possible ? some_possible : some_impossible) = true;
    if (event.op.read_only) continue;
    // Whatever is dependent and earlier precedes this one, unless the subject is about a whole device.
    if (event.op.object_class != op.object_class && event.op.object_class != ObjectClass::device) continue;
    if (some_possible || !can_be_taken(op)) return;
    taken = true;
  }
}

bool EventOrder::follows_from_cause(std::uint32_t event) const {
  return subject_.cause != kNone && precedes(event, subject_.cause);
}

bool EventOrder::can_be_taken(const Op& op) {
  switch (op.kind) {
    case OpKind::lock:
    case OpKind::timed_lock:
    case OpKind::acquire:
    case OpKind::timed_acquire:
    case OpKind::lock_shared:
    case OpKind::timed_lock_shared:
    case OpKind::lock_exclusive:
    case OpKind::timed_lock_exclusive:
      return true;
    default:
      return false;
  }
}

bool EventOrder::possible_before(std::uint32_t event) const {
  switch (subject_.actor.op.kind) {
    case OpKind::lock:
    case OpKind::timed_lock: {
      const ActorId holder = holder_before(event);
      const bool again = holder == subject_.actor.id && !waits_;
      return holder == kNone || (again && subject_.actor.op.kind == OpKind::lock) || late_before(event);
    }
    case OpKind::acquire:
    case OpKind::timed_acquire:
    case OpKind::lock_shared:
    case OpKind::timed_lock_shared:
    case OpKind::lock_exclusive:
    case OpKind::timed_lock_exclusive:
      return enough(events_[event].units) || late_before(event);
    case OpKind::reap:
    case OpKind::woken:
      return !waits_ && event >= subject_.actor.enabled_by;
    case OpKind::sleep:
      return false;
    default:
      return true;
  }
}

// A wait with a time-out can end in vain as well, once it is too late.
bool EventOrder::late_before(std::uint32_t event) const {
  return is_timed() && subject_.actor.enabled_by > 0 && event >= subject_.actor.enabled_by;
}

bool EventOrder::is_timed() const {
  switch (subject_.actor.op.kind) {
    case OpKind::timed_lock:
    case OpKind::timed_acquire:
    case OpKind::timed_lock_shared:
    case OpKind::timed_lock_exclusive:
      return true;
    default:
      return false;
  }
}

// Only what has no owner can be shared, and only what has neither be owned.
bool EventOrder::enough(std::uint32_t units) const {
  switch (subject_.actor.op.kind) {
    case OpKind::lock_shared:
    case OpKind::timed_lock_shared:
      return (units & kClosed) == 0;
    case OpKind::lock_exclusive:
    case OpKind::timed_lock_exclusive:
      return (units & ~kClosed) == 0;
    default:
      return units > 0;
  }
}

// A semaphore's units may come from several releases, some of which would stay if one came later.
bool EventOrder::possible_without(std::uint32_t event) const {
  const bool units_matter =
      subject_.actor.op.kind == OpKind::acquire || subject_.actor.op.kind == OpKind::timed_acquire;
  if (!units_matter || late_before(event)) return possible_before(event);
  std::uint32_t left = units_;
  std::uint32_t after = units_;
  for (std::uint32_t i = places_[place_].last;; i = events_[i].before_here) {
    if (precedes(event, i)) left -= after - events_[i].units;
    if (i == event) return left > 0;
    after = events_[i].units;
  }
}

ActorId EventOrder::holder_before(std::uint32_t event) const {
  const std::uint32_t before = events_[event].before_here;
  return before == kNone ? kNone : events_[before].holder;
}

void EventOrder::note_lock(Event& event) const {
  if (event.before_here != kNone) {
    event.holder = events_[event.before_here].holder;
    event.holds = events_[event.before_here].holds;
  }
  const bool takes = event.op.kind == OpKind::lock || (event.op.kind == OpKind::try_lock && !event.op.read_only) ||
                     (event.op.kind == OpKind::timed_lock && event.holder == kNone);
  if (takes) {
    event.holder = event.actor;
    ++event.holds;
  } else if (event.op.kind == OpKind::unlock && event.holder == event.actor) {
    if (--event.holds == 0) event.holder = kNone;
  }
}

EventOrder::Subject EventOrder::subject_of(std::uint32_t event) const {
  Subject subject;
  subject.actor.op = events_[event].op;
  subject.actor.id = events_[event].actor;
  subject.cause = events_[event].cause;
  subject.end = UINT32_MAX;
  return subject;
}

std::span<const std::uint32_t> EventOrder::reversal(std::uint32_t event) {
  reversal_.clear();
  const std::uint32_t end = std::min(subject_.end, size());
  for (std::uint32_t i = event + 1; i < end; ++i) {
    if (!precedes(event, i)) reversal_.push_back(i);
  }
  return reversal_;
}

bool EventOrder::subject_follows(std::uint32_t event) const {
  if (follows_from_cause(event)) return true;
  return std::any_of(reversal_.begin(), reversal_.end(), [&](std::uint32_t other) {
    return dependent(events_[other].op, subject_.actor.op) && precedes(event, other);
  });
}

// --- Who and where ---

std::uint32_t EventOrder::cause_of(const Actor& actor, std::uint32_t process) const {
  if (!is_event(actor.id) && processes_[process].last != kNone) return processes_[process].last;
  return actor.created == 0 ? kNone : actor.created - 1;
}

std::uint32_t EventOrder::process_of(const Actor& actor) {
  if (is_event(actor.id)) {
    // Two of them have to be ordered by their object.
    assert(!actor.op.read_only && !actor.op.commutes_with_all());
    const std::uint32_t place = place_of(actor.op);
    if (places_[place].process == kNone) places_[place].process = new_process();
    return places_[place].process;
  }
  if (actor.id >= task_processes_.size()) task_processes_.resize(actor.id + 1, kNone);
  std::uint32_t& process = task_processes_[actor.id];
  if (process == kNone) process = new_process();
  return process;
}

std::uint32_t EventOrder::new_process() {
  const auto process = static_cast<std::uint32_t>(processes_.size());
  processes_.emplace_back();
  if (process < stride_) return process;
  std::vector<std::uint32_t> wider(events_.size() * stride_ * 2);
  for (std::uint32_t i = 0; i < size(); ++i) std::copy_n(row(i), stride_, wider.data() + i * stride_ * 2);
  clocks_ = std::move(wider);
  stride_ *= 2;
  return process;
}

std::uint32_t EventOrder::place_of(const Op& op) {
  if (op.commutes_with_all()) return kNone;
  const bool zone = op.object_class == ObjectClass::zone;
  const bool of_device = zone || op.object_class == ObjectClass::device;
  const auto object_class = static_cast<std::size_t>(zone ? ObjectClass::device : op.object_class);
  const std::uint32_t object = of_device ? op.object >> kZoneBits : op.object;
  if (object_class >= place_table_.size()) place_table_.resize(object_class + 1);
  std::vector<std::uint32_t>& table = place_table_[object_class];
  if (object >= table.size()) table.resize(object + 1, kNone);
  if (table[object] == kNone) {
    table[object] = static_cast<std::uint32_t>(places_.size());
    places_.emplace_back();
  }
  return table[object];
}

}  // namespace zoneknot::sim
