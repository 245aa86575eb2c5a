// An engine on a BlockDevice: hands everything to the engine inside, tells the observer of every end, and keeps the
// device's book of failed writes. Belongs to one job and its task.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/io_engine.h"
#include "device/real/block_device.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

class BlockEngine final : public core::IoEngine {
 public:
  // Device and runtime outlive this.
  BlockEngine(std::unique_ptr<core::IoEngine> inner, BlockDevice& device, ThreadRuntime& runtime)
      : inner_(std::move(inner)), device_(&device), runtime_(&runtime) {}

 private:
  void do_use_buffers(std::span<std::byte> memory) override { inner_->use_buffers(memory); }
  bool do_synchronous() const override { return inner_->synchronous(); }
  core::QueueStatus do_queue(core::IoRequest& request, core::Site site) override;
  int do_commit(core::Site site) override;
  int do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) override;
  bool do_cancel(core::IoRequest& request, core::Site site) override;

  void hand_over();
  void ended(const core::IoRequest& request, core::Site site);

  std::unique_ptr<core::IoEngine> inner_;
  BlockDevice* device_;
  ThreadRuntime* runtime_;
  std::vector<std::uint64_t> queued_writes_;  // offsets, of writes that were not handed over yet
};

}  // namespace zoneknot::device
