// The file into which the preloaded library notes what one process does, as it lies on the disk: a header, and then
// chunks, each of one lane of one thread. Written through shared mappings, so that the kernel has it as soon as it is
// noted, however the process ends. Shared by the library, which writes it, and tools/record, which makes a lock trace
// of it; both are of one build, so there are no versions of it. Nothing of the project is included here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zoneknot::record {

inline constexpr char kRawMagic[16] = "zoneknot.raw/1\n";
// The environment variables by which the command tells the library: the folder for its files, how many bytes each may
// have, and `sequence` if the processor's clock shall not be used.
inline constexpr const char* kFolderVariable = "ZONEKNOT_RECORD";
inline constexpr const char* kLimitVariable = "ZONEKNOT_RECORD_LIMIT";
inline constexpr const char* kClockVariable = "ZONEKNOT_RECORD_CLOCK";

// The header, and each chunk, begin at a multiple of this.
inline constexpr std::size_t kUnitBytes = std::size_t{1} << 14U;

// What orders the events of different threads. `ticks`: the processor's clock, the same on all of its cores.
// `sequence`: a number that all threads count up together.
enum class RawClock : std::uint32_t { ticks = 1, sequence = 2 };

// What may end a wait without one of the recorded threads.
inline constexpr std::uint32_t kHandlers = 1;       // a signal handler can give a unit of a semaphore
inline constexpr std::uint32_t kHiddenThreads = 2;  // the C library starts threads of its own

struct RawHeader {
  char magic[sizeof kRawMagic];
  RawClock clock;
  std::int32_t pid;
  std::uint64_t begun_at;  // ticks, and nanoseconds of CLOCK_MONOTONIC
  std::uint64_t begun_ns;
  std::uint32_t threads;        // how many numbers have been given out; atomic
  std::uint32_t forked_thread;  // of a forked process: the number in its parent of the thread that forked
  std::uint64_t end;            // where the next chunk begins; atomic
  std::uint64_t forked_at;      // by the parent's clock
  std::uint64_t lost;           // events that could not be noted; atomic
  std::uint32_t is_full;        // the limit was reached, or there was no more room
  std::uint32_t has_exited;     // by itself: nobody has killed it
  std::uint32_t outside;        // kHandlers, kHiddenThreads; atomic
  std::uint32_t is_forked;      // without an exec since
  char parent[64];              // the name of the parent's file in the same folder; empty: none
  char program[1024];           // path
};
static_assert(sizeof(RawHeader) <= kUnitBytes);

enum class RawKind : std::uint8_t {
  nothing = 0,
  // A chunk's first record: `object` has thread and lane, `site` counts the lane's chunks, `extra` is the length in
  // units. One that is there twice has the same in both places.
  chunk,
  // What is said of a place. Payloads follow in as many records as they need, `extra` bytes.
  stack,   // `site` is at these addresses: what was called is first
  module,  // a RawModule and its path
  // Locks: mutexes, reader-writer locks, spin locks, onces. `object` is the address.
  lock_at_once,  // asked for, and had without a wait
  request,       // is waited for now
  acquire,       // after a request
  give_up,       // after a request, without the lock
  try_got,
  try_failed,
  share_at_once,
  share_request,
  share_acquire,
  share_give_up,
  share_try_got,
  share_try_failed,
  release,  // of the lock or of a share
  init,     // of anything; `extra`: units of a semaphore, tasks of a barrier
  destroy,
  // Condition variables.
  cond_wait,  // the mutex is in the record that follows
  cond_mutex,
  cond_back,  // the task has its mutex again; `extra`: RawBack
  cond_signal,
  cond_broadcast,
  // Semaphores.
  unit_at_once,
  unit_request,
  unit_take,
  unit_give_up,
  unit_try_got,
  unit_try_failed,
  unit_add,
  // Barriers.
  arrive,
  pass,
  // Threads. `object` is a number of a thread, or with `by_handle` a pthread_t.
  thread_create,
  thread_not_created,
  thread_start,  // pthread_t
  thread_end,
  join_begin,  // pthread_t
  join_end,
  join_give_up,
  thread_name,  // pthread_t, and the name as a payload
};
inline constexpr std::uint8_t kRawKinds = static_cast<std::uint8_t>(RawKind::thread_name) + 1;

enum class RawBack : std::uint16_t { woken, timed_out, cancelled };

// RawRecord::flags: what kind of object, and how it is made.
enum class RawObject : std::uint8_t { mutex, rwlock, spin, once, condition, semaphore, barrier, thread };
inline constexpr std::uint8_t kObjectMask = 7;
inline constexpr std::uint8_t kRecursive = 8;
inline constexpr std::uint8_t kShared = 16;  // with other processes
inline constexpr std::uint8_t kRobust = 32;
inline constexpr std::uint8_t kTimed = 64;
inline constexpr std::uint8_t kWritersFirst = 128;
inline constexpr std::uint8_t kOwnName = 8;  // of a thread_name: of the thread that notes it

struct RawRecord {
  std::uint64_t ticks;  // written last; 0: not there yet
  std::uint64_t object;
  std::uint32_t site;  // counted by thread and lane
  RawKind kind;
  std::uint8_t flags;
  std::uint16_t extra;
};
static_assert(sizeof(RawRecord) == 24);
inline constexpr std::size_t kRecordsOfUnit = kUnitBytes / sizeof(RawRecord);

// Records that a payload of so many bytes takes.
constexpr std::size_t records_for(std::size_t bytes) { return (bytes + sizeof(RawRecord) - 1) / sizeof(RawRecord); }

struct RawModule {
  std::uint64_t begin;  // addresses
  std::uint64_t end;
};

inline constexpr std::size_t kStackDepthMax = 32;
inline constexpr std::uint32_t kNoSite = 0;
// Events of a signal handler that interrupts the noting of another event have a lane of their own.
inline constexpr std::uint32_t kLanes = 2;

constexpr std::uint64_t lane_key(std::uint32_t thread, std::uint32_t lane) {
  return (std::uint64_t{thread} << 1U) | lane;
}

}  // namespace zoneknot::record
