#include "device/real/libaio_engine.h"

#include <libaio.h>

#include <algorithm>
#include <cerrno>
#include <numeric>

#include "device/model/inside_queue.h"

namespace zoneknot::device {

struct LibaioEngine::Kernel {
  io_context_t context = nullptr;
  std::vector<iocb> blocks;         // one for each I/O that is not ended; IoRequest::engine_cookie is its index
  std::vector<std::uint32_t> free;  // of blocks
  std::vector<iocb*> handed_over;   // argument of io_submit, in the order of pending()
  std::vector<io_event> events;     // what io_getevents fills
};

LibaioEngine::LibaioEngine(int fd, std::uint32_t depth, ThreadRuntime& runtime)
    : AsyncEngine(fd, depth, runtime), kernel_(std::make_unique<Kernel>()) {
  kernel_->blocks.resize(depth);
  kernel_->free.resize(depth);
  std::iota(kernel_->free.rbegin(), kernel_->free.rend(), 0U);
  kernel_->handed_over.reserve(depth);
  kernel_->events.resize(depth);
}

tl::expected<std::unique_ptr<LibaioEngine>, int> LibaioEngine::open(int fd, std::uint32_t depth,
                                                                    ThreadRuntime& runtime) {
  std::unique_ptr<LibaioEngine> engine(new LibaioEngine(fd, depth, runtime));
  const int result = io_setup(static_cast<int>(depth), &engine->kernel_->context);
  if (result < 0) return tl::unexpected(-result);
  return engine;
}

LibaioEngine::~LibaioEngine() {
  drain();
  if (kernel_->context != nullptr) io_destroy(kernel_->context);
}

core::QueueStatus LibaioEngine::do_queue(core::IoRequest& request, core::Site) {
  if (request.append || inside_queue(core::EngineKind::libaio, request.direction)) return run_inside_queue(request);
  if (full()) return core::QueueStatus::busy;
  const std::uint32_t index = kernel_->free.back();
  kernel_->free.pop_back();
  iocb& block = kernel_->blocks[index];
  const auto offset = static_cast<long long>(request.offset);
  if (request.direction == core::Direction::read) {
    io_prep_pread(&block, fd(), request.buffer, request.length, offset);
  } else {
    io_prep_pwrite(&block, fd(), request.buffer, request.length, offset);
  }
  block.data = &request;
  request.engine_cookie = index;
  pending().push_back(&request);
  return core::QueueStatus::queued;
}

int LibaioEngine::submit() {
  std::vector<iocb*>& blocks = kernel_->handed_over;
  blocks.clear();
  for (const core::IoRequest* request : pending()) blocks.push_back(&kernel_->blocks[request->engine_cookie]);
  std::size_t done = 0;
  int tries = 0;
  int error = 0;
  while (done < blocks.size() && error == 0) {
    const int result = io_submit(kernel_->context, static_cast<long>(blocks.size() - done), blocks.data() + done);
    if (result > 0) {
      submitted(static_cast<std::size_t>(result));
      done += static_cast<std::size_t>(result);
    } else if (result == 0 || result == -EAGAIN || result == -EINTR) {
      if (!make_room(tries)) error = EAGAIN;
    } else {
      // The kernel names the first one: it ends with that error, as if the device had said it.
      core::IoRequest& request = *pending()[done++];
      kernel_->free.push_back(static_cast<std::uint32_t>(request.engine_cookie));
      refused(request, -result);
    }
  }
  pending().erase(pending().begin(), pending().begin() + static_cast<std::ptrdiff_t>(done));
  return error;
}

int LibaioEngine::collect(std::size_t min, std::uint64_t timeout_ns) {
  constexpr std::uint64_t kSecondNs = 1'000'000'000;
  timespec timeout = {.tv_sec = static_cast<time_t>(timeout_ns / kSecondNs),
                      .tv_nsec = static_cast<long>(timeout_ns % kSecondNs)};
  std::vector<io_event>& events = kernel_->events;
  const auto wanted = static_cast<long>(std::min(min, events.size()));
  const int result = io_getevents(kernel_->context, wanted, static_cast<long>(events.size()), events.data(), &timeout);
  if (result < 0) return result == -EINTR ? 0 : -result;
  for (std::size_t i = 0; i < static_cast<std::size_t>(result); ++i) {
    auto& request = *static_cast<core::IoRequest*>(events[i].data);
    kernel_->free.push_back(static_cast<std::uint32_t>(request.engine_cookie));
    ended(request, static_cast<std::int64_t>(events[i].res));
  }
  return 0;
}

bool LibaioEngine::do_cancel(core::IoRequest& request, core::Site) {
  const auto place = std::ranges::find(pending(), &request);
  const bool was_pending = place != pending().end();
  if (was_pending) {
    pending().erase(place);
  } else {
    iocb& block = kernel_->blocks[request.engine_cookie];
    io_event event{};
    if (block.data != &request || io_cancel(kernel_->context, &block, &event) != 0) return false;
    forgotten();
  }
  kernel_->free.push_back(static_cast<std::uint32_t>(request.engine_cookie));
  return true;
}

}  // namespace zoneknot::device
