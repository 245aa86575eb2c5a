// How the program came to a place at which it has not been before: the call stack, and the modules that its addresses
// are in.
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <unwind.h>

#include <cerrno>
#include <cstring>

#include "device/record/modules.h"
#include "device/record/process_file.h"
#include "device/record/recorder.h"

namespace zoneknot::record {
namespace {

// A thread that comes to more places than this by different ways notes only the places.
constexpr std::uint32_t kStacksOfThreadMax = 1U << 16U;
constexpr std::size_t kModulePathMax = 448;

constinit std::uint32_t closed = 0;

struct Frames {
  const void* place;
  std::uint64_t addresses[kStackDepthMax];
  std::size_t count;
};

_Unwind_Reason_Code take_frame(_Unwind_Context* context, void* to) {
  auto& frames = *static_cast<Frames*>(to);
  const std::uint64_t address = _Unwind_GetIP(context);
  if (address == 0) return _URC_END_OF_STACK;
  // What comes before is this library.
  if (frames.count == 0 && address != reinterpret_cast<std::uintptr_t>(frames.place)) return _URC_NO_REASON;
  frames.addresses[frames.count++] = address;
  return frames.count == kStackDepthMax ? _URC_END_OF_STACK : _URC_NO_REASON;
}

void tell_of_module(ThreadSelf& self, unsigned lane, std::uint64_t address) {
  ThreadMemory& memory = *self.memory;
  for (std::uint32_t i = 0; i < memory.range_count; ++i) {
    if (address >= memory.ranges[i].begin && address < memory.ranges[i].end) return;
  }
  dl_find_object found{};
  if (_dl_find_object(reinterpret_cast<void*>(address), &found) != 0) return;
  const RawModule module{.begin = reinterpret_cast<std::uintptr_t>(found.dlfo_map_start),
                         .end = reinterpret_cast<std::uintptr_t>(found.dlfo_map_end)};
  const char* path = found.dlfo_link_map->l_name;
  if (path == nullptr || *path == '\0') path = header_of_process->program;
  memory.ranges[memory.range_count % kRangesMax] = module;
  if (memory.range_count < kRangesMax - 1) ++memory.range_count;
  const std::size_t length = strnlen(path, kModulePathMax);
  RawRecord* const slot = room(self, lane, 1 + records_for(sizeof module + length));
  if (slot == nullptr) return;
  char* const payload = reinterpret_cast<char*>(slot + 1);
  std::memcpy(payload, &module, sizeof module);
  std::memcpy(payload + sizeof module, path, length);
  slot->object = module.begin;
  slot->kind = RawKind::module;
  slot->extra = static_cast<std::uint16_t>(sizeof module + length);
  __atomic_store_n(&slot->ticks, moment<When::after>(), __ATOMIC_RELEASE);
}

void tell_of_stack(ThreadSelf& self, unsigned lane, std::uint32_t number, const Frames& frames) {
  const std::size_t bytes = frames.count * sizeof frames.addresses[0];
  RawRecord* const slot = room(self, lane, 1 + records_for(bytes));
  if (slot == nullptr) return;
  std::memcpy(static_cast<void*>(slot + 1), frames.addresses, bytes);
  slot->site = number;
  slot->kind = RawKind::stack;
  slot->extra = static_cast<std::uint16_t>(bytes);
  __atomic_store_n(&slot->ticks, moment<When::after>(), __ATOMIC_RELEASE);
}

}  // namespace

void prepare_sightings() {
  Frames frames{.place = nullptr, .addresses = {}, .count = 0};
  _Unwind_Backtrace(take_frame, &frames);
}

void modules_closed() { __atomic_add_fetch(&closed, 1, __ATOMIC_RELAXED); }

std::uint32_t first_sighting(ThreadSelf& self, unsigned lane, Caller caller) noexcept {
  const int error = errno;
  if (self.number == 0) begin_thread(number_for_thread());
  if (self.memory == nullptr) {
    if (lane > 0) return kNoSite;
    void* const memory =
        mmap(nullptr, sizeof(ThreadMemory), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = error;
    if (memory == MAP_FAILED) return kNoSite;
    self.memory = static_cast<ThreadMemory*>(memory);
  }
  ThreadMemory& memory = *self.memory;
  Frames frames{.place = caller.place, .addresses = {}, .count = 0};
  if (lane == 0) {
    const std::uint32_t generation = __atomic_load_n(&closed, __ATOMIC_RELAXED);
    if (memory.generation != generation) {
      std::memset(memory.sightings, 0, sizeof memory.sightings);
      memory.range_count = 0;
      memory.generation = generation;
    }
    if (memory.last_site[0] < kStacksOfThreadMax) _Unwind_Backtrace(take_frame, &frames);
  }
  if (frames.count == 0) frames.addresses[frames.count++] = reinterpret_cast<std::uintptr_t>(caller.place);
  for (std::size_t i = 0; lane == 0 && i < frames.count; ++i) tell_of_module(self, lane, frames.addresses[i]);
  const std::uint32_t number = ++memory.last_site[lane];
  tell_of_stack(self, lane, number, frames);
  if (lane == 0) sighting_of(memory, caller) = {.place = caller.place, .frame = caller.frame, .number = number};
  errno = error;
  return number;
}

}  // namespace zoneknot::record
