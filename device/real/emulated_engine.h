// An engine on a FileDevice: wraps a real engine on the device's file. An I/O reaches the device at the commit, or
// inside queue() what is done there: then the device says how much of it goes to the file and how it ends. What does
// not go there ends among the completions of that commit. A write that is cancelled later has moved the write pointer
// all the same. Belongs to one job and its task.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "core/io_engine.h"
#include "core/job_spec.h"
#include "device/real/file_device.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

class EmulatedEngine final : public core::IoEngine {
 public:
  // `inner` is of this kind and takes at least `depth` I/Os on device.fd(). Device and runtime outlive this.
  EmulatedEngine(std::unique_ptr<core::IoEngine> inner, core::EngineKind kind, std::uint32_t depth, FileDevice& device,
                 ThreadRuntime& runtime);

 private:
  // What the inner engine sees of an I/O: its length may be cut. IoRequest::engine_cookie of the job's is its index.
  struct Shadow : core::IoRequest {
    core::IoRequest* original = nullptr;
    std::vector<FileEffect::Part> unwritten{};  // of a read: zeros, whatever the file has
    int device_error = 0;                       // how it ends, whatever becomes of the part that goes to the file
  };

  void do_use_buffers(std::span<std::byte> memory) override { inner_->use_buffers(memory); }
  bool do_synchronous() const override { return inner_->synchronous(); }
  core::QueueStatus do_queue(core::IoRequest& request, core::Site site) override;
  int do_commit(core::Site site) override;
  int do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) override;
  bool do_cancel(core::IoRequest& request, core::Site site) override;

  void accept(core::IoRequest& request);
  core::QueueStatus run_now(core::IoRequest& request, core::Site site);
  core::QueueStatus complete(core::IoRequest& request, core::Site site);
  [[nodiscard]] bool reaches_file(Shadow& shadow);
  void end(core::IoRequest& request, core::Site site);
  int take_from_inner(std::size_t most, std::size_t min, core::Site site);
  core::IoRequest* release(Shadow& shadow);
  void tell_completed(const core::IoRequest& request, core::Site site) const;

  std::unique_ptr<core::IoEngine> inner_;
  core::EngineKind kind_;
  FileDevice* device_;
  ThreadRuntime* runtime_;
  std::vector<Shadow> shadows_;
  std::vector<std::uint32_t> free_;      // of shadows_
  std::vector<Shadow*> queued_;          // not committed yet
  std::vector<Shadow*> answered_;        // by the device alone, in the commit that is going on
  std::deque<core::IoRequest*> ended_;   // not reaped yet, in the order of their ends
  std::vector<core::IoRequest*> taken_;  // what the inner engine's reap fills
};

}  // namespace zoneknot::device
