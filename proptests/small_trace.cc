#include "proptests/small_trace.h"

#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <ostream>
#include <string>
#include <utility>

#include "lockcheck/trace/std_trace.h"

namespace zoneknot::proptests {

namespace {

using core::kNoId;
using lockcheck::TraceEventKind;

constexpr std::uint32_t kTasks = 4;
constexpr std::uint32_t kTraceLocks = 3;
constexpr std::size_t kChoices = 16;

enum class TraceAct : std::uint8_t {
  take,
  try_to_take,
  give_last,
  give_first,
  nest,
  read,
  write,
  fork,
  join,
  take_unit,
  add_unit,
  wait,
  signal
};

// What is tried next; without effect where it cannot be done.
struct Choice {
  std::uint32_t task = 0;
  TraceAct act = TraceAct::take;
  std::uint32_t object = 0;
  std::uint32_t second = 0;
};

class Writer {
 public:
  Writer(std::uint32_t roots, std::uint32_t locks, bool place_for_each)
      : started_(roots), locks_(locks), place_for_each_(place_for_each) {
    owners_.fill(kNoId);
    waits_for_.fill(kNoId);
    for (std::uint32_t i = 0; i < kTasks; ++i) trace_.names.tasks.push_back("T" + std::to_string(i));
    for (std::uint32_t i = 0; i < locks_; ++i) {
      const std::string name = "L" + std::to_string(i);
      trace_.names.locks.push_back({.name = name, .lock_class = name, .kind = core::LockKind::plain});
    }
    trace_.names.cells = {"x"};
    trace_.names.conditions = {"changed"};
    trace_.names.semaphores = {{.name = "units", .count = units_}};
  }

  void make(const Choice& choice) {
    const std::uint32_t task = choice.task % started_;
    if (ended_.at(task)) return;
    if (waits_for_.at(task) != kNoId) return go_on(task);
    std::vector<core::LockId>& owned = owned_.at(task);
    const core::LockId lock = choice.object % locks_;
    switch (choice.act) {
      case TraceAct::take:
        return take(task, lock);
      case TraceAct::try_to_take:
        if (owners_.at(lock) == task) return;
        return owners_.at(lock) == kNoId ? get(task, lock) : add(TraceEventKind::refuse, task, lock);
      case TraceAct::give_last:
        if (!owned.empty()) give(task, owned.back());
        return;
      case TraceAct::give_first:
        if (!owned.empty()) give(task, owned.front());
        return;
      case TraceAct::nest:
        return nest(task, lock, (lock + 1 + choice.second % (locks_ - 1)) % locks_);
      case TraceAct::read:
      case TraceAct::write:
        return add(choice.act == TraceAct::read ? TraceEventKind::read : TraceEventKind::write, task, 0);
      case TraceAct::fork:
        if (started_ < kTasks) add(TraceEventKind::fork, task, started_++);
        return;
      case TraceAct::join:
        return join(task, choice.object % started_);
      case TraceAct::take_unit:
        add(units_ > 0 ? TraceEventKind::take_unit : TraceEventKind::refuse_unit, task, 0);
        units_ -= units_ > 0 ? 1 : 0;
        return;
      case TraceAct::add_unit:
        add(TraceEventKind::add_units, task, 0, 1);
        ++units_;
        return;
      case TraceAct::wait:
        if (!owned.empty()) wait(task, owned.back());
        return;
      case TraceAct::signal:
        return signal(task);
    }
  }

  void give_all_back() {
    for (std::uint32_t task = 0; task < kTasks; ++task) {
      while (!owned_.at(task).empty()) give(task, owned_.at(task).back());
    }
  }

  void ask_in_vain(std::uint32_t task, core::LockId lock) {
    if (task >= started_ || ended_.at(task) || waits_for_.at(task) != kNoId || owners_.at(lock) == kNoId ||
        owners_.at(lock) == task)
      return;
    add(TraceEventKind::request, task, lock);
    ended_.at(task) = true;
  }

  SmallTrace trace_;

 private:
  void add(TraceEventKind kind, std::uint32_t task, std::uint32_t object, std::uint32_t other = 0) {
    std::deque<core::Place>& sites = trace_.names.sites;
    const auto count = static_cast<std::uint32_t>(trace_.events.size());
    const core::Place place{.line = place_for_each_ ? count + 1 : object + 1};
    const auto site = static_cast<std::uint32_t>(std::ranges::find(sites, place) - sites.begin());
    if (site == sites.size()) sites.push_back(place);
    trace_.events.push_back({.kind = kind, .task = task, .object = object, .other = other, .site = site});
  }

  void take(std::uint32_t task, core::LockId lock) {
    if (owners_.at(lock) != kNoId) return;
    add(TraceEventKind::request, task, lock);
    get(task, lock);
  }

  void get(std::uint32_t task, core::LockId lock) {
    add(TraceEventKind::acquire, task, lock);
    owners_.at(lock) = task;
    owned_.at(task).push_back(lock);
  }

  void give(std::uint32_t task, core::LockId lock) {
    add(TraceEventKind::release, task, lock);
    owners_.at(lock) = kNoId;
    std::erase(owned_.at(task), lock);
  }

  void nest(std::uint32_t task, core::LockId outer, core::LockId inner) {
    if (owners_.at(outer) != kNoId || owners_.at(inner) != kNoId) return;
    take(task, outer);
    take(task, inner);
    give(task, inner);
    give(task, outer);
  }

  void join(std::uint32_t task, std::uint32_t other) {
    if (other == task || ended_.at(other) || waits_for_.at(other) != kNoId) return;
    while (!owned_.at(other).empty()) give(other, owned_.at(other).back());
    ended_.at(other) = true;
    add(TraceEventKind::join, task, other);
  }

  void wait(std::uint32_t task, core::LockId lock) {
    add(TraceEventKind::enter, task, 0, lock);
    give(task, lock);
    waits_for_.at(task) = lock;
  }

  // Wakes the first one.
  void signal(std::uint32_t task) {
    add(TraceEventKind::signal, task, 0);
    for (std::uint32_t other = 0; other < kTasks; ++other) {
      if (waits_for_.at(other) == kNoId || woken_.at(other)) continue;
      woken_.at(other) = true;
      return add(TraceEventKind::wake, task, other, 0);
    }
  }

  // Has the lock again, if that is free.
  void go_on(std::uint32_t task) {
    if (!woken_.at(task) || owners_.at(waits_for_.at(task)) != kNoId) return;
    woken_.at(task) = false;
    take(task, std::exchange(waits_for_.at(task), kNoId));
  }

  std::uint32_t started_;
  std::uint32_t locks_;
  bool place_for_each_;
  std::array<core::TaskId, kTraceLocks> owners_{};
  std::array<std::vector<core::LockId>, kTasks> owned_;
  std::array<bool, kTasks> ended_{};
  std::array<core::LockId, kTasks> waits_for_{};  // the one that a wait has given back; kNoId: not in a wait
  std::array<bool, kTasks> woken_{};
  std::uint32_t units_ = 0;
};

rc::Gen<Choice> any_choice() {
  const auto act = rc::gen::weightedElement<TraceAct>({{3, TraceAct::take},
                                                       {2, TraceAct::try_to_take},
                                                       {3, TraceAct::give_last},
                                                       {1, TraceAct::give_first},
                                                       {11, TraceAct::nest},
                                                       {2, TraceAct::read},
                                                       {2, TraceAct::write},
                                                       {2, TraceAct::fork},
                                                       {1, TraceAct::join},
                                                       {1, TraceAct::take_unit},
                                                       {2, TraceAct::add_unit},
                                                       {1, TraceAct::wait},
                                                       {2, TraceAct::signal}});
  const auto number = rc::gen::inRange<std::uint32_t>(0, 12);  // of tasks and of locks
  return rc::gen::build<Choice>(rc::gen::set(&Choice::task, number), rc::gen::set(&Choice::act, act),
                                rc::gen::set(&Choice::object, number), rc::gen::set(&Choice::second, number));
}

}  // namespace

void showValue(const SmallTrace& trace, std::ostream& out) {
  out << "\n";
  lockcheck::StdWriter writer(out);
  for (const lockcheck::TraceEvent& event : trace.events) writer.event(event, trace.names);
}

rc::Gen<SmallTrace> any_small_trace() {
  const auto trace = rc::gen::exec([] {
    const auto roots = *rc::gen::inRange<std::uint32_t>(1, 4);
    const auto locks = *rc::gen::inRange<std::uint32_t>(2, kTraceLocks + 1);
    Writer writer(roots, locks, *rc::gen::arbitrary<bool>());
    for (const Choice& choice : *rc::gen::container<std::vector<Choice>>(kChoices, any_choice())) writer.make(choice);
    if (*rc::gen::arbitrary<bool>()) writer.give_all_back();
    for (std::uint32_t task = 0; task < kTasks; ++task) {
      writer.ask_in_vain(task, *rc::gen::inRange<std::uint32_t>(0, locks));
    }
    return writer.trace_;
  });
  return rc::gen::resize(rc::kNominalSize, trace);
}

}  // namespace zoneknot::proptests
