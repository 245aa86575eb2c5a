#include "proptests/random_program.h"

#include <gtest/gtest.h>
// GoogleTest has to come first.
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

#include "core/shared.h"
#include "sim/run/trace_hash.h"
#include "t/sim/programs.h"

namespace zoneknot::proptests {

namespace {

constexpr std::array<const char*, 29> kActNames = {
    "lock",         "unlock",        "try",         "read",       "write",        "skip",
    "draw",         "join",          "update",      "wait",       "signal",       "broadcast",
    "acquire",      "release",       "try_acquire", "timed_lock", "timed_wait",   "timed_acquire",
    "guarded_read", "guarded_write", "spawn",       "write_lock", "write_unlock", "try_write",
    "timed_write",  "read_lock",     "read_unlock", "try_read",   "timed_read"};
constexpr std::array<std::string_view, kProgramLocks> kLockNames = {"lock 0", "lock 1", "lock 2"};
constexpr std::array<std::string_view, kProgramSharedLocks> kSharedLockNames = {"shared 0", "shared 1"};
constexpr std::uint64_t kTimeout = 1000;

rc::Gen<ProgramStep> on(Act act, std::size_t objects) {
  return rc::gen::map(rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(objects)),
                      [act](std::uint32_t object) { return ProgramStep{act, object}; });
}

rc::Gen<ProgramStep> any_step(Ingredients ingredients, std::size_t tasks) {
  const auto locks = rc::gen::weightedOneOf<ProgramStep>({{6, on(Act::lock, kProgramLocks)},
                                                          {4, on(Act::unlock, kProgramLocks)},
                                                          {3, on(Act::try_lock, kProgramLocks)},
                                                          {2, on(Act::read, kRacyCells)},
                                                          {2, on(Act::write, kRacyCells)},
                                                          {2, on(Act::update, kRacyCells)},
                                                          {2, on(Act::skip, 2)},
                                                          {1, on(Act::draw, 2)},
                                                          {1, on(Act::join, tasks)}});
  if (ingredients == Ingredients::locks) return locks;
  if (ingredients == Ingredients::readers || ingredients == Ingredients::timed_readers) {
    const std::size_t timed = ingredients == Ingredients::timed_readers ? 2 : 0;
    const auto readers = rc::gen::weightedOneOf<ProgramStep>({{3, on(Act::write_lock, kProgramSharedLocks)},
                                                              {2, on(Act::write_unlock, kProgramSharedLocks)},
                                                              {1, on(Act::try_write_lock, kProgramSharedLocks)},
                                                              {timed, on(Act::timed_write_lock, kProgramSharedLocks)},
                                                              {6, on(Act::read_lock, kProgramSharedLocks)},
                                                              {4, on(Act::read_unlock, kProgramSharedLocks)},
                                                              {2, on(Act::try_read_lock, kProgramSharedLocks)},
                                                              {timed, on(Act::timed_read_lock, kProgramSharedLocks)}});
    return rc::gen::weightedOneOf<ProgramStep>({{1, locks}, {3, readers}});
  }
  // Whoever waits for the condition variable has to hold the first lock.
  const auto waits = rc::gen::weightedOneOf<ProgramStep>({{3, on(Act::lock, 1)},
                                                          {1, on(Act::unlock, 1)},
                                                          {3, on(Act::wait, 1)},
                                                          {2, on(Act::signal, 1)},
                                                          {1, on(Act::broadcast, 1)},
                                                          {2, on(Act::acquire, kProgramSemaphores)},
                                                          {1, on(Act::try_acquire, kProgramSemaphores)},
                                                          {3, on(Act::release, kProgramSemaphores)}});
  const auto times = rc::gen::weightedOneOf<ProgramStep>({{1, on(Act::timed_lock, kProgramLocks)},
                                                          {1, on(Act::timed_wait, 1)},
                                                          {1, on(Act::timed_acquire, kProgramSemaphores)}});
  if (ingredients == Ingredients::waits) return rc::gen::weightedOneOf<ProgramStep>({{1, locks}, {2, waits}});
  return rc::gen::weightedOneOf<ProgramStep>({{2, locks}, {3, waits}, {3, times}});
}

// Two or three kinds of steps: a program of all kinds has few of each, and they seldom meet.
rc::Gen<ProgramStep> any_step_of_some(std::size_t tasks) {
  using Kinds = std::vector<rc::Gen<ProgramStep>>;
  const auto one_of = [](Kinds steps) {
    return rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, steps.size()),
                           [steps](std::size_t at) { return steps[at]; });
  };
  const auto kind_of = [&](const Kinds& steps) { return one_of(steps); };
  const Kinds kinds = {
      kind_of({on(Act::lock, kProgramLocks), on(Act::lock, kProgramLocks), on(Act::unlock, kProgramLocks)}),
      kind_of({on(Act::try_lock, kProgramLocks), on(Act::lock, kProgramLocks), on(Act::unlock, kProgramLocks)}),
      kind_of({on(Act::timed_lock, kProgramLocks), on(Act::lock, kProgramLocks), on(Act::unlock, kProgramLocks)}),
      kind_of({on(Act::lock, 1), on(Act::wait, 1), on(Act::wait, 1), on(Act::unlock, 1), on(Act::signal, 1),
               on(Act::broadcast, 1)}),
      kind_of({on(Act::lock, 1), on(Act::wait, 1), on(Act::timed_wait, 1), on(Act::signal, 1)}),
      kind_of({on(Act::acquire, kProgramSemaphores), on(Act::release, kProgramSemaphores)}),
      kind_of({on(Act::timed_acquire, kProgramSemaphores), on(Act::try_acquire, kProgramSemaphores),
               on(Act::acquire, kProgramSemaphores), on(Act::release, kProgramSemaphores)}),
      kind_of({on(Act::read, kRacyCells), on(Act::write, kRacyCells), on(Act::update, kRacyCells)}),
      kind_of({rc::gen::just(ProgramStep{Act::lock, 1}), on(Act::guarded_read, 1), on(Act::guarded_write, 1)}),
      kind_of({on(Act::skip, 2), on(Act::draw, 2), on(Act::read, kRacyCells)}),
      kind_of({on(Act::spawn, 1), on(Act::join, tasks)}),
      kind_of({on(Act::read_lock, kProgramSharedLocks), on(Act::read_lock, kProgramSharedLocks),
               on(Act::read_unlock, kProgramSharedLocks), on(Act::write_lock, kProgramSharedLocks),
               on(Act::write_unlock, kProgramSharedLocks)}),
      kind_of({on(Act::try_read_lock, kProgramSharedLocks), on(Act::timed_read_lock, kProgramSharedLocks),
               on(Act::try_write_lock, kProgramSharedLocks), on(Act::timed_write_lock, kProgramSharedLocks),
               on(Act::timed_write_lock, kProgramSharedLocks)})};
  Kinds chosen;
  const std::size_t count = *rc::gen::inRange<std::size_t>(2, 4);
  while (chosen.size() < count) chosen.push_back(kinds[*rc::gen::inRange<std::size_t>(0, kinds.size())]);
  return one_of(chosen);
}

// One execution of a program.
class Execution {
 public:
  Execution(const RandomProgram& program, sim::Simulation& simulation) : program_(program), sim_(simulation) {
    for (std::size_t i = 0; i < kProgramLocks; ++i) {
      const bool last = i + 1 == kProgramLocks;
      locks_.at(i) =
          sim_.create_lock(last ? sim::programs::recursive(kLockNames.at(i)) : sim::programs::plain(kLockNames.at(i)));
    }
    if (uses_readers(program)) {
      for (std::size_t i = 0; i < kProgramSharedLocks; ++i) {
        const bool last = i + 1 == kProgramSharedLocks;
        shared_locks_.at(i) = sim_.create_lock({.lock_class = "shared",
                                                .order_key = {},
                                                .name = kSharedLockNames.at(i),
                                                .readers = last ? core::Readers::after_writers : core::Readers::first});
      }
    }
    if (program.uses({Act::wait, Act::timed_wait, Act::signal, Act::broadcast})) {
      condition_ = sim_.create_condition("condition");
    }
    if (program.uses({Act::acquire, Act::try_acquire, Act::timed_acquire, Act::release})) {
      semaphores_ = {sim_.create_semaphore("none at first", 0), sim_.create_semaphore("one at first", 1),
                     sim_.create_pool("pool", 1)};
    }
    for (std::size_t i = 0; i < kRacyCells; ++i) cells_.emplace_back(sim_, "cell", core::Sharing::racy, 0U);
    cells_.emplace_back(
        sim_, core::CellInfo{.name = "guarded cell", .sharing = core::Sharing::locked, .guard = locks_.at(1)}, 0U);
    next_nested_.resize(program.outer(), program.outer());
  }

  void run() {
    std::vector<std::function<void()>> bodies;
    for (std::size_t task = 0; task < program_.outer(); ++task) {
      bodies.emplace_back([this, task] { run_task(task); });
    }
    sim::programs::run_all(sim_, std::move(bodies));
    for (const auto& [task, id] : nested_) sim_.join(id);
  }

  [[nodiscard]] ProgramEnd end(bool hang) const {
    ProgramEnd end;
    for (std::size_t i = 0; i < kProgramCells; ++i) end.cells.at(i) = cells_[i].read();
    end.memories = memories_;
    end.steps = steps_;
    end.owners.fill(core::kNoId);
    for (std::size_t task = 0; task < program_.tasks.size(); ++task) {
      for (std::size_t lock = 0; lock < kProgramLocks; ++lock) {
        if (held_.at(task).at(lock) > 0) end.owners.at(lock) = static_cast<std::uint32_t>(task);
      }
    }
    end.shares = shares_;
    end.hang = hang;
    return end;
  }

 private:
  void run_task(std::size_t task) {
    std::uint32_t& at = steps_.at(task);
    const std::vector<ProgramStep>& steps = program_.tasks[task];
    while (at < steps.size()) {
      make(task, steps[at]);
      ++at;
    }
    if (program_.leaks) return;
    for (std::size_t lock = kProgramLocks; lock-- > 0;) {
      for (std::uint32_t& held = held_.at(task).at(lock); held > 0; --held) sim_.unlock(locks_.at(lock));
    }
    for (std::uint32_t lock = 0; lock < kProgramSharedLocks; ++lock) {
      std::uint32_t& held = shares_.at(task).at(lock);
      if (held == kWholeLock) use_shared(Act::write_unlock, lock, task);
      while (held > 0) use_shared(Act::read_unlock, lock, task);
    }
  }

  static bool uses_readers(const RandomProgram& program) {
    return std::ranges::any_of(program.tasks, [](const std::vector<ProgramStep>& steps) {
      return std::ranges::any_of(steps, [](const ProgramStep& step) { return step.act >= Act::write_lock; });
    });
  }

  void make(std::size_t task, const ProgramStep& step) {
    const std::uint32_t object = step.object;
    std::uint64_t& memory = memories_.at(task);
    switch (step.act) {
      case Act::read:
        remember(memory, cells_[object].peek());
        break;
      case Act::write:
        cells_[object].write(to_write(memory, task));
        break;
      case Act::update:
        remember(memory, cells_[object].update([task](std::uint64_t value) { return updated(value, task); }));
        break;
      case Act::skip:
        if (memory % 2 == 1) steps_.at(task) += object + 1;
        break;
      case Act::draw:
        remember(memory, sim_.draw(object + 2, core::Site::current()));
        break;
      case Act::join:
        join(task, object);
        break;
      case Act::guarded_read:
        if (held_.at(task).at(1) > 0) remember(memory, cells_.back().read());
        break;
      case Act::guarded_write:
        if (held_.at(task).at(1) > 0) cells_.back().write(to_write(memory, task));
        break;
      case Act::spawn:
        spawn(task, memory);
        break;
      case Act::acquire:
      case Act::release:
      case Act::try_acquire:
      case Act::timed_acquire:
        use_semaphore(step.act, semaphores_.at(object), memory);
        break;
      case Act::wait:
      case Act::timed_wait:
      case Act::signal:
      case Act::broadcast:
        use_condition(step.act, held_.at(task).front(), memory);
        break;
      case Act::lock:
      case Act::unlock:
      case Act::try_lock:
      case Act::timed_lock:
        use_lock(step.act, object, held_.at(task).at(object), memory);
        break;
      default:
        use_shared(step.act, object, task);
        break;
    }
  }

  // Outer tasks have the numbers after main's, which is 0. Of the others, one's own alone can be joined.
  void join(std::size_t task, std::size_t other) {
    if (other < program_.outer()) {
      if (other != task) sim_.join(static_cast<core::TaskId>(other + 1));
    } else if (program_.parent_of(other) == task && nested_.contains(other)) {
      sim_.join(nested_.at(other));
    }
  }

  void spawn(std::size_t task, std::uint64_t& memory) {
    if (task >= program_.outer()) return;
    std::size_t& next = next_nested_.at(task);
    while (next < program_.tasks.size() && program_.parent_of(next) != task) ++next;
    if (next >= program_.tasks.size()) return;
    const std::size_t child = next++;
    const core::TaskId id = sim_.spawn("nested" + std::to_string(child), [this, child] { run_task(child); });
    nested_[child] = id;
    remember(memory, id);
  }

  void use_lock(Act act, std::uint32_t index, std::uint32_t& held, std::uint64_t& memory) {
    const bool plain = index + 1 < kProgramLocks;
    const core::LockId lock = locks_.at(index);
    if (act == Act::lock && (held == 0 || !plain)) {
      sim_.lock(lock);
      ++held;
    } else if (act == Act::unlock && held > 0) {
      sim_.unlock(lock);
      --held;
    } else if (act == Act::try_lock || act == Act::timed_lock) {
      const bool took = act == Act::try_lock ? sim_.try_lock(lock) : sim_.try_lock_for(lock, kTimeout);
      remember(memory, took ? 1 : 0);
      held += took ? 1 : 0;
    }
  }

  // A task that has all of a lock or shares of it may ask for more.
  void use_shared(Act act, std::uint32_t index, std::size_t task) {
    const core::LockId lock = shared_locks_.at(index);
    std::uint32_t& held = shares_.at(task).at(index);
    std::uint64_t& memory = memories_.at(task);
    const auto attempt = [&](bool took, std::uint32_t what) {
      remember(memory, took ? 1 : 0);
      held += took ? what : 0;
    };
    switch (act) {
      case Act::write_lock:
        sim_.lock(lock);
        held = kWholeLock;
        break;
      case Act::write_unlock:
        if (held != kWholeLock) break;
        sim_.unlock(lock);
        held = 0;
        break;
      case Act::try_write_lock:
        attempt(sim_.try_lock(lock), kWholeLock);
        break;
      case Act::timed_write_lock:
        attempt(sim_.try_lock_for(lock, kTimeout), kWholeLock);
        break;
      case Act::read_lock:
        sim_.lock_shared(lock);
        ++held;
        break;
      case Act::read_unlock:
        if (held == 0 || held == kWholeLock) break;
        sim_.unlock_shared(lock);
        --held;
        break;
      case Act::try_read_lock:
        attempt(sim_.try_lock_shared(lock), 1);
        break;
      default:
        attempt(sim_.try_lock_shared_for(lock, kTimeout), 1);
        break;
    }
  }

  void use_condition(Act act, std::uint32_t& held, std::uint64_t& memory) {
    if (act == Act::signal) {
      sim_.signal(condition_);
    } else if (act == Act::broadcast) {
      sim_.broadcast(condition_);
    } else if (held == 1) {
      const std::uint64_t timeout = act == Act::wait ? core::kNoTimeout : kTimeout;
      held = 0;  // until the wait is over
      remember(memory, sim_.wait(condition_, locks_.front(), timeout) ? 1 : 0);
      held = 1;
    }
  }

  void use_semaphore(Act act, core::SemaphoreId semaphore, std::uint64_t& memory) {
    if (act == Act::release) {
      sim_.release(semaphore);
    } else if (act == Act::acquire) {
      (void)sim_.acquire(semaphore);
    } else {
      remember(memory, sim_.acquire(semaphore, act == Act::timed_acquire ? kTimeout : 0) ? 1 : 0);
    }
  }

  const RandomProgram& program_;
  sim::Simulation& sim_;
  std::array<core::LockId, kProgramLocks> locks_{};
  std::array<core::SemaphoreId, kProgramSemaphores> semaphores_{};
  std::vector<std::size_t> next_nested_;        // by outer task: nested ones before are started, or somebody else's
  std::map<std::size_t, core::TaskId> nested_;  // that are started
  core::ConditionId condition_ = 0;
  std::vector<core::Shared<std::uint64_t>> cells_;
  std::array<std::uint64_t, kMaxProgramTasks> memories_{};
  std::array<std::uint32_t, kMaxProgramTasks> steps_{};
  std::array<std::array<std::uint32_t, kProgramLocks>, kMaxProgramTasks> held_{};
  std::array<core::LockId, kProgramSharedLocks> shared_locks_{};
  std::array<std::array<std::uint32_t, kProgramSharedLocks>, kMaxProgramTasks> shares_{};
};

}  // namespace

bool RandomProgram::uses(std::initializer_list<Act> acts) const {
  return std::any_of(tasks.begin(), tasks.end(), [&](const std::vector<ProgramStep>& steps) {
    return std::any_of(steps.begin(), steps.end(), [&](const ProgramStep& step) {
      return std::find(acts.begin(), acts.end(), step.act) != acts.end();
    });
  });
}

void showValue(const RandomProgram& program, std::ostream& out) {
  if (program.leaks) out << "\n  leaks";
  if (program.nested > 0) out << "\n  the last " << program.nested << " nested";
  for (std::size_t task = 0; task < program.tasks.size(); ++task) {
    out << "\n  task " << task << ":";
    for (const ProgramStep& step : program.tasks[task]) {
      out << " " << kActNames.at(static_cast<std::size_t>(step.act)) << step.object;
    }
  }
}

void showValue(const ProgramEnd& end, std::ostream& out) {
  out << (end.hang ? "hang" : "finished") << ", cells";
  for (const std::uint64_t cell : end.cells) out << " " << cell;
  out << ", memories";
  for (const std::uint64_t memory : end.memories) out << " " << memory;
  out << ", at";
  for (const std::uint32_t step : end.steps) out << " " << step;
  out << ", owners";
  for (const std::uint32_t owner : end.owners) out << " " << (owner == core::kNoId ? "-" : std::to_string(owner));
  out << ", shares";
  for (const auto& of_task : end.shares) {
    for (const std::uint32_t share : of_task) out << " " << share;
  }
}

rc::Gen<RandomProgram> any_random_program(Ingredients ingredients, const std::vector<std::size_t>& lengths,
                                          std::uint32_t nested) {
  const auto program = rc::gen::exec([ingredients, lengths, nested] {
    RandomProgram made{.nested = nested};
    const rc::Gen<ProgramStep> step =
        ingredients == Ingredients::some ? any_step_of_some(lengths.size()) : any_step(ingredients, lengths.size());
    for (const std::size_t length : lengths) {
      made.tasks.push_back(*rc::gen::container<std::vector<ProgramStep>>(length, step));
    }
    made.leaks = *rc::gen::weightedElement<bool>({{4, false}, {1, true}});
    return made;
  });
  return rc::gen::resize(rc::kNominalSize, program);
}

sim::Program as_program(const RandomProgram& program) {
  return [&program](sim::Simulation& simulation) { Execution(program, simulation).run(); };
}

std::optional<ProgramFound> run_everything(const RandomProgram& program, sim::Strategy& strategy, std::uint64_t limit,
                                           Spurious spurious) {
  sim::Simulation simulation;
  sim::TraceHash trace;
  strategy.look_at(simulation.watch());
  ProgramFound found;
  const auto main = [&] {
    Execution execution(program, simulation);
    simulation.at_hang([&](const lockcheck::StuckCore&) { found.ends.insert(execution.end(true)); });
    execution.run();
    found.ends.insert(execution.end(false));
  };
  for (std::uint64_t executions = 0; strategy.begin(); ++executions) {
    if (executions == limit) return std::nullopt;
    const sim::Outcome outcome = simulation.run(
        main, strategy, {.hang_ends = false, .spurious_wakeups = spurious == Spurious::yes, .trace_hash = &trace});
    found.hangs += outcome.kind == sim::OutcomeKind::hang ? 1 : 0;
    if (outcome.kind == sim::OutcomeKind::diverged || outcome.kind == sim::OutcomeKind::cut) return std::nullopt;
    if (outcome.kind == sim::OutcomeKind::pruned) {
      ++found.pruned;
    } else {
      ++found.complete;
      ++found.traces[trace.value()];
    }
  }
  return found;
}

}  // namespace zoneknot::proptests
