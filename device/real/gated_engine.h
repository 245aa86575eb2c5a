// An engine under a ScheduleGate: what reaches the device does so at its step of the list, one I/O at a time, and what
// is reaped is what the list has reaped, in that order; an I/O that the device has ended earlier is held back, one that
// it has not is waited for. When the list is over it is an engine like any other. Belongs to one job and its task.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "core/io_engine.h"
#include "core/job_spec.h"
#include "device/real/schedule_gate.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

class GatedEngine final : public core::IoEngine {
 public:
  // How long a completion of the list may take at the device.
  static constexpr std::uint64_t kCompletionNs = 25'000'000'000;

  // `inner` is of this kind. Gate and runtime outlive this.
  GatedEngine(std::unique_ptr<core::IoEngine> inner, core::EngineKind kind, ScheduleGate& gate, ThreadRuntime& runtime)
      : inner_(std::move(inner)), kind_(kind), gate_(&gate), runtime_(&runtime) {}

 private:
  void do_use_buffers(std::span<std::byte> memory) override { inner_->use_buffers(memory); }
  bool do_synchronous() const override { return inner_->synchronous(); }
  core::QueueStatus do_queue(core::IoRequest& request, core::Site site) override;
  int do_commit(core::Site site) override;
  int do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) override;
  bool do_cancel(core::IoRequest& request, core::Site site) override;

  [[nodiscard]] bool wait_for(std::uint32_t tag, core::Site site);
  int take_arrived(std::span<core::IoRequest*> out);
  void remember_error(const core::IoRequest& request);
  [[nodiscard]] core::TaskId self() const { return runtime_->current(); }

  std::unique_ptr<core::IoEngine> inner_;
  core::EngineKind kind_;
  ScheduleGate* gate_;
  ThreadRuntime* runtime_;
  std::deque<core::IoRequest*> queued_;                // not at the device yet
  std::deque<std::uint32_t> ended_;                    // tags of those that have ended in the list and were not reaped
  std::map<std::uint32_t, core::IoRequest*> arrived_;  // ended at the device, by tag
};

}  // namespace zoneknot::device
