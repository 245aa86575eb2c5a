#include "device/record/process_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "device/record/recorder.h"

namespace zoneknot::record {

constinit RawHeader* header_of_process = nullptr;

namespace {

constexpr std::size_t kPathMax = 1024;
constexpr int kFilesOfPidMax = 10'000;  // a process that execs itself so often is recorded no more

// Whether the process is recorded. An integer, because not every compiler has atomics of enumerations.
constexpr int kUnknown = 0;
constexpr int kBeginning = 1;
constexpr int kOn = 2;
constexpr int kOff = 3;
constinit int state = kUnknown;
constinit char path_of_file[kPathMax] = {};
constinit std::uint64_t bytes_max = 0;
constinit std::uint64_t forks_at = 0;  // in both processes

// Calls of the kernel that are no cancellation points.
int open_file(const char* path, int flags) {
  constexpr int kMode = 0600;
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, kMode));
}
void close_file(int descriptor) { syscall(SYS_close, descriptor); }

// Whether the file has room there now, so that writing to a mapping of it cannot fail.
bool make_file_longer(int descriptor, std::uint64_t offset, std::size_t bytes) {
  if (syscall(SYS_fallocate, descriptor, 0, offset, bytes) == 0) return true;
  if (errno != EOPNOTSUPP && errno != ENOSYS) return false;
  static const char kZeros[kUnitBytes] = {};
  for (std::size_t done = 0; done < bytes; done += kUnitBytes) {
    if (syscall(SYS_pwrite64, descriptor, kZeros, kUnitBytes, offset + done) != static_cast<long>(kUnitBytes)) {
      return false;
    }
  }
  return true;
}

void* map_piece(int descriptor, std::uint64_t offset, std::size_t bytes) {
  if (!make_file_longer(descriptor, offset, bytes)) return nullptr;
  void* const piece = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, static_cast<off_t>(offset));
  return piece == MAP_FAILED ? nullptr : piece;
}

// Appends text or a number to a path; nothing is written over its end.
struct Text {
  char* to;
  std::size_t left;

  Text& operator<<(const char* text) {
    while (*text != '\0' && left > 1) {
      *to++ = *text++;
      --left;
    }
    *to = '\0';
    return *this;
  }
  Text& operator<<(long number) {
    char digits[24];
    char* at = digits + sizeof digits - 1;
    *at = '\0';
    do {
      *--at = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    return *this << at;
  }
};

// -1: there is none to be had.
int make_file(const char* folder, pid_t pid) {
  for (int number = 0; number < kFilesOfPidMax; ++number) {
    Text{path_of_file, sizeof path_of_file} << folder << "/" << static_cast<long>(pid) << "."
                                            << static_cast<long>(number) << ".raw";
    const int descriptor = open_file(path_of_file, O_RDWR | O_CREAT | O_EXCL);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

RawClock clock_to_use() {
  const char* const wish = getenv(kClockVariable);
  if (wish != nullptr && std::strcmp(wish, "sequence") == 0) return RawClock::sequence;
  return kHasTicks && ticks_are_steady() ? RawClock::ticks : RawClock::sequence;
}

// The header, if there is a folder for it.
RawHeader* begin_file() {
  const char* const folder = getenv(kFolderVariable);
  const char* const limit = getenv(kLimitVariable);
  if (folder == nullptr || *folder == '\0') return nullptr;
  bytes_max = limit == nullptr ? UINT64_MAX : std::strtoull(limit, nullptr, 10);
  const pid_t pid = static_cast<pid_t>(syscall(SYS_getpid));
  const int descriptor = make_file(folder, pid);
  if (descriptor < 0) return nullptr;
  auto* const header = static_cast<RawHeader*>(map_piece(descriptor, 0, kUnitBytes));
  close_file(descriptor);
  if (header == nullptr) return nullptr;
  header->clock = clock_to_use();
  header->pid = pid;
  header->end = kUnitBytes;
  const ssize_t length = readlink("/proc/self/exe", header->program, sizeof header->program - 1);
  if (length < 0) header->program[0] = '\0';
  header->begun_ns = monotonic_ns();
  header->begun_at = header->clock == RawClock::ticks ? ticks_after() : next_in_sequence();
  return header;
}

void publish(RawHeader* header) {
  if (header == nullptr) {
    __atomic_store_n(&state, kOff, __ATOMIC_RELEASE);
    return;
  }
  std::memcpy(header->magic, kRawMagic, sizeof kRawMagic);
  __atomic_store_n(&header_of_process, header, __ATOMIC_RELEASE);
  __atomic_store_n(&state, kOn, __ATOMIC_RELEASE);
  // The first thread is number 1, whatever it does first.
  begin_thread(number_for_thread());
}

}  // namespace

void before_fork() {
  if (header_of_process != nullptr) forks_at = moment<When::before>();
}

bool is_off() noexcept { return __atomic_load_n(&state, __ATOMIC_RELAXED) == kOff; }

void begin_process() noexcept {
  int expected = kUnknown;
  if (!__atomic_compare_exchange_n(&state, &expected, kBeginning, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
    return;
  }
  const int error = errno;
  RawHeader* const header = begin_file();
  if (header != nullptr) {
    // What the unwinder does once is none of the program's doing.
    prepare_sightings();
    prepare_end_of_threads();
    // Registered before all others, this one comes last before a fork and first after it.
    pthread_atfork(before_fork, nullptr, begin_forked_process);
  }
  publish(header);
  errno = error;
}

void begin_forked_process() {
  RawHeader* const parent = header_of_process;
  if (parent == nullptr) return;
  const int error = errno;
  const std::uint32_t thread = record::self().number;
  const std::uint32_t outside = parent->outside;
  char name[sizeof parent->parent] = {};
  const char* const slash = std::strrchr(path_of_file, '/');
  Text{name, sizeof name} << (slash == nullptr ? path_of_file : slash + 1);
  header_of_process = nullptr;
  state = kBeginning;
  forget_threads();
  munmap(parent, kUnitBytes);
  RawHeader* const header = begin_file();
  if (header != nullptr) {
    header->is_forked = 1;
    header->forked_thread = thread;
    header->forked_at = forks_at;
    header->outside = outside;
    std::memcpy(header->parent, name, sizeof name);
  }
  publish(header);
  errno = error;
}

namespace {

// Calls `use` with the file and where its next units are. Whether it could.
template <class Use>
bool use_next_units(std::size_t units, const Use& use) {
  RawHeader* const header = header_of_process;
  if (header == nullptr || header->is_full != 0) return false;
  const std::size_t bytes = units * kUnitBytes;
  const std::uint64_t offset = __atomic_fetch_add(&header->end, bytes, __ATOMIC_RELAXED);
  const int descriptor = offset + bytes <= bytes_max ? open_file(path_of_file, O_RDWR) : -1;
  const bool used = descriptor >= 0 && use(descriptor, offset, bytes);
  if (descriptor >= 0) close_file(descriptor);
  if (!used) header->is_full = 1;
  return used;
}

}  // namespace

void* map_of_process_file(std::size_t units) {
  void* piece = nullptr;
  use_next_units(units, [&](int descriptor, std::uint64_t offset, std::size_t bytes) {
    piece = map_piece(descriptor, offset, bytes);
    return piece != nullptr;
  });
  return piece;
}

bool copy_to_process_file(const void* from, std::size_t units) {
  return use_next_units(units, [from](int descriptor, std::uint64_t offset, std::size_t bytes) {
    const char* const begin = static_cast<const char*>(from);
    for (std::size_t done = 0; done < bytes;) {
      const long written = syscall(SYS_pwrite64, descriptor, begin + done, bytes - done, offset + done);
      if (written <= 0 && errno != EINTR) return false;
      if (written > 0) done += static_cast<std::size_t>(written);
    }
    return true;
  });
}

void process_exits() {
  if (header_of_process != nullptr) header_of_process->has_exited = 1;
}

void may_be_woken_from_outside(unsigned by) {
  if (header_of_process == nullptr && !is_off()) begin_process();
  if (header_of_process != nullptr) __atomic_or_fetch(&header_of_process->outside, by, __ATOMIC_RELAXED);
}

}  // namespace zoneknot::record
