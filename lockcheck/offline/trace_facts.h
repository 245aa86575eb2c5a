// What a trace shows beyond its own run: what must come before what in every run that does the same, which tasks can
// run at the same time, and what was waited for by the owners of what. Built event by event, for predictions; needs
// memory for the critical sections, dependencies and ties between tasks of the trace, not for its events. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "lockcheck/offline/lock_dependencies.h"
#include "lockcheck/offline/task_clock.h"
#include "lockcheck/offline/trace_order.h"
#include "lockcheck/trace/trace_event.h"

namespace zoneknot::lockcheck {

// A place at which a cell is read, and what is read there is of another task.
struct DataRead {
  std::uint32_t cell = 0;
  std::uint32_t read_at = 0;     // a place
  std::uint32_t written_at = 0;  // the first time
};

// Waits of which no circle is made.
struct OtherWaits {
  std::uint64_t conditions = 0;
  std::uint64_t units = 0;
};

// Whether an event of the kind is one of its task's events in a TraceOrder. A request is not: what ends it is.
constexpr bool has_position_of(TraceEventKind kind) {
  switch (kind) {
    case TraceEventKind::request:
    case TraceEventKind::request_unit:
    case TraceEventKind::request_share:
    case TraceEventKind::wait:
    case TraceEventKind::wait_end:
    case TraceEventKind::drop:
    case TraceEventKind::assertion:
      return false;
    default:
      return true;
  }
}

class TraceFacts final : public TraceSink {
 public:
  // The trace must be one in which no lock has two owners: the readers see to that.
  void event(const TraceEvent& event, const TraceNames& names) override;
  void line(std::uint64_t number) override { line_ = number; }

  // The trace has ended. A task whose last event asks for a lock takes part in deadlocks like one that got it.
  void finish();

  [[nodiscard]] const TraceOrder& order() const { return order_; }
  [[nodiscard]] const LockDependencies& dependencies() const { return dependencies_; }
  LockDependencies& dependencies() { return dependencies_; }
  // By WaitInstance::forks and ::data.
  [[nodiscard]] const std::vector<TaskClock>& clocks() const { return clocks_; }
  // By TraceOrder::Step::note of data.
  [[nodiscard]] const std::vector<DataRead>& reads() const { return reads_; }
  // Who forked the task, with which event; not valid: nobody.
  [[nodiscard]] Position forked_by(core::TaskId task) const {
    return task < tasks_.size() ? tasks_[task].forked_by : Position();
  }
  [[nodiscard]] const OtherWaits& other_waits() const { return other_waits_; }
  // The event that destroyed the lock; not valid: none did.
  [[nodiscard]] Position destroyed(core::LockId lock) const {
    const auto found = destroyed_.find(lock);
    return found == destroyed_.end() ? Position() : found->second;
  }

  // What positions in the trace are called: the lines of a text, or else the events, counted from 1.
  [[nodiscard]] bool counts_lines() const { return line_ > 0; }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  struct OwnedLock {
    core::LockId lock = 0;
    std::uint32_t site = 0;
    std::uint32_t section = 0;
    std::uint32_t count = 0;
    bool share = false;
  };
  // What comes before the task's next event, of other tasks.
  struct Before {
    TaskClock forks, data;
    std::uint32_t forks_number = core::kNoId;  // among clocks_, if it is the last one there of this task
    std::uint32_t data_number = core::kNoId;
  };
  struct Task {
    std::vector<OwnedLock> owned;  // in the order in which they were taken
    OwnableId requested = core::kNoId;
    std::uint32_t requested_at = 0;     // a place
    std::uint32_t requested_where = 0;  // in the trace
    bool asks = false;                  // the request was its last event
    Position woken_by;                  // while it is in a wait for a condition variable
    Position forked_by;
    std::uint32_t forked_at = 0;  // a place
    Before before;
  };
  struct Lock {
    core::TaskId owner = core::kNoId;
    Position taken;     // by the owner
    Position stranger;  // has given it back for the owner, as it seems
    core::Readers readers = core::Readers::none;
  };
  struct Share {
    core::TaskId task = core::kNoId;
    Position taken;
    Position given_back;  // not valid: the task has it
  };
  // What is known of a reader-writer lock.
  struct Shares {
    std::vector<Share> all;  // that are out, and of those given back the last one of each task
    Position last_release;   // of the whole lock
  };
  struct Semaphore {
    Position last_taken, last_added;
  };
  // A condition variable whose wake-ups say nothing of who brought them about.
  struct Signals {
    struct Last {
      core::TaskId task = core::kNoId;
      Position position;        // of its last signal or broadcast
      std::uint64_t event = 0;  // the number of that in the trace
    };
    struct Entered {
      core::TaskId task = core::kNoId;
      std::uint64_t event = 0;
    };
    std::vector<Last> last;
    std::vector<Entered> waiting;
  };
  // Those who arrive at a barrier go on together, a round at a time; some may come again before all have gone.
  struct Barrier {
    struct Round {
      std::vector<Position> arrived;
      std::size_t passed = 0;
    };
    std::deque<Round> rounds;  // that somebody has still to leave
  };
  struct Cell {
    Position written;
    std::uint32_t written_at = 0;  // a place
    TaskClock before;              // the write, of data
  };

  Task& task(core::TaskId id) { return at(tasks_, id); }
  template <class Element>
  static Element& at(std::vector<Element>& all, std::uint32_t id) {
    if (id >= all.size()) all.resize(id + 1);
    return all[id];
  }
  [[nodiscard]] std::uint32_t where() const { return static_cast<std::uint32_t>(line_ > 0 ? line_ : events_); }

  void request(const TraceEvent& event, const TraceNames& names);
  void acquire(const TraceEvent& event, const TraceNames& names);
  void release(const TraceEvent& event);
  void refuse(const TraceEvent& event);
  void share(const TraceEvent& event, const TraceNames& names);
  void take_share(const TraceEvent& event, Position position);
  [[nodiscard]] static std::vector<OwnedLock>::iterator owned_of(Task& task, core::LockId lock, bool share) {
    return std::ranges::find_if(task.owned,
                                [=](const OwnedLock& owned) { return owned.lock == lock && owned.share == share; });
  }
  [[nodiscard]] std::span<const Share> shares_of(core::LockId lock) const {
    return lock < shares_.size() ? std::span<const Share>(shares_[lock].all) : std::span<const Share>();
  }
  void fork(const TraceEvent& event);
  void join(const TraceEvent& event);
  void wake(const TraceEvent& event);
  void signal(const TraceEvent& event);
  void enter(const TraceEvent& event);
  void woke(const TraceEvent& event);
  void arrive(const TraceEvent& event, const TraceNames& names);
  void pass(const TraceEvent& event);
  void destroy(const TraceEvent& event);
  void use_semaphore(const TraceEvent& event);
  void access(const TraceEvent& event);
  // Whatever a task does after it was woken comes after the wake.
  void go_on_after_wake(core::TaskId task);
  // A tie that does not follow from what is known to come before by forks, joins and data.
  void need(Position event, Position earlier, Tie tie, std::uint32_t note = 0);
  void note_dependency(core::TaskId task, OwnableId wanted, std::uint32_t site, WaitInstance instance);
  std::uint32_t number_of(const TaskClock& clock, std::uint32_t& number);
  // Tasks for whose end somebody waits who owns something, or for whose own end is waited so; by number.
  [[nodiscard]] std::vector<bool> tasks_waited_for() const;
  // The owner has the lock no more: a stranger has given it back.
  void take_from_owner(core::LockId lock);
  std::uint32_t read_of(const TraceEvent& event, const Cell& cell);

  std::vector<Task> tasks_;
  std::vector<Lock> locks_;
  std::vector<Shares> shares_;  // by lock, as far as there are any
  std::vector<Semaphore> semaphores_;
  std::vector<Cell> cells_;
  std::vector<Signals> signals_;
  std::vector<Barrier> barriers_;
  std::map<core::LockId, Position> destroyed_;
  TraceOrder order_;
  LockDependencies dependencies_;
  LockDependencies owning_nothing_;  // of tasks whose end alone somebody else could wait for
  std::vector<TaskClock> clocks_;
  std::vector<DataRead> reads_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> read_numbers_;  // by cell and place
  OtherWaits other_waits_;
  std::uint64_t events_ = 0;
  std::uint64_t line_ = 0;
};

}  // namespace zoneknot::lockcheck
