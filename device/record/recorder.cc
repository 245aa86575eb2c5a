#include "device/record/recorder.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "device/record/process_file.h"

namespace zoneknot::record {

thread_local constinit ThreadSelf self_of_thread [[gnu::tls_model("initial-exec")]] = {};

namespace {

// A thread's first buffer is short, because many threads note little. The second one is this long, and stays: when it
// is full, what is in it is copied behind it in the file, which is cheaper than to have new pages mapped again and
// again.
constexpr std::size_t kBufferUnits = 4;

// In its last round the thread's other destructors have run.
constexpr std::uintptr_t kRoundsOfDestructors = 4;
constinit pthread_key_t end_of_thread = 0;
constinit bool has_end_of_thread = false;

std::size_t units_of(const LaneBuffer& buffer) {
  return buffer.begin == nullptr
             ? 0
             : (static_cast<std::size_t>(buffer.end - buffer.begin) * sizeof(RawRecord) + kUnitBytes - 1) / kUnitBytes;
}

void let_go(LaneBuffer& buffer) {
  const std::size_t units = units_of(buffer);
  if (units > 0) munmap(buffer.begin, units * kUnitBytes);
  buffer = {.next = nullptr, .end = nullptr, .begin = nullptr, .chunks = buffer.chunks};
}

void ended(void* round) {
  const auto rounds = reinterpret_cast<std::uintptr_t>(round);
  if (rounds < kRoundsOfDestructors) {
    pthread_setspecific(end_of_thread, reinterpret_cast<void*>(rounds + 1));
    return;
  }
  ThreadSelf& self = record::self();
  if (header_of_process == nullptr || self.number == 0) return;
  note<When::before>({RawKind::thread_end, flags_of(RawObject::thread)}, std::uint64_t{self.number}, caller());
  for (LaneBuffer& lane : self.lanes) let_go(lane);
  if (self.memory != nullptr) munmap(self.memory, sizeof *self.memory);
  self.memory = nullptr;
}

}  // namespace

void prepare_end_of_threads() {
  if (!has_end_of_thread) has_end_of_thread = pthread_key_create(&end_of_thread, ended) == 0;
}

void forget_threads() {
  ThreadSelf& self = record::self();
  for (LaneBuffer& lane : self.lanes) let_go(lane);
  if (self.memory != nullptr) munmap(self.memory, sizeof *self.memory);
  self = {};
}

void begin_thread(std::uint32_t number) {
  ThreadSelf& self = record::self();
  self.number = number;
  if (has_end_of_thread) pthread_setspecific(end_of_thread, reinterpret_cast<void*>(std::uintptr_t{1}));
}

std::uint32_t number_for_thread() {
  if (header_of_process == nullptr) {
    if (!is_off()) begin_process();
    if (header_of_process == nullptr) return 0;
  }
  return __atomic_add_fetch(&header_of_process->threads, 1, __ATOMIC_RELAXED);
}

std::int32_t own_tid() {
  ThreadSelf& self = record::self();
  if (self.tid == 0) self.tid = static_cast<std::int32_t>(syscall(SYS_gettid));
  return self.tid;
}

void count_lost() noexcept {
  if (header_of_process != nullptr) __atomic_add_fetch(&header_of_process->lost, 1, __ATOMIC_RELAXED);
}

std::uint64_t next_in_sequence() noexcept {
  static std::uint64_t sequence = 0;
  return __atomic_add_fetch(&sequence, 1, __ATOMIC_SEQ_CST);
}

namespace {

void begin_buffer(LaneBuffer& buffer, ThreadSelf& self, unsigned lane, RawRecord* begin, std::size_t units) {
  begin->object = lane_key(self.number, lane);
  begin->site = ++buffer.chunks;
  begin->kind = RawKind::chunk;
  begin->extra = static_cast<std::uint16_t>(units);
  __atomic_store_n(&begin->ticks, 1, __ATOMIC_RELEASE);
  buffer.begin = begin;
  buffer.next = begin + 1;
  buffer.end = begin + units * kUnitBytes / sizeof(RawRecord);
}

// False: there is no room. A process that is killed in here leaves the chunk twice, with one number.
bool renew(LaneBuffer& buffer, ThreadSelf& self, unsigned lane) {
  if (units_of(buffer) == kBufferUnits) {
    if (!copy_to_process_file(buffer.begin, kBufferUnits)) return false;
    std::memset(static_cast<void*>(buffer.begin), 0, kBufferUnits * kUnitBytes);
    begin_buffer(buffer, self, lane, buffer.begin, kBufferUnits);
    return true;
  }
  const std::size_t units = buffer.begin == nullptr ? 1 : kBufferUnits;
  auto* const begin = static_cast<RawRecord*>(map_of_process_file(units));
  if (begin == nullptr) return false;
  let_go(buffer);
  begin_buffer(buffer, self, lane, begin, units);
  return true;
}

}  // namespace

RawRecord* more_room(ThreadSelf& self, unsigned lane, std::size_t records) noexcept {
  const int error = errno;
  if (self.number == 0) begin_thread(number_for_thread());
  LaneBuffer& buffer = self.lanes[lane];
  const bool renewed = renew(buffer, self, lane);
  errno = error;
  if (!renewed) {
    count_lost();
    return nullptr;
  }
  RawRecord* const slot = buffer.next;
  buffer.next += records;
  return slot;
}

void note_with(Event event, std::uint64_t object, Caller caller, const void* payload, std::size_t bytes) {
  if (header_of_process == nullptr) return;
  ThreadSelf& self = record::self();
  const unsigned lane = self.depth;
  if (lane >= kLanes) return count_lost();
  self.depth = lane + 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  const std::uint32_t site = caller.place == nullptr ? kNoSite : site_of(self, lane, caller);
  if (RawRecord* const slot = room(self, lane, 1 + records_for(bytes))) {
    std::memcpy(static_cast<void*>(slot + 1), payload, bytes);
    slot->object = object;
    slot->site = site;
    slot->kind = event.kind;
    slot->flags = event.flags;
    slot->extra = static_cast<std::uint16_t>(bytes);
    __atomic_store_n(&slot->ticks, moment<When::after>(), __ATOMIC_RELEASE);
  }
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  self.depth = lane;
}

}  // namespace zoneknot::record
