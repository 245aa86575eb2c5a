// The synchronous engine: pread and pwrite, everything is done inside queue(). Belongs to one job and its task.
#pragma once

#include "core/io_engine.h"

namespace zoneknot::device {

class PsyncEngine final : public core::IoEngine {
 public:
  // `fd` stays the caller's and outlives this.
  explicit PsyncEngine(int fd) : fd_(fd) {}

 private:
  bool do_synchronous() const override { return true; }
  core::QueueStatus do_queue(core::IoRequest& request, core::Site site) override;
  int do_commit(core::Site) override { return 0; }
  // There is never anything to reap.
  int do_reap(std::span<core::IoRequest*>, std::size_t, core::Site) override { return 0; }
  bool do_cancel(core::IoRequest&, core::Site) override { return false; }

  int fd_;
};

}  // namespace zoneknot::device
