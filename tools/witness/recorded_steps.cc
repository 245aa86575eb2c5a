#include "tools/witness/recorded_steps.h"

#include <fmt/core.h>

#include <optional>

#include "sim/run/task.h"
#include "sim/strategy/strategy_wrapper.h"
#include "tools/instance/simulated.h"

namespace zoneknot::tools {
namespace {

using core::StepKind;
using sim::OpKind;

std::optional<StepKind> step_kind(OpKind kind) {
  switch (kind) {
    case OpKind::start:
      return StepKind::start;
    case OpKind::lock:
      return StepKind::lock;
    case OpKind::try_lock:
      return StepKind::try_lock;
    case OpKind::unlock:
      return StepKind::unlock;
    case OpKind::join:
      return StepKind::join;
    case OpKind::read:
      return StepKind::read;
    case OpKind::write:
      return StepKind::write;
    case OpKind::update:
      return StepKind::update;
    case OpKind::acquire:
      return StepKind::acquire;
    case OpKind::release:
      return StepKind::release;
    case OpKind::sleep:
      return StepKind::sleep;
    case OpKind::submit:
      return StepKind::submit;
    case OpKind::manage:
      return StepKind::manage;
    case OpKind::complete:
      return StepKind::complete;
    case OpKind::reap:
      return StepKind::reap;
    case OpKind::cancel:
      return StepKind::cancel;
    case OpKind::checkpoint:
      return StepKind::checkpoint;
    default:
      return std::nullopt;
  }
}

// Writes down what the strategy inside chooses. A step's time is known when the next one is chosen.
class StepRecorder final : public sim::StrategyWrapper {
 public:
  StepRecorder(sim::Strategy& inner, sim::Simulation& simulation) : StrategyWrapper(inner), simulation_(simulation) {}

  [[nodiscard]] sim::StrategyNeeds needs() const override { return needs_every_step_too(); }

  [[nodiscard]] std::uint32_t pick(const sim::Candidates& candidates) override {
    stamp();
    const std::uint32_t answer = inner_pick(candidates);
    if (answer < candidates.size()) add(candidates.at(answer));
    return answer;
  }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return drawn(inner().draw(bound), bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return drawn(inner().chance(p), 2); }

  [[nodiscard]] RecordedSteps take() {
    stamp();
    return std::move(recorded_);
  }
  [[nodiscard]] const std::optional<sim::Op>& unknown() const { return unknown_; }

 private:
  void stamp() {
    if (!recorded_.steps.empty()) recorded_.steps.back().now_ns = simulation_.now_ns();
  }

  void add(const sim::Actor& actor) {
    const auto kind = step_kind(actor.op.kind);
    if (!kind) {
      if (!unknown_) unknown_ = actor.op;
      return;
    }
    const bool event = sim::is_event(actor.id);
    recorded_.steps.push_back(
        {.task = event ? actor.op.object : actor.id,
         .kind = *kind,
         .object = event ? static_cast<std::uint32_t>(static_cast<const sim::Event&>(actor).label) : actor.op.object,
         .site = actor.op.site});
  }

  std::uint32_t drawn(std::uint32_t value, std::uint32_t bound) {
    if (value >= bound) return value;
    stamp();
    recorded_.steps.push_back({.task = simulation_.current(), .kind = StepKind::draw, .object = value});
    return value;
  }

  sim::Simulation& simulation_;
  RecordedSteps recorded_;
  std::optional<sim::Op> unknown_;  // the first operation that has no place in a list
};

}  // namespace

tl::expected<RecordedSteps, InputError> record_steps(const Instance& instance, sim::Strategy& strategy,
                                                     std::uint64_t max_steps) {
  SimulatedWorkload workload(instance);
  sim::Simulation& simulation = workload.simulation();
  StepRecorder recorder(strategy, simulation);
  (void)recorder.begin();
  const sim::Outcome outcome =
      simulation.run([&] { workload.program()(simulation); }, recorder, {.max_steps = max_steps});
  if (const auto& unknown = recorder.unknown()) {
    return tl::unexpected(InputError{
        .file = "WITNESS",
        .message = fmt::format("it has a step '{}' at {}:{}, which real threads cannot be told to make",
                               sim::op_name(unknown->kind), unknown->site.file_name(), unknown->site.line())});
  }
  RecordedSteps recorded = recorder.take();
  recorded.end = outcome.kind;
  return recorded;
}

}  // namespace zoneknot::tools
