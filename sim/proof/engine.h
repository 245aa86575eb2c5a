// The I/O engine of a job under proof: libaio, io_uring or psync on a device that completes what it accepted in any
// order, at any time, with any result that the class of faults allows. Used by the job's task.
#pragma once

#include <cstdint>
#include <vector>

#include "core/io_engine.h"
#include "core/job_spec.h"
#include "sim/proof/runtime.h"
#include "sim/proof/world.h"

namespace zoneknot::sim {

class ProofEngine final : public core::IoEngine, private core::LiveState {
 public:
  ProofEngine(ProofRuntime& runtime, const core::JobSpec& spec, ProofFaults faults);
  ~ProofEngine() override;

 private:
  struct Accepted {
    core::IoRequest* request = nullptr;
    bool submitted = false;
  };

  bool do_synchronous() const override { return kind_ == core::EngineKind::psync; }
  core::QueueStatus do_queue(core::IoRequest& request, core::Site site) override;
  int do_commit(core::Site site) override;
  int do_reap(std::span<core::IoRequest*> out, std::size_t min, core::Site site) override;
  bool do_cancel(core::IoRequest& request, core::Site site) override;
  void describe(core::StateSink& sink) const override;

  [[nodiscard]] bool inside_queue(const core::IoRequest& request) const;
  void note_io(const core::IoRequest& request);
  core::QueueStatus ended_inside(core::IoRequest& request);
  void end(core::IoRequest& request);
  [[nodiscard]] std::uint32_t submitted() const;
  void submit_all();
  core::IoRequest* any_submitted();

  ProofRuntime& runtime_;
  const core::EngineKind kind_;
  const ProofFaults faults_;
  const bool data_may_differ_;      // the job looks at what it has read
  std::vector<int> errors_;         // that an I/O may end with
  std::vector<Accepted> accepted_;  // and not reaped
};

}  // namespace zoneknot::sim
