// A recorded lock trace in memory: what its numbers mean, and one event at a time. Plain data, made by the readers of
// both formats and by a TraceWriter, taken by whoever checks or writes traces.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/lock_observer.h"

namespace zoneknot::lockcheck {

// Limits of every trace, whatever its format.
inline constexpr std::uint32_t kTraceTasksMax = 1U << 16U;
inline constexpr std::uint32_t kTraceObjectsMax = 1U << 20U;  // of each kind: locks, cells, sites, …
inline constexpr std::uint32_t kTraceNameBytesMax = 1U << 12U;
inline constexpr std::uint64_t kTraceEventsMax = 1U << 30U;

// The numbers stand in files: docs/trace-format.md.
enum class TraceEventKind : std::uint8_t {
  request = 0,        // object: lock; it may be waited for
  acquire = 1,        // object: lock; without a request before it: a try_lock, which never waits
  release = 2,        // object: lock
  refuse = 3,         // object: lock that a try_lock did not get
  fork = 4,           // object: the child
  join = 5,           // object: the task that has ended
  end = 6,            // the task has ended
  enter = 7,          // object: condition, other: the lock that is given back next; kNoId: not known
  signal = 8,         // object: condition
  broadcast = 9,      // object: condition
  wake = 10,          // object: the task that is woken, other: condition
  take_unit = 11,     // object: semaphore
  refuse_unit = 12,   // object: semaphore
  add_units = 13,     // object: semaphore, other: count
  read = 14,          // object: cell
  write = 15,         // object: cell
  wait = 16,          // object: as in core::Wait, other: TraceWait
  wait_end = 17,      // the task goes on
  drop = 18,          // object: lock; an acquisition that will never be given back. site: where it was taken
  assertion = 19,     // object: text, an assertion of the program that failed
  request_unit = 20,  // object: semaphore; a unit may be waited for, without a time-out
  // object: a reader-writer lock. As 0 to 2, of a share of it.
  request_share = 21,
  acquire_share = 22,
  release_share = 23,
  woke = 24,     // object: condition; the task goes on from a wait for it that somebody has ended, it is not known who
  arrive = 25,   // object: barrier; the task waits there
  pass = 26,     // object: barrier; the task goes on, because as many as it is for have arrived
  destroy = 27,  // object: as `other`, a TraceDestroyed, says; nothing names it afterwards
};
inline constexpr std::size_t kTraceEventKinds = 28;
// Those that zoneknot.trace/1 has.
inline constexpr std::size_t kTraceEventKindsOfFirstForm = 24;

struct TraceEvent {
  TraceEventKind kind = TraceEventKind::request;
  core::TaskId task = 0;
  std::uint32_t object = 0;
  std::uint32_t other = 0;
  std::uint32_t site = 0;
  bool operator==(const TraceEvent&) const = default;
};

// TraceEvent::other of a wait.
struct TraceWait {
  core::WaitKind kind = core::WaitKind::lock;
  bool can_end = true;
  bool timed = false;
  bool shared = false;  // lock: a share of it
};
std::uint32_t pack(const TraceWait& wait);
// Nothing: no such number is packed.
std::optional<TraceWait> unpack_wait(std::uint32_t packed);

// TraceEvent::other of a destroy: what is gone.
enum class TraceDestroyed : std::uint8_t { lock, condition, semaphore, barrier };

// Which numbers an event of a kind brings, and what they count.
enum class TraceObject : std::uint8_t {
  none,
  lock,
  task,
  condition,
  semaphore,
  cell,
  text,
  waited,
  packed_wait,
  count,
  barrier,
  destroyed,
  destroyed_kind
};
struct TraceEventShape {
  TraceObject object = TraceObject::none;
  TraceObject other = TraceObject::none;
  bool has_site = true;
};
const TraceEventShape& shape_of(TraceEventKind kind);

struct TraceLock {
  std::string name{};  // "zone 3"
  std::string lock_class{};
  core::LockKind kind = core::LockKind::recursive;
  std::uint32_t group = 0;
  std::optional<std::uint64_t> order_key{};
  core::LockRole role = core::LockRole::none;
  core::Readers readers = core::Readers::none;
  bool operator==(const TraceLock&) const = default;
};

struct TraceSemaphore {
  std::string name{};
  std::uint32_t count = 0;  // at its creation
  bool operator==(const TraceSemaphore&) const = default;
};

struct TraceBarrier {
  std::string name{};
  std::uint32_t count = 0;  // of tasks that go on together
  bool shared = false;      // with tasks that the trace does not tell of
  bool operator==(const TraceBarrier&) const = default;
};

// A file of the program's code, as it lay in memory.
struct TraceModule {
  std::string path{};
  std::uint64_t begin = 0;  // addresses
  std::uint64_t end = 0;
  std::string build_id{};  // in hexadecimal digits; empty: not known
  bool operator==(const TraceModule&) const = default;
};

// Where the function of a place had been called from when the program first came there.
struct TraceStack {
  std::uint32_t site = 0;
  std::vector<std::uint32_t> callers{};  // places, the nearest first
  bool operator==(const TraceStack&) const = default;
};

// What a task or lock is called that has had another name before. It has the new one in the lists already.
struct TraceLateName {
  enum class Of : std::uint8_t { task, lock } of = Of::task;
  std::uint32_t id = 0;
  std::string name{};
  bool operator==(const TraceLateName&) const = default;
};

inline constexpr std::size_t kTraceCallersMax = 64;

// By number. Grows while a trace is read, and nothing in it moves; an event names nothing that is not there yet.
struct TraceNames {
  std::deque<std::string> tasks{}, conditions{}, cells{}, texts{};
  std::deque<TraceLock> locks{};
  std::deque<TraceSemaphore> semaphores{};
  std::vector<core::SemaphoreId> pools{};  // semaphores whose units are given back by those who took them
  std::deque<core::Place> sites{};
  std::deque<TraceBarrier> barriers{};
  std::deque<TraceModule> modules{};
  std::deque<TraceStack> stacks{};  // at most one of a place
  std::deque<TraceLateName> late{};
  bool operator==(const TraceNames&) const = default;

  // How many there are of what an event counts so; of anything else UINT64_MAX.
  [[nodiscard]] std::uint64_t count_of(TraceObject what) const;
  // From here on it is called so. It is there.
  void rename(TraceLateName name);
};

// Whether every number of the event is one that `names` has, or may have.
bool fits(const TraceEvent& event, const TraceNames& names);

class TraceSink {
 public:
  TraceSink() = default;
  virtual ~TraceSink() = default;
  TraceSink(const TraceSink&) = delete;
  TraceSink& operator=(const TraceSink&) = delete;

  // In the order of the trace. `names` has everything that the event names, and is the same object each time.
  virtual void event(const TraceEvent& event, const TraceNames& names) = 0;
  // The events that follow stand in this line of a text, counted from 1.
  virtual void line(std::uint64_t /*number*/) {}
  // The events that follow happened then, in nanoseconds since the trace began, if it says so. Never goes back.
  virtual void time(std::uint64_t /*ns*/) {}
};

// How a trace was read to its end.
struct TraceEnd {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;     // of the binary form
  std::uint64_t ns = 0;        // the last time that it tells; 0: it tells of none
  bool whole = false;          // its writer has closed it; else it was cut short and read up to the last whole record
  std::uint64_t moved = 0;     // of a text: events that were told before others, or after, so that it can be
  std::uint64_t moved_at = 0;  // the line at which that was first so
};

// A whole trace, for tests and small tools.
class TraceInMemory final : public TraceSink {
 public:
  void event(const TraceEvent& event, const TraceNames&) override { events.push_back(event); }
  std::vector<TraceEvent> events;
};

}  // namespace zoneknot::lockcheck
