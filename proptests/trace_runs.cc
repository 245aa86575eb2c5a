#include "proptests/trace_runs.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "lockcheck/text/site.h"

namespace zoneknot::proptests {

namespace {

using core::kNoId;
using lockcheck::TraceEvent;
using lockcheck::TraceEventKind;

// One thing that a task does.
struct Step {
  TraceEvent event;
  std::uint32_t number = 0;              // of the event in the trace
  bool waited = false;                   // of a lock that is taken, or wanted in vain
  std::uint32_t seen = kNoId;            // of a read: the write; of a refused lock: when its owner had taken it; of a
                                         // wake: how many steps the task that is woken had made
  std::uint32_t woken_by = kNoId;        // it ends a wait
  std::set<core::LockId> owned;          // by the task, before it
  std::vector<std::uint32_t> come_from;  // by task: how many of its steps are over then, by fork and join alone
};

// A run as far as it has come.
struct State {
  std::vector<std::uint32_t> done;    // by task: steps
  std::vector<std::uint32_t> writes;  // by cell: the last one
  auto operator<=>(const State&) const = default;
};

struct Wait {
  core::TaskId task = 0;
  std::uint32_t at = 0;
};
using Ring = std::vector<Wait>;

class Runs {
 public:
  Runs(const SmallTrace& trace, SectionOrder order)
      : names_(trace.names), order_(order), steps_(names_.tasks.size()), forked_(names_.tasks.size(), false) {
    read(trace);
    const State begin{.done = std::vector<std::uint32_t>(steps_.size(), 0),
                      .writes = std::vector<std::uint32_t>(names_.cells.size(), kNoId)};
    go_everywhere(begin);
  }

  PredictedRings rings() {
    PredictedRings found;
    std::vector<Wait> waits;
    for (core::TaskId task = 0; task < steps_.size(); ++task) {
      for (std::uint32_t at = 0; at < steps_[task].size(); ++at) {
        if (steps_[task][at].waited && !steps_[task][at].owned.empty()) waits.push_back({task, at});
      }
    }
    Ring ring;
    for (const Wait& first : waits) {
      ring.assign(1, first);
      extend(ring, waits, found);
    }
    return found;
  }

 private:
  [[nodiscard]] const Step& step(const Wait& wait) const { return steps_[wait.task][wait.at]; }

  // Who owns what, who saw what, and who can only come after whom, as it was.
  void read(const SmallTrace& trace) {
    std::vector<std::set<core::LockId>> owned(steps_.size());
    std::vector<std::vector<std::uint32_t>> come_from(steps_.size(), std::vector<std::uint32_t>(steps_.size(), 0));
    std::vector<std::uint32_t> last_write(names_.cells.size(), kNoId);
    std::vector<std::uint32_t> last_taken(names_.locks.size(), kNoId);
    std::vector<std::uint32_t> woken_by(steps_.size(), kNoId);
    for (std::uint32_t i = 0; i < trace.events.size(); ++i) {
      const TraceEvent& event = trace.events[i];
      const auto is_answer = [&](const TraceEvent& other) { return other.task == event.task; };
      const auto answer = std::find_if(trace.events.begin() + i + 1, trace.events.end(), is_answer);
      if (event.kind == TraceEventKind::request && answer != trace.events.end()) continue;
      Step made{.event = event, .number = i, .owned = owned[event.task]};
      if (event.kind == TraceEventKind::join) merge(come_from[event.task], event.object, come_from[event.object]);
      made.come_from = come_from[event.task];
      made.waited = event.kind == TraceEventKind::request || (i > 0 && trace.events[i - 1].task == event.task &&
                                                              trace.events[i - 1].kind == TraceEventKind::request);
      if (event.kind == TraceEventKind::read) made.seen = last_write[event.object];
      if (event.kind == TraceEventKind::refuse) made.seen = last_taken[event.object];
      if (event.kind == TraceEventKind::wake) made.seen = static_cast<std::uint32_t>(steps_[event.object].size());
      if (event.kind == TraceEventKind::wake) woken_by[event.object] = i;
      made.woken_by = std::exchange(woken_by[event.task], kNoId);
      if (event.kind == TraceEventKind::write) last_write[event.object] = i;
      if (event.kind == TraceEventKind::acquire) last_taken[event.object] = i;
      if (event.kind == TraceEventKind::acquire) owned[event.task].insert(event.object);
      if (event.kind == TraceEventKind::release) owned[event.task].erase(event.object);
      steps_[event.task].push_back(std::move(made));
      if (event.kind == TraceEventKind::fork) {
        forked_[event.object] = true;
        merge(come_from[event.object], event.task, come_from[event.task]);
      }
    }
  }

  void merge(std::vector<std::uint32_t>& into, core::TaskId other, const std::vector<std::uint32_t>& of_other) const {
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = std::max(into[i], of_other[i]);
    into[other] = static_cast<std::uint32_t>(steps_[other].size());
  }

  // Every step whose event is in the run.
  template <class Look>
  void for_each_done(const State& state, const Look& look) const {
    for (core::TaskId task = 0; task < steps_.size(); ++task) {
      for (std::uint32_t at = 0; at < state.done[task]; ++at) look(steps_[task][at]);
    }
  }

  // When the owner of the lock has taken it; kNoId: nobody has.
  [[nodiscard]] std::uint32_t taken(const State& state, core::LockId lock) const {
    for (core::TaskId task = 0; task < steps_.size(); ++task) {
      std::uint32_t begun = kNoId;
      for (std::uint32_t at = 0; at < state.done[task]; ++at) {
        const Step& done = steps_[task][at];
        if (done.event.object != lock) continue;
        if (done.event.kind == TraceEventKind::acquire) begun = done.number;
        if (done.event.kind == TraceEventKind::release) begun = kNoId;
      }
      if (begun != kNoId) return begun;
    }
    return kNoId;
  }

  [[nodiscard]] bool exists(const State& state, core::TaskId task) const {
    bool exists = !forked_[task];
    for_each_done(state, [&](const Step& done) {
      exists |= done.event.kind == TraceEventKind::fork && done.event.object == task;
    });
    return exists;
  }

  // The task is not in the wait that ends with the step.
  [[nodiscard]] bool awake(const State& state, const Step& next) const {
    bool awake = next.woken_by == kNoId;
    for_each_done(state, [&](const Step& done) { awake |= done.number == next.woken_by; });
    return awake;
  }

  // Sections of a lock are in the order of the trace, and one is over when the next one begins; every read sees the
  // same write; whoever did not get a lock does not get it from the same owner; waits are woken as they were.
  [[nodiscard]] bool can_follow(const State& state, core::TaskId task) const {
    const std::vector<Step>& all = steps_[task];
    if (state.done[task] == all.size()) return false;
    const Step& next = all[state.done[task]];
    const TraceEvent& event = next.event;
    std::int64_t units = names_.semaphores.at(0).count;
    bool in_order = true;
    for_each_done(state, [&](const Step& done) {
      const bool same_object = done.event.object == event.object;
      units += done.event.kind == TraceEventKind::add_units ? 1 : 0;
      units -= done.event.kind == TraceEventKind::take_unit ? 1 : 0;
      in_order &= done.event.kind != TraceEventKind::acquire || !same_object || done.number < next.number;
    });
    if (!exists(state, task) || !awake(state, next)) return false;
    switch (event.kind) {
      case TraceEventKind::request:
        return false;
      case TraceEventKind::acquire:
        return (in_order || order_ == SectionOrder::any) && taken(state, event.object) == kNoId;
      case TraceEventKind::refuse:
        return order_ == SectionOrder::any ? taken(state, event.object) != kNoId
                                           : taken(state, event.object) == next.seen;
      case TraceEventKind::read:
        return state.writes[event.object] == next.seen;
      case TraceEventKind::wake:
        return state.done[event.object] == next.seen;
      case TraceEventKind::take_unit:
        return units > 0;
      case TraceEventKind::refuse_unit:
        return units == 0;
      case TraceEventKind::join:
        return exists(state, event.object) && state.done[event.object] == steps_[event.object].size();
      default:
        return true;
    }
  }

  void go_everywhere(const State& begin) {
    std::vector<State> open{begin};
    reached_.insert(begin);
    while (!open.empty()) {
      const State state = std::move(open.back());
      open.pop_back();
      for (core::TaskId task = 0; task < steps_.size(); ++task) {
        if (!can_follow(state, task)) continue;
        State after = state;
        const Step& made = steps_[task][after.done[task]++];
        if (made.event.kind == TraceEventKind::write) after.writes[made.event.object] = made.number;
        if (reached_.insert(after).second) open.push_back(std::move(after));
      }
    }
  }

  // Each owns what the one before it waits for, under no common lock, and neither can only come after the other.
  [[nodiscard]] bool fits(const Ring& ring, const Wait& next) const {
    return std::ranges::all_of(ring, [&](const Wait& earlier) {
      const Step& a = step(earlier);
      const Step& b = step(next);
      const auto both_own = [&b](core::LockId lock) { return b.owned.contains(lock); };
      return earlier.task != next.task && std::ranges::none_of(a.owned, both_own) &&
             b.come_from[earlier.task] <= earlier.at && a.come_from[next.task] <= next.at;
    });
  }

  void extend(Ring& ring, const std::vector<Wait>& waits, PredictedRings& found) const {
    for (const Wait& next : waits) {
      if (!step(next).owned.contains(step(ring.back()).event.object) || !fits(ring, next)) continue;
      ring.push_back(next);
      if (step(ring.front()).owned.contains(step(next).event.object)) note(ring, found);
      extend(ring, waits, found);
      ring.pop_back();
    }
  }

  void note(const Ring& ring, PredictedRings& found) const {
    std::multiset<std::string> places;
    for (const Wait& wait : ring) places.insert(lockcheck::site_text(core::Site(names_.sites[step(wait).event.site])));
    const auto all_wait = [&](const State& state) {
      return std::ranges::all_of(
          ring, [&](const Wait& wait) { return state.done[wait.task] == wait.at && awake(state, step(wait)); });
    };
    found[places] |= std::ranges::any_of(reached_, all_wait);
  }

  const lockcheck::TraceNames& names_;
  const SectionOrder order_;
  std::vector<std::vector<Step>> steps_;  // by task
  std::vector<bool> forked_;              // by task: it begins where it is forked
  std::set<State> reached_;
};

}  // namespace

PredictedRings all_rings(const SmallTrace& trace, SectionOrder order) { return Runs(trace, order).rings(); }

}  // namespace zoneknot::proptests
