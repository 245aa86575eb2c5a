#include "proptests/naive_states.h"

#include <algorithm>
#include <compare>
#include <utility>
#include <vector>

namespace zoneknot::proptests {

namespace {

constexpr std::uint32_t kNobody = core::kNoId;
constexpr std::size_t kWritersFirst = kProgramSharedLocks - 1;  // the reader-writer lock in which they come first

enum class Waits : std::uint8_t {
  no,
  begins,   // is known to wait, and has its lock still
  asleep,   // has given it back
  woken,    // while it still had its lock
  retakes,  // its lock
  queued,   // for all of a reader-writer lock, and keeps readers out
  late,     // likewise, but its time is over
};

struct TaskNow {
  std::uint32_t at = 0;  // the step that comes next; beyond the last: it gives back what it holds
  std::uint64_t memory = 0;
  Waits waits = Waits::no;
  bool in_time = false;  // it was woken, and not too late
  bool started = false;
  std::uint32_t id = 0;  // that it is known by
  std::uint32_t next_child = 0;
  auto operator<=>(const TaskNow&) const = default;
};

struct LockNow {
  std::uint32_t owner = kNobody;
  std::uint32_t count = 0;
  auto operator<=>(const LockNow&) const = default;
};

struct Now {
  std::vector<TaskNow> tasks;
  std::array<LockNow, kProgramLocks> locks{};
  std::array<std::uint64_t, kProgramCells> cells{};
  std::array<std::uint32_t, kProgramSemaphores> units{0, 1, 1};
  decltype(ProgramEnd::shares) shares{};
  std::uint32_t next_id = 0;
  auto operator<=>(const Now&) const = default;
};

class AllStates {
 public:
  AllStates(const RandomProgram& program, Spurious spurious) : program_(program), spurious_(spurious) {}

  std::optional<std::set<ProgramEnd>> explore(std::size_t limit) {
    Now first;
    first.tasks.resize(program_.tasks.size());
    first.next_id = 1;  // after that of the program itself
    for (std::uint32_t task = 0; task < program_.outer(); ++task) start(first, task);
    for (TaskNow& task : first.tasks) task.next_child = static_cast<std::uint32_t>(program_.outer());
    add(first);
    while (!open_.empty()) {
      if (known_.size() > limit) return std::nullopt;
      const Now now = *open_.back();
      open_.pop_back();
      visit(now);
    }
    return std::move(ends_);
  }

 private:
  void add(const Now& now) {
    if (const auto [at, fresh] = known_.insert(now); fresh) open_.push_back(&*at);
  }

  static void start(Now& now, std::uint32_t task) {
    now.tasks[task].started = true;
    now.tasks[task].id = now.next_id++;
  }

  void visit(const Now& now) {
    next_.clear();
    for (std::uint32_t task = 0; task < now.tasks.size(); ++task) {
      if (now.tasks[task].started) steps_of(now, task);
    }
    if (next_.empty()) ends_.insert(end_of(now));
    if (spurious_ == Spurious::yes) wake_for_no_reason(now);
    for (const Now& next : next_) add(next);
  }

  [[nodiscard]] bool ended(const Now& now, std::uint32_t task) const {
    if (!now.tasks[task].started || now.tasks[task].at < program_.tasks[task].size()) return false;
    return program_.leaks || !holds_any(now, task);
  }

  static bool holds_any(const Now& now, std::uint32_t task) {
    return std::any_of(now.locks.begin(), now.locks.end(),
                       [task](const LockNow& lock) { return lock.owner == task; }) ||
           std::ranges::any_of(now.shares.at(task), [](std::uint32_t share) { return share > 0; });
  }

  // --- What a task can do next ---

  void steps_of(const Now& now, std::uint32_t task) {
    const TaskNow& self = now.tasks[task];
    if (ended(now, task)) return;
    if (self.at >= program_.tasks[task].size()) return give_last_back(now, task);
    if (self.waits == Waits::queued || self.waits == Waits::late) return go_on_writing(now, task);
    if (self.waits != Waits::no) return go_on_waiting(now, task);
    const ProgramStep& step = program_.tasks[task][self.at];
    switch (step.act) {
      case Act::lock:
      case Act::unlock:
      case Act::try_lock:
      case Act::timed_lock:
        return use_lock(now, task, step);
      case Act::acquire:
      case Act::try_acquire:
      case Act::timed_acquire:
      case Act::release:
        return use_units(now, task, step);
      case Act::wait:
      case Act::timed_wait:
      case Act::signal:
      case Act::broadcast:
        return use_condition(now, task, step.act);
      case Act::read:
      case Act::write:
      case Act::update:
        return use_cell(now, task, step.act, step.object);
      case Act::guarded_read:
      case Act::guarded_write:
        if (now.locks.at(1).owner != task) return done(now, task);
        return use_cell(now, task, step.act == Act::guarded_read ? Act::read : Act::write, kProgramCells - 1);
      case Act::skip:
      case Act::draw:
        return decide(now, task, step);
      case Act::join:
        return join(now, task, step.object);
      case Act::spawn:
        return spawn(now, task);
      default:
        return use_shared(now, task, step);
    }
  }

  void done(Now now, std::uint32_t task) {
    ++now.tasks[task].at;
    next_.push_back(std::move(now));
  }
  void done(Now now, std::uint32_t task, std::uint64_t seen) {
    remember(now.tasks[task].memory, seen);
    done(std::move(now), task);
  }

  // What it holds goes one acquisition at a time, the last lock first.
  void give_last_back(Now now, std::uint32_t task) {
    for (std::size_t lock = kProgramLocks; lock-- > 0;) {
      if (now.locks.at(lock).owner != task) continue;
      give_back(now.locks.at(lock));
      next_.push_back(std::move(now));
      return;
    }
    for (std::uint32_t& share : now.shares.at(task)) {
      if (share == 0) continue;
      share -= share == kWholeLock ? kWholeLock : 1;
      next_.push_back(std::move(now));
      return;
    }
  }

  static void give_back(LockNow& lock) {
    if (--lock.count == 0) lock.owner = kNobody;
  }

  void use_lock(Now now, std::uint32_t task, const ProgramStep& step) {
    LockNow& lock = now.locks.at(step.object);
    const bool recursive = step.object + 1 == kProgramLocks;
    const bool own = lock.owner == task;
    const bool to_be_had = lock.owner == kNobody || (own && recursive);
    if (step.act == Act::unlock) {
      if (own) give_back(lock);
      return done(std::move(now), task);
    }
    if (to_be_had) {
      lock.owner = task;
      ++lock.count;
    }
    if (step.act == Act::lock) {
      if (to_be_had || own) done(std::move(now), task);  // a plain one is not taken twice
      return;
    }
    done(std::move(now), task, to_be_had ? 1 : 0);  // time may be over at any moment
  }

  // --- Reader-writer locks ---

  [[nodiscard]] static bool may_write(const Now& now, std::uint32_t lock) {
    return std::ranges::all_of(now.shares, [lock](const auto& of_task) { return of_task.at(lock) == 0; });
  }

  [[nodiscard]] bool may_read(const Now& now, std::uint32_t lock) const {
    const auto owns = [lock](const auto& of_task) { return of_task.at(lock) == kWholeLock; };
    if (std::ranges::any_of(now.shares, owns)) return false;
    for (std::size_t task = 0; task < now.tasks.size(); ++task) {
      const TaskNow& other = now.tasks[task];
      if (other.waits == Waits::queued && program_.tasks[task][other.at].object == lock) return false;
    }
    return true;
  }

  void use_shared(Now now, std::uint32_t task, const ProgramStep& step) {
    const bool writes = may_write(now, step.object);
    const bool reads = may_read(now, step.object);
    std::uint32_t& share = now.shares.at(task).at(step.object);
    switch (step.act) {
      case Act::write_unlock:
        if (share == kWholeLock) share = 0;
        return done(std::move(now), task);
      case Act::read_unlock:
        if (share > 0 && share != kWholeLock) --share;
        return done(std::move(now), task);
      case Act::read_lock:
        ++share;
        if (reads) done(std::move(now), task);
        return;
      case Act::try_read_lock:
      case Act::timed_read_lock:
        share += reads ? 1 : 0;
        return done(std::move(now), task, reads ? 1 : 0);  // time may be over at any moment, and nobody sees it wait
      default:
        break;
    }
    const bool queues = step.act != Act::try_write_lock && step.object == kWritersFirst;
    if (!writes && queues) {
      now.tasks[task].waits = Waits::queued;
      next_.push_back(std::move(now));
      return;
    }
    if (writes) share = kWholeLock;
    if (step.act != Act::write_lock) return done(std::move(now), task, writes ? 1 : 0);
    if (writes) done(std::move(now), task);
  }

  void go_on_writing(const Now& now, std::uint32_t task) {
    const ProgramStep& step = program_.tasks[task][now.tasks[task].at];
    const bool timed = step.act == Act::timed_write_lock;
    const bool late = now.tasks[task].waits == Waits::late;
    if (may_write(now, step.object)) {
      Now next = now;
      next.tasks[task].waits = Waits::no;
      next.shares.at(task).at(step.object) = kWholeLock;
      timed ? done(std::move(next), task, 1) : done(std::move(next), task);
    } else if (late) {
      Now next = now;
      next.tasks[task].waits = Waits::no;
      done(std::move(next), task, 0);
    }
    if (timed && !late) {
      Now next = now;
      next.tasks[task].waits = Waits::late;
      next_.push_back(std::move(next));
    }
  }

  // --- Units and cells ---

  void use_units(Now now, std::uint32_t task, const ProgramStep& step) {
    std::uint32_t& units = now.units.at(step.object);
    const bool some = units > 0;
    if (step.act == Act::release) {
      ++units;
      return done(std::move(now), task);
    }
    if (some) --units;
    if (step.act != Act::acquire) return done(std::move(now), task, some ? 1 : 0);
    if (some) done(std::move(now), task);
  }

  void use_cell(Now now, std::uint32_t task, Act act, std::size_t object) {
    std::uint64_t& cell = now.cells.at(object);
    const std::uint64_t before = cell;
    if (act == Act::write) cell = to_write(now.tasks[task].memory, task);
    if (act == Act::update) cell = updated(before, task);
    if (act == Act::write) return done(std::move(now), task);
    done(std::move(now), task, before);
  }

  void decide(Now now, std::uint32_t task, const ProgramStep& step) {
    if (step.act == Act::skip) {
      if (now.tasks[task].memory % 2 == 1) now.tasks[task].at += step.object + 1;
      return done(std::move(now), task);
    }
    for (std::uint32_t value = 0; value < step.object + 2; ++value) done(now, task, value);
  }

  void join(const Now& now, std::uint32_t task, std::uint32_t other) {
    const bool nested = other >= program_.outer();
    const bool known = nested ? program_.parent_of(other) == task && now.tasks[other].started : other != task;
    if (!known || ended(now, other)) done(now, task);
  }

  void spawn(Now now, std::uint32_t task) {
    if (task >= program_.outer()) return done(std::move(now), task);
    std::uint32_t& next = now.tasks[task].next_child;
    while (next < program_.tasks.size() && program_.parent_of(next) != task) ++next;
    if (next >= program_.tasks.size()) return done(std::move(now), task);
    const std::uint32_t child = next++;
    start(now, child);
    const std::uint32_t id = now.tasks[child].id;
    done(std::move(now), task, id);
  }

  // --- The condition variable ---

  void use_condition(Now now, std::uint32_t task, Act act) {
    if (act == Act::wait || act == Act::timed_wait) {
      if (now.locks.front().owner != task) return done(std::move(now), task);
      now.tasks[task].waits = Waits::begins;
      next_.push_back(std::move(now));
      return;
    }
    bool anybody = false;
    Now all = now;
    for (std::uint32_t other = 0; other < now.tasks.size(); ++other) {
      if (!may_be_woken(now.tasks[other])) continue;
      anybody = true;
      wake(all.tasks[other], true);
      if (act == Act::broadcast) continue;
      Now one = now;
      wake(one.tasks[other], true);
      done(std::move(one), task);
    }
    if (act == Act::broadcast || !anybody) done(std::move(all), task);
  }

  static bool may_be_woken(const TaskNow& task) { return task.waits == Waits::begins || task.waits == Waits::asleep; }

  static void wake(TaskNow& task, bool in_time) {
    task.waits = task.waits == Waits::begins ? Waits::woken : Waits::retakes;
    task.in_time = in_time;
  }

  void go_on_waiting(const Now& now, std::uint32_t task) {
    const TaskNow& self = now.tasks[task];
    if (may_be_woken(self) && program_.tasks[task][self.at].act == Act::timed_wait) {
      Now late = now;
      wake(late.tasks[task], false);
      next_.push_back(std::move(late));
    }
    Now next = now;
    LockNow& lock = next.locks.front();
    TaskNow& after = next.tasks[task];
    if (self.waits == Waits::begins || self.waits == Waits::woken) {
      give_back(lock);
      after.waits = self.waits == Waits::begins ? Waits::asleep : Waits::retakes;
      next_.push_back(std::move(next));
    } else if (self.waits == Waits::retakes && lock.owner == kNobody) {
      lock = {task, 1};
      after.waits = Waits::no;
      done(std::move(next), task, std::exchange(after.in_time, false) ? 1 : 0);
    }
  }

  void wake_for_no_reason(const Now& now) {
    for (std::uint32_t task = 0; task < now.tasks.size(); ++task) {
      if (!may_be_woken(now.tasks[task])) continue;
      Now next = now;
      wake(next.tasks[task], true);
      next_.push_back(std::move(next));
    }
  }

  [[nodiscard]] ProgramEnd end_of(const Now& now) const {
    ProgramEnd end{.cells = now.cells, .shares = now.shares};
    for (std::size_t lock = 0; lock < kProgramLocks; ++lock) end.owners.at(lock) = now.locks.at(lock).owner;
    for (std::uint32_t task = 0; task < now.tasks.size(); ++task) {
      end.memories.at(task) = now.tasks[task].memory;
      end.steps.at(task) = now.tasks[task].at;
      end.hang |= now.tasks[task].started && !ended(now, task);
    }
    return end;
  }

  const RandomProgram& program_;
  Spurious spurious_;
  std::set<Now> known_;
  std::vector<const Now*> open_;
  std::vector<Now> next_;
  std::set<ProgramEnd> ends_;
};

}  // namespace

std::optional<std::set<ProgramEnd>> all_ends(const RandomProgram& program, Spurious spurious, std::size_t limit) {
  return AllStates(program, spurious).explore(limit);
}

}  // namespace zoneknot::proptests
