// The engine on Linux native asynchronous I/O (io_submit). Trim and sync are done inside queue(). Belongs to one job
// and its task; its destructor waits for the I/Os under way.
#pragma once

#include <memory>
#include <tl/expected.hpp>

#include "device/real/async_engine.h"

namespace zoneknot::device {

class LibaioEngine final : public AsyncEngine {
 public:
  // Or the errno value of io_setup: EAGAIN when fs.aio-max-nr is used up.
  static tl::expected<std::unique_ptr<LibaioEngine>, int> open(int fd, std::uint32_t depth, ThreadRuntime& runtime);
  ~LibaioEngine() override;

 private:
  struct Kernel;  // the context and what is shared with it
  LibaioEngine(int fd, std::uint32_t depth, ThreadRuntime& runtime);

  core::QueueStatus do_queue(core::IoRequest& request, core::Site site) override;
  bool do_cancel(core::IoRequest& request, core::Site site) override;
  int submit() override;
  int collect(std::size_t min, std::uint64_t timeout_ns) override;

  std::unique_ptr<Kernel> kernel_;
};

}  // namespace zoneknot::device
