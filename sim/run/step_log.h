// What is written down of an execution step by step: the hash of all steps, the decisions, and on request the steps
// themselves. Belongs to a Scheduler.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/op.h"
#include "sim/run/outcome.h"
#include "sim/run/trace_hash.h"

namespace zoneknot::sim {

class StepLog {
 public:
  // An execution begins. Null: not recorded, and nobody else is told of its steps.
  void begin(Recording* recording, TraceHash* trace) {
    hash_ = 0;
    decisions_.clear();
    recording_ = recording;
    trace_ = trace;
    if (recording_ != nullptr) {
      recording_->steps.clear();
      recording_->decisions.clear();
    }
    if (trace_ != nullptr) trace_->clear();
  }

  // An actor's operation, or a draw.
  void step(ActorId actor, const Op& op, std::uint32_t alternatives, std::uint32_t chosen) {
    constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15U;
    const std::uint64_t who_and_what = static_cast<std::uint64_t>(actor) << 32U | op.object;
    const std::uint64_t kinds = static_cast<std::uint64_t>(op.kind) << 8U | static_cast<std::uint64_t>(op.object_class);
    const std::uint64_t mixed = (hash_ ^ who_and_what) * kFactor + kinds;
    hash_ = mixed ^ mixed >> 29U;
    if (recording_ != nullptr) recording_->steps.push_back({actor, op, alternatives, chosen});
    if (trace_ != nullptr) trace_->step(actor, op);
  }
  // `by` is in the middle of a step.
  void event_added(ActorId event, core::TaskId by) {
    if (trace_ != nullptr) trace_->event_added(event, by);
  }
  // `steady`: what Baseline::steady would have taken.
  void decision(std::uint32_t answer, std::uint32_t steady) {
    decisions_.push_back(answer);
    if (recording_ != nullptr) recording_->decisions.push_back({steady, hash_});
  }

  // The hash of all steps so far.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  // The alternatives taken, by number of the decision.
  [[nodiscard]] const std::vector<std::uint32_t>& decisions() const { return decisions_; }

 private:
  std::uint64_t hash_ = 0;
  std::vector<std::uint32_t> decisions_;
  Recording* recording_ = nullptr;
  TraceHash* trace_ = nullptr;
};

}  // namespace zoneknot::sim
