// Small programs against core::Runtime, as data: RapidCheck makes and shrinks them, a Simulation runs them under any
// strategy, and what all their executions come to can be compared. Plain values; run_everything() uses one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "proptests/task_memory.h"
#include "sim/search/explorer.h"

namespace rc {
template <class T>
class Gen;
}

namespace zoneknot::proptests {

inline constexpr std::size_t kMaxProgramTasks = 5;
inline constexpr std::size_t kProgramLocks = 3;  // the last one is recursive
inline constexpr std::size_t kProgramCells = 3;  // the last one is used under the second lock alone
inline constexpr std::size_t kRacyCells = kProgramCells - 1;
inline constexpr std::size_t kProgramSemaphores = 3;   // the last two have a unit from the start; the last is a pool
inline constexpr std::size_t kProgramSharedLocks = 2;  // in the last one writers come first
inline constexpr std::uint32_t kWholeLock = 100;       // of a reader-writer lock, in ProgramEnd::shares
// There is one condition variable, for the first lock. Objects that no step uses are not made.

enum class Act : std::uint8_t {
  lock,      // without effect if it is plain and held by the task
  unlock,    // without effect if it is not held
  try_lock,  // remembers whether it succeeded, and holds it then
  read,      // of a cell; goes into the task's memory
  write,     // of a cell; the value is made of the task's memory
  skip,      // the next `object` + 1 instructions, if the task's memory is odd
  draw,      // one of `object` + 2 values, which goes into the task's memory
  join,      // waits for another task; without effect for the task itself
  update,    // of a cell: read and written in one step
  wait,      // for the condition variable; without effect for a task that does not hold its lock
  signal,
  broadcast,
  acquire,  // of a semaphore
  release,
  try_acquire,  // remembers whether it succeeded
  // With a time-out, remembers whether it was too late.
  timed_lock,
  timed_wait,
  timed_acquire,
  guarded_read,   // of the last cell; without effect for a task that does not hold the second lock
  guarded_write,  // likewise
  spawn,          // of a task of its own, if there is one that it has not started; remembers which one that is
  // Of a reader-writer lock; tasks may wait for themselves.
  write_lock,
  write_unlock,      // without effect if it is not held
  try_write_lock,    // remembers whether it succeeded, and holds it then
  timed_write_lock,  // likewise
  read_lock,
  read_unlock,      // without effect if the task has no share
  try_read_lock,    // remembers whether it succeeded, and has a share then
  timed_read_lock,  // likewise
};

// What programs are made of.
enum class Ingredients : std::uint8_t {
  locks,          // locks, cells, draws and joins
  waits,          // these, condition variables and semaphores
  times,          // these, and waits with a time-out
  readers,        // locks, and reader-writer locks
  timed_readers,  // these, with time-outs
  some,           // any steps of a few kinds, others for every program
};

struct ProgramStep {
  Act act = Act::lock;
  std::uint32_t object = 0;
};

struct RandomProgram {
  std::vector<std::vector<ProgramStep>> tasks;
  bool leaks = false;        // tasks do not give back in the end what they hold
  std::uint32_t nested = 0;  // the last so many tasks are started by the others in turn, which may come to it or not

  [[nodiscard]] std::size_t outer() const { return tasks.size() - nested; }
  // Who starts a nested task.
  [[nodiscard]] std::size_t parent_of(std::size_t task) const { return (task - outer()) % outer(); }
  // Some task has such a step.
  [[nodiscard]] bool uses(std::initializer_list<Act> acts) const;
};

void showValue(const RandomProgram& program, std::ostream& out);

// `lengths`: how many steps each task has. Not by RapidCheck's size: these are small. `nested`: how many of the tasks
// are.
rc::Gen<RandomProgram> any_random_program(Ingredients ingredients, const std::vector<std::size_t>& lengths,
                                          std::uint32_t nested = 0);

// How an execution ended that came to its end: finished, or as far as anybody could go.
struct ProgramEnd {
  std::array<std::uint64_t, kProgramCells> cells{};
  std::array<std::uint64_t, kMaxProgramTasks> memories{};  // of all that a task saw
  std::array<std::uint32_t, kMaxProgramTasks> steps{};     // the one a task is stuck in; beyond the last: it ended
  std::array<std::uint32_t, kProgramLocks> owners{};       // the task, from 0; core::kNoId: nobody
  // Of reader-writer locks: how many shares each task has, or kWholeLock.
  std::array<std::array<std::uint32_t, kProgramSharedLocks>, kMaxProgramTasks> shares{};
  bool hang = false;
  auto operator<=>(const ProgramEnd&) const = default;
};

void showValue(const ProgramEnd& end, std::ostream& out);

// The program, to be run once on a Simulation; what it comes to is not kept. Its tasks are "task0", …, its locks
// "lock 0", …
sim::Program as_program(const RandomProgram& program);

// What a strategy has seen of a program.
struct ProgramFound {
  std::set<ProgramEnd> ends;
  std::map<std::uint64_t, std::uint64_t> traces;  // by TraceHash: how often it was completed
  std::uint64_t complete = 0;                     // executions
  std::uint64_t pruned = 0;                       // executions
  std::uint64_t hangs = 0;                        // executions
};

// What a task makes of a cell that it updates.
inline std::uint64_t updated(std::uint64_t value, std::size_t task) { return value * 3 + task + 1; }

enum class Spurious : std::uint8_t { no, yes };  // waits for the condition variable may end for no reason

// All executions that the strategy makes; nothing if they are more than `limit`, or one diverged.
std::optional<ProgramFound> run_everything(const RandomProgram& program, sim::Strategy& strategy,
                                           std::uint64_t limit = UINT64_MAX, Spurious spurious = Spurious::no);

}  // namespace zoneknot::proptests
