#include "device/real/io_uring_engine.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <liburing.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <optional>

#include "device/model/inside_queue.h"
#include "device/passthrough/nvme_append.h"
#include "device/passthrough/nvme_generic.h"
#include "device/real/blocking_io.h"

namespace zoneknot::device {

// An entry in the ring is known by the address of its request, the cancellation by that of `cancellation`.
struct IoUringEngine::Ring {
  struct Cancellation {
    core::IoRequest* target = nullptr;
    std::optional<int> answer;      // the kernel's
    bool target_withdrawn = false;  // it ended because of this
    bool target_ended = false;      // it ended by itself
    [[nodiscard]] bool over() const { return answer && (*answer != 0 || target_withdrawn || target_ended); }
  };

  io_uring ring{};
  bool made = false;
  bool enabled = true;       // false: by the task that uses it, whose ring it is from then on
  bool asks_kernel = false;  // ends appear in the ring only when this task asks for them
  bool knows_file = false;
  std::unique_ptr<NvmeGeneric> generic;  // appends go through it
  bool knows_generic = false;
  std::span<std::byte> known_buffers;
  Cancellation cancellation;
};

namespace {

// How a ring can be made, the fastest way first. A kernel that does not know one says EINVAL: from 6.1 on ends are left
// to the task that waits for them, and only one task may submit.
constexpr std::array<unsigned, 2> kRingFlags = {
    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_R_DISABLED, 0};

// A ring whose entries have room for a command of NVMe, and for all of its result.
constexpr unsigned kWide = IORING_SETUP_SQE128 | IORING_SETUP_CQE32;

// What is registered.
constexpr int kKnownFile = 0;
constexpr int kKnownGeneric = 1;
constexpr int kKnownBuffers = 0;

}  // namespace

IoUringEngine::IoUringEngine(int fd, std::uint32_t depth, ThreadRuntime& runtime)
    : AsyncEngine(fd, depth, runtime), ring_(std::make_unique<Ring>()) {}

tl::expected<std::unique_ptr<IoUringEngine>, int> IoUringEngine::open(int fd, std::uint32_t depth,
                                                                      ThreadRuntime& runtime) {
  std::unique_ptr<IoUringEngine> engine(new IoUringEngine(fd, depth, runtime));
  Ring& ring = *engine->ring_;
  ring.generic = NvmeGeneric::of(fd);
  int result = engine->make_ring();
  if (result < 0 && ring.generic) {
    ring.generic.reset();
    result = engine->make_ring();
  }
  if (result < 0) return tl::unexpected(-result);
  ring.made = true;
  engine->register_files();
  return engine;
}

int IoUringEngine::make_ring() {
  Ring& ring = *ring_;
  int result = -EINVAL;
  for (std::size_t way = 0; way < kRingFlags.size() && result == -EINVAL; ++way) {
    const unsigned flags = kRingFlags.at(way) | (ring.generic ? kWide : 0);
    // One more for a cancellation.
    result = io_uring_queue_init(depth() + 1, &ring.ring, flags);
    ring.enabled = (flags & IORING_SETUP_R_DISABLED) == 0;
    ring.asks_kernel = (flags & IORING_SETUP_DEFER_TASKRUN) != 0;
  }
  return result;
}

// A kernel takes its time to end the ring of a process that was killed, and that keeps the files it knows. They are
// files of the ring's own, so that those of the process, with their locks, go at once.
void IoUringEngine::register_files() {
  Ring& ring = *ring_;
  const int own = ::open(fmt::format("/proc/self/fd/{}", fd()).c_str(), fcntl(fd(), F_GETFL) | O_CLOEXEC);
  if (own < 0) return;
  const std::array<int, 2> files = {own, ring.generic ? ring.generic->fd() : -1};
  ring.knows_file = io_uring_register_files(&ring.ring, files.data(), ring.generic ? 2 : 1) == 0;
  ring.knows_generic = ring.knows_file && ring.generic != nullptr;
  close(own);
}

void IoUringEngine::do_use_buffers(std::span<std::byte> memory) {
  if (memory.empty()) return;
  const iovec all = {.iov_base = memory.data(), .iov_len = memory.size()};
  if (io_uring_register_buffers(&ring_->ring, &all, 1) == 0) ring_->known_buffers = memory;
}

void IoUringEngine::prepare_append(core::IoRequest& request, io_uring_sqe& entry) const {
  const NvmeGeneric& generic = *ring_->generic;
  const int file = ring_->knows_generic ? kKnownGeneric : generic.fd();
  generic.prepare_append(entry, file, request.offset, {request.buffer, request.length});
  if (ring_->knows_generic) io_uring_sqe_set_flags(&entry, IOSQE_FIXED_FILE);
  io_uring_sqe_set_data(&entry, &request);
}

void IoUringEngine::prepare(core::IoRequest& request, io_uring_sqe& entry) const {
  if (request.append) return prepare_append(request, entry);
  const int file = ring_->knows_file ? kKnownFile : fd();
  const std::span<std::byte> known = ring_->known_buffers;
  const bool in_known = !known.empty() && request.buffer >= known.data() &&
                        request.buffer + request.length <= known.data() + known.size();
  switch (request.direction) {
    case core::Direction::read:
      if (in_known) {
        io_uring_prep_read_fixed(&entry, file, request.buffer, request.length, request.offset, kKnownBuffers);
      } else {
        io_uring_prep_read(&entry, file, request.buffer, request.length, request.offset);
      }
      break;
    case core::Direction::write:
      if (in_known) {
        io_uring_prep_write_fixed(&entry, file, request.buffer, request.length, request.offset, kKnownBuffers);
      } else {
        io_uring_prep_write(&entry, file, request.buffer, request.length, request.offset);
      }
      break;
    case core::Direction::sync:
      io_uring_prep_fsync(&entry, file, 0);
      break;
    case core::Direction::trim:
      assert(false && "trim is done inside queue()");
  }
  if (ring_->knows_file) io_uring_sqe_set_flags(&entry, IOSQE_FIXED_FILE);
  io_uring_sqe_set_data(&entry, &request);
}

// The ring belongs to the task that uses it first. liburing 2.3 declares a function for this and does not export it.
void IoUringEngine::enable() {
  if (ring_->enabled) return;
  ring_->enabled = true;
  [[maybe_unused]] const long result =
      syscall(SYS_io_uring_register, ring_->ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
  assert(result == 0);
}

IoUringEngine::~IoUringEngine() {
  if (!ring_->made) return;
  // Entries that the kernel never took will not end.
  for (unsigned left = io_uring_sq_ready(&ring_->ring); left > 0 && under_way() > 0; --left) forgotten();
  drain();
  io_uring_queue_exit(&ring_->ring);
}

core::QueueStatus IoUringEngine::do_queue(core::IoRequest& request, core::Site) {
  // One of broken blocks does not fit into a command.
  const bool append_in_ring = request.append && ring_->generic && whole_blocks(request, ring_->generic->block_size());
  const bool inside = request.append ? !append_in_ring : inside_queue(core::EngineKind::io_uring, request.direction);
  if (inside) return run_inside_queue(request);
  if (full()) return core::QueueStatus::busy;
  enable();
  pending().push_back(&request);
  return core::QueueStatus::queued;
}

// Hands the entries prepared in the ring over, all of them or none beyond an error. 0 or an errno value.
int IoUringEngine::enter(int& tries) {
  while (io_uring_sq_ready(&ring_->ring) > 0) {
    const int result = io_uring_submit(&ring_->ring);
    if (result > 0) continue;
    if (result != 0 && result != -EAGAIN && result != -EBUSY && result != -EINTR) return -result;
    if (!make_room(tries)) return EAGAIN;
  }
  return 0;
}

int IoUringEngine::submit() {
  // Entries that an earlier submit() left in the ring are under way for us already: the kernel takes them below.
  std::size_t prepared = 0;
  for (core::IoRequest* request : pending()) {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_->ring);
    if (entry == nullptr) break;
    prepare(*request, *entry);
    ++prepared;
  }
  pending().erase(pending().begin(), pending().begin() + static_cast<std::ptrdiff_t>(prepared));
  submitted(prepared);
  int tries = 0;
  return enter(tries);
}

void IoUringEngine::take_end(core::IoRequest& request, const io_uring_cqe& end) {
  if (!request.append) return ended(request, end.res);
  const NvmeAppended done = NvmeGeneric::appended(end);
  ended(request, done.error != 0 ? -done.error : request.length, done.at * ring_->generic->block_size());
}

void IoUringEngine::take_ends() {
  Ring::Cancellation& cancellation = ring_->cancellation;
  unsigned head = 0;
  unsigned count = 0;
  io_uring_cqe* end = nullptr;
  io_uring_for_each_cqe(&ring_->ring, head, end) {
    ++count;
    void* owner = io_uring_cqe_get_data(end);
    if (owner == &cancellation) {
      cancellation.answer = end->res;
    } else if (owner == cancellation.target && end->res == -ECANCELED) {
      cancellation.target_withdrawn = true;
      forgotten();
    } else {
      if (owner == cancellation.target) cancellation.target_ended = true;
      take_end(*static_cast<core::IoRequest*>(owner), *end);
    }
  }
  io_uring_cq_advance(&ring_->ring, count);
}

// Waits until the ring has `count` ends to take, or the time is over. 0 or an errno value.
int IoUringEngine::wait_for_ends(std::size_t count, std::uint64_t timeout_ns) {
  constexpr std::uint64_t kSecondNs = 1'000'000'000;
  __kernel_timespec timeout = {.tv_sec = static_cast<long long>(timeout_ns / kSecondNs),
                               .tv_nsec = static_cast<long long>(timeout_ns % kSecondNs)};
  io_uring_cqe* end = nullptr;
  const auto wanted = static_cast<unsigned>(std::min<std::size_t>(count, depth()));
  const int result = io_uring_wait_cqes(&ring_->ring, &end, wanted, &timeout, nullptr);
  return result == 0 || result == -ETIME || result == -EINTR || result == -EAGAIN ? 0 : -result;
}

int IoUringEngine::collect(std::size_t min, std::uint64_t timeout_ns) {
  const std::size_t before = under_way();
  enable();
  if (ring_->asks_kernel && min == 0) (void)io_uring_get_events(&ring_->ring);
  take_ends();
  const std::size_t taken = before - under_way();
  if (taken >= min) return 0;
  const int error = wait_for_ends(min - taken, timeout_ns);
  if (error == 0) take_ends();
  return error;
}

bool IoUringEngine::do_cancel(core::IoRequest& request, core::Site) {
  if (const auto place = std::ranges::find(pending(), &request); place != pending().end()) {
    pending().erase(place);
    return true;
  }
  Ring::Cancellation& cancellation = ring_->cancellation;
  io_uring_sqe* entry = io_uring_get_sqe(&ring_->ring);
  if (entry == nullptr) return false;
  io_uring_prep_cancel(entry, &request, 0);
  io_uring_sqe_set_data(entry, &cancellation);
  cancellation = {};
  cancellation.target = &request;
  int tries = 0;
  int error = enter(tries);
  // The kernel answers at once, and what it withdrew ends at once.
  while (error == 0 && !cancellation.over()) {
    error = wait_for_ends(1, ThreadRuntime::kSliceNs);
    take_ends();
  }
  cancellation.target = nullptr;
  return cancellation.target_withdrawn;
}

}  // namespace zoneknot::device
