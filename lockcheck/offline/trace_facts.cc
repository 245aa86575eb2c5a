#include "lockcheck/offline/trace_facts.h"

#include <algorithm>
#include <utility>

namespace zoneknot::lockcheck {

using core::kNoId;

void TraceFacts::event(const TraceEvent& event, const TraceNames& names) {
  ++events_;
  if (event.kind == TraceEventKind::wait || event.kind == TraceEventKind::wait_end) return;
  go_on_after_wake(event.task);
  task(event.task).asks = event.kind == TraceEventKind::request || event.kind == TraceEventKind::request_share;
  switch (event.kind) {
    case TraceEventKind::request:
    case TraceEventKind::request_share:
      return request(event, names);
    case TraceEventKind::acquire:
      return acquire(event, names);
    case TraceEventKind::release:
      return release(event);
    case TraceEventKind::refuse:
      return refuse(event);
    case TraceEventKind::fork:
      return fork(event);
    case TraceEventKind::join:
      return join(event);
    case TraceEventKind::enter:
      return enter(event);
    case TraceEventKind::end:
      order_.next(event.task);
      return;
    case TraceEventKind::signal:
    case TraceEventKind::broadcast:
      return signal(event);
    case TraceEventKind::woke:
      return woke(event);
    case TraceEventKind::arrive:
      return arrive(event, names);
    case TraceEventKind::pass:
      return pass(event);
    case TraceEventKind::destroy:
      return destroy(event);
    case TraceEventKind::wake:
      return wake(event);
    case TraceEventKind::take_unit:
    case TraceEventKind::refuse_unit:
    case TraceEventKind::add_units:
      return use_semaphore(event);
    case TraceEventKind::read:
    case TraceEventKind::write:
      return access(event);
    case TraceEventKind::request_unit:
      ++other_waits_.units;
      return;
    case TraceEventKind::acquire_share:
    case TraceEventKind::release_share:
      return share(event, names);
    case TraceEventKind::wait:
    case TraceEventKind::wait_end:
    case TraceEventKind::drop:
    case TraceEventKind::assertion:
      return;
  }
}

void TraceFacts::need(Position event, Position earlier, Tie tie, std::uint32_t note) {
  if (earlier.valid() && task(event.task).before.data.at(earlier.task) <= earlier.at) {
    order_.need(event, earlier, tie, note);
  }
}

// --- Locks -----------------------------------------------------------------------------------------------------------

void TraceFacts::request(const TraceEvent& event, const TraceNames& names) {
  Task& self = task(event.task);
  self.requested = event.kind == TraceEventKind::request ? event.object : for_readers(event.object);
  self.requested_at = event.site;
  self.requested_where = where();
  at(locks_, event.object).readers = names.locks[event.object].readers;
}

void TraceFacts::acquire(const TraceEvent& event, const TraceNames& names) {
  const bool waited = std::exchange(task(event.task).requested, kNoId) == event.object;
  const Position position = order_.next(event.task);
  Lock& lock = at(locks_, event.object);
  if (lock.owner == event.task) {
    lock.stranger = {};
    ++owned_of(task(event.task), event.object, false)->count;
    return;
  }
  if (lock.owner != kNoId) take_from_owner(event.object);
  for (const Share& share : shares_of(event.object)) {
    if (share.given_back.valid()) need(position, share.given_back, Tie::acquisition);
  }
  lock = {.owner = event.task, .taken = position, .stranger = {}, .readers = names.locks[event.object].readers};
  if (waited) {
    note_dependency(event.task, event.object, event.site, {.position = position.at, .where = where()});
  }
  const std::uint32_t section = order_.begin_section(position, event.object, where());
  task(event.task).owned.push_back({.lock = event.object, .site = event.site, .section = section, .count = 1});
}

// What a stranger seems to have given back its owner may have no more: nothing is built on it.
void TraceFacts::note_dependency(core::TaskId id, OwnableId wanted, std::uint32_t site, WaitInstance instance) {
  Task& self = task(id);
  LockDependency dependency{.task = id, .wanted = wanted, .wanted_site = site, .owned = {}};
  for (const OwnedLock& owned : self.owned) {
    const Lock& lock = locks_[owned.lock];
    if (lock.stranger.valid()) continue;
    dependency.owned.push_back({owned.lock, owned.site, owned.share ? Hold::share : Hold::all});
    const bool keeps_readers_out = !owned.share && lock.readers != core::Readers::none;
    if (keeps_readers_out) dependency.owned.push_back({for_readers(owned.lock), owned.site});
  }
  const bool writes = !is_task_end(wanted) && !is_for_readers(wanted);
  if (writes && locks_[wanted].readers == core::Readers::after_writers) {
    dependency.owned.push_back({for_readers(wanted), site, Hold::turn});
  }
  dependency.owned.push_back({end_of(id), self.forked_at});
  instance.forks = number_of(self.before.forks, self.before.forks_number);
  instance.data = number_of(self.before.data, self.before.data_number);
  (dependency.owned.size() == 1 ? owning_nothing_ : dependencies_).add(std::move(dependency), instance);
}

std::uint32_t TraceFacts::number_of(const TaskClock& clock, std::uint32_t& number) {
  if (number == kNoId || !clocks_[number].shares_all_with(clock)) {
    number = static_cast<std::uint32_t>(clocks_.size());
    clocks_.push_back(clock);
  }
  return number;
}

void TraceFacts::release(const TraceEvent& event) {
  Task& self = task(event.task);
  Lock& lock = at(locks_, event.object);
  const Position position = order_.next(event.task);
  if (lock.owner != event.task) {
    if (lock.owner == kNoId) return;
    lock.stranger = position;
    return need(position, lock.taken, Tie::acquisition);
  }
  lock.stranger = {};
  const auto owned = owned_of(self, event.object, false);
  if (--owned->count > 0) return;
  order_.end_section(owned->section, position);
  self.owned.erase(owned);
  lock.owner = kNoId;
  if (lock.readers != core::Readers::none) at(shares_, event.object).last_release = position;
}

// Sections of the lock before it come before it in every run that is looked for, and so does it before those that come
// after; shares among each other come in any order.
void TraceFacts::share(const TraceEvent& event, const TraceNames& names) {
  const Position position = order_.next(event.task);
  at(locks_, event.object).readers = names.locks[event.object].readers;
  Shares& shares = at(shares_, event.object);
  if (event.kind == TraceEventKind::acquire_share) return take_share(event, position);
  const auto own = std::ranges::find_if(
      shares.all, [&](const Share& share) { return share.task == event.task && !share.given_back.valid(); });
  if (own == shares.all.end()) return;
  // A later one of the task says all that an earlier one did.
  const auto earlier = [&](const Share& share) { return share.task == event.task && share.given_back.valid(); };
  Task& self = task(event.task);
  const auto owned = owned_of(self, event.object, true);
  if (--owned->count == 0) {
    order_.end_section(owned->section, position);
    self.owned.erase(owned);
  }
  own->given_back = position;
  const Share latest = *own;
  std::erase_if(shares.all, earlier);
  shares.all.push_back(latest);
}

void TraceFacts::take_share(const TraceEvent& event, Position position) {
  const bool waited = std::exchange(task(event.task).requested, kNoId) == for_readers(event.object);
  Lock& lock = locks_[event.object];
  if (lock.owner != kNoId && lock.stranger.valid()) {
    take_from_owner(event.object);
    lock.owner = kNoId;
  }
  Shares& shares = shares_[event.object];
  if (shares.last_release.valid()) need(position, shares.last_release, Tie::acquisition);
  if (waited) {
    note_dependency(event.task, for_readers(event.object), event.site, {.position = position.at, .where = where()});
  }
  shares.all.push_back({.task = event.task, .taken = position, .given_back = {}});
  Task& self = task(event.task);
  const auto owned = owned_of(self, event.object, true);
  if (owned != self.owned.end()) {
    ++owned->count;
    return;
  }
  const std::uint32_t section = order_.begin_section(position, event.object, where(), Tie::share);
  self.owned.push_back({.lock = event.object, .site = event.site, .section = section, .count = 1, .share = true});
}

void TraceFacts::take_from_owner(core::LockId id) {
  Lock& lock = locks_[id];
  Task& owner = task(lock.owner);
  const auto owned = owned_of(owner, id, false);
  order_.end_section(owned->section, lock.stranger);
  owner.owned.erase(owned);
  if (lock.readers != core::Readers::none) at(shares_, id).last_release = lock.stranger;
}

// That it was not to be had is so only as long as its owner has it.
void TraceFacts::refuse(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Task& self = task(event.task);
  if (self.requested != kNoId && !is_task_end(self.requested) && lock_of(self.requested) == event.object) {
    self.requested = kNoId;
  }
  const Lock& lock = at(locks_, event.object);
  if (lock.owner != kNoId) need(position, lock.taken, Tie::acquisition);
  for (const Share& share : shares_of(event.object)) {
    if (!share.given_back.valid()) need(position, share.taken, Tie::acquisition);
  }
  // A reader may have been refused because a writer waits. What that one does next needs its request before.
  if (lock.readers != core::Readers::after_writers) return;
  for (core::TaskId id = 0; id < tasks_.size(); ++id) {
    if (tasks_[id].asks && tasks_[id].requested == event.object) {
      order_.need(position, {id, order_.length(id)}, Tie::acquisition);
    }
  }
}

// --- Tasks -----------------------------------------------------------------------------------------------------------

void TraceFacts::fork(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  task(std::max(event.task, event.object));
  const Before& parent = task(event.task).before;
  Task& child = task(event.object);
  if (!child.forked_by.valid()) {
    child.forked_by = position;
    child.forked_at = event.site;
  }
  order_.need(order_.next(event.object), position, Tie::fork);
  for (const auto clock : {&Before::forks, &Before::data}) {
    (child.before.*clock).merge(parent.*clock);
    (child.before.*clock).raise(event.task, position.at + 1);
  }
}

// It is waited for as a lock is: the end of a task is what that task alone has.
void TraceFacts::join(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  note_dependency(event.task, end_of(event.object), event.site, {.position = position.at, .where = where()});
  task(std::max(event.task, event.object));
  Task& self = task(event.task);
  const Task& other = task(event.object);
  const std::uint32_t length = order_.length(event.object);
  if (length > 0) need(position, {event.object, length - 1}, Tie::join);
  for (const auto clock : {&Before::forks, &Before::data}) {
    (self.before.*clock).merge(other.before.*clock);
    (self.before.*clock).raise(event.object, length);
  }
}

// --- Waits -----------------------------------------------------------------------------------------------------------

// The signal is the event before this one in its task. It finds the task that it wakes waiting, in every run.
void TraceFacts::wake(const TraceEvent& event) {
  const Position signal = order_.next(event.task);
  const std::uint32_t entered = order_.length(event.object);
  if (entered > 0) need(signal, {event.object, entered - 1}, Tie::wake);
  task(event.object).woken_by = signal;
}

void TraceFacts::go_on_after_wake(core::TaskId id) {
  const Position signal = std::exchange(task(id).woken_by, {});
  if (signal.valid()) need(order_.next(id), signal, Tie::wake);
}

void TraceFacts::enter(const TraceEvent& event) {
  ++other_waits_.conditions;
  order_.next(event.task);
  task(event.task).woken_by = {};
  std::vector<Signals::Entered>& waiting = at(signals_, event.object).waiting;
  std::erase_if(waiting, [&](const Signals::Entered& entered) { return entered.task == event.task; });
  waiting.push_back({.task = event.task, .event = events_});
}

void TraceFacts::signal(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Signals& signals = at(signals_, event.object);
  if (signals.waiting.empty()) return;
  auto own = std::ranges::find(signals.last, event.task, &Signals::Last::task);
  if (own == signals.last.end()) own = signals.last.insert(own, {.task = event.task});
  own->position = position;
  own->event = events_;
}

// Some signal since it began to wait was for it, so it needs all of them. If there is none, it was woken by what the
// trace does not tell of.
void TraceFacts::woke(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Signals& signals = at(signals_, event.object);
  const auto entered = std::ranges::find(signals.waiting, event.task, &Signals::Entered::task);
  if (entered == signals.waiting.end()) return;
  for (const Signals::Last& last : signals.last) {
    if (last.event > entered->event) need(position, last.position, Tie::wake);
  }
  signals.waiting.erase(entered);
}

void TraceFacts::arrive(const TraceEvent& event, const TraceNames& names) {
  Barrier& barrier = at(barriers_, event.object);
  const std::uint32_t count = names.barriers[event.object].count;
  const auto is_full = [&](const Barrier::Round& round) {
    return round.arrived.size() >= count ||
           std::ranges::find(round.arrived, event.task, &Position::task) != round.arrived.end();
  };
  if (barrier.rounds.empty() || is_full(barrier.rounds.back())) barrier.rounds.emplace_back();
  barrier.rounds.back().arrived.push_back(order_.next(event.task));
}

void TraceFacts::pass(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  std::deque<Barrier::Round>& rounds = at(barriers_, event.object).rounds;
  const auto of_task = [&](const Barrier::Round& round) {
    return std::ranges::find(round.arrived, event.task, &Position::task) != round.arrived.end();
  };
  const auto round = std::ranges::find_if(rounds, of_task);
  if (round == rounds.end()) return;
  for (const Position& arrived : round->arrived) need(position, arrived, Tie::wake);
  if (++round->passed == round->arrived.size() && round == rounds.begin()) rounds.pop_front();
}

// A task that has the lock has it no more.
void TraceFacts::destroy(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  if (event.other != static_cast<std::uint32_t>(TraceDestroyed::lock)) return;
  destroyed_.insert_or_assign(event.object, position);
  Lock& lock = at(locks_, event.object);
  for (const Share& share : shares_of(event.object)) {
    Task& reader = task(share.task);
    const auto owned = owned_of(reader, event.object, true);
    if (owned != reader.owned.end()) reader.owned.erase(owned);
  }
  if (event.object < shares_.size()) shares_[event.object].all.clear();
  if (lock.owner == kNoId) return;
  lock.stranger = position;
  take_from_owner(event.object);
  lock.owner = kNoId;
  lock.taken = lock.stranger = {};
}

// A task that takes a unit needs all that were added before; one that finds none, that all were taken.
void TraceFacts::use_semaphore(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Semaphore& semaphore = at(semaphores_, event.object);
  need(position, semaphore.last_added, Tie::unit);
  if (event.kind != TraceEventKind::add_units) need(position, semaphore.last_taken, Tie::unit);
  if (event.kind == TraceEventKind::add_units) {
    semaphore.last_added = position;
  } else if (event.kind == TraceEventKind::take_unit) {
    semaphore.last_taken = position;
  }
}

// A write needs nothing: who overwrites a value that others must see is not in the run, or after them.
void TraceFacts::access(const TraceEvent& event) {
  const Position position = order_.next(event.task);
  Cell& cell = at(cells_, event.object);
  Before& before = task(event.task).before;
  if (event.kind == TraceEventKind::write) {
    cell.written = position;
    cell.written_at = event.site;
    cell.before = before.data;
    return;
  }
  if (!cell.written.valid() || cell.written.task == event.task) return;
  if (before.data.at(cell.written.task) > cell.written.at) return;
  order_.need(position, cell.written, Tie::data, read_of(event, cell));
  before.data.merge(cell.before);
  before.data.raise(cell.written.task, cell.written.at + 1);
}

std::uint32_t TraceFacts::read_of(const TraceEvent& event, const Cell& cell) {
  const auto [known, is_new] =
      read_numbers_.try_emplace({event.object, event.site}, static_cast<std::uint32_t>(reads_.size()));
  if (is_new) reads_.push_back({.cell = event.object, .read_at = event.site, .written_at = cell.written_at});
  return known->second;
}

void TraceFacts::finish() {
  for (core::TaskId id = 0; id < tasks_.size(); ++id) {
    const Task& self = tasks_[id];
    if (!self.asks || at(locks_, lock_of(self.requested)).owner == id) continue;
    note_dependency(id, self.requested, self.requested_at,
                    {.position = order_.length(id), .where = self.requested_where});
  }
  dependencies_.take(owning_nothing_, tasks_waited_for());
  owning_nothing_ = {};
}

std::vector<bool> TraceFacts::tasks_waited_for() const {
  std::vector<bool> waited(tasks_.size(), false);
  std::vector<core::TaskId> found;
  const auto add = [&](const LockDependency& dependency) {
    if (!is_task_end(dependency.wanted) || waited[task_that_ends(dependency.wanted)]) return;
    waited[task_that_ends(dependency.wanted)] = true;
    found.push_back(task_that_ends(dependency.wanted));
  };
  for (const LockDependency& dependency : dependencies_.all()) add(dependency);
  std::vector<std::vector<const LockDependency*>> joins(tasks_.size());
  for (const LockDependency& dependency : owning_nothing_.all()) {
    if (is_task_end(dependency.wanted)) joins[dependency.task].push_back(&dependency);
  }
  while (!found.empty()) {
    const core::TaskId task = found.back();
    found.pop_back();
    for (const LockDependency* const join : joins[task]) add(*join);
  }
  return waited;
}

}  // namespace zoneknot::lockcheck
