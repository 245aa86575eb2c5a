#include "tools/witness/run_of_witness.h"

#include <algorithm>
#include <utility>

#include "lockcheck/picture/run_story.h"
#include "sim/strategy/replay.h"
#include "sim/strategy/strategy_wrapper.h"
#include "tools/instance/simulated.h"

namespace zoneknot::tools {
namespace {

constexpr std::uint32_t kMostZones = 64;

// Says which step it is, counted as in a report, and looks at the zones before each.
class Narrator final : public sim::StrategyWrapper {
 public:
  Narrator(sim::Strategy& inner, lockcheck::RunStory& story, SimulatedWorkload& workload)
      : StrategyWrapper(inner), story_(story), workload_(workload) {}

  [[nodiscard]] std::uint32_t pick(const sim::Candidates& candidates) override {
    look_at_zones();
    story_.set_step(step_++);
    return inner_pick(candidates);
  }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override {
    story_.set_step(step_++);
    return inner().draw(bound);
  }
  [[nodiscard]] std::uint32_t chance(double p) override {
    story_.set_step(step_++);
    return inner().chance(p);
  }
  [[nodiscard]] sim::StrategyNeeds needs() const override { return needs_every_step_too(); }

  [[nodiscard]] std::vector<lockcheck::ZoneInRun> zones() { return std::move(zones_); }

 private:
  void look_at_zones() {
    const core::Workload* workload = workload_.workload();
    if (workload == nullptr || workload->table_count() == 0) return;
    const core::ZoneTable& table = workload->table(0);
    const std::uint32_t count = std::min(table.nr_zones(), kMostZones);
    for (auto i = static_cast<std::uint32_t>(zones_.size()); i < count; ++i) {
      zones_.push_back({.zone = "zone " + std::to_string(i), .start = table.zone(i).start, .wp = {}});
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint64_t wp = table.zone(i).wp.read();
      auto& seen = zones_[i].wp;
      if (seen.empty() || seen.back().second != wp) seen.emplace_back(step_ == 0 ? 0 : step_ - 1, wp);
    }
  }

  lockcheck::RunStory& story_;
  SimulatedWorkload& workload_;
  std::uint64_t step_ = 0;
  std::vector<lockcheck::ZoneInRun> zones_;
};

// Null: nothing is known of the run yet.
lockcheck::RunInVerdict make_run(const Instance& instance, sim::Strategy& strategy, std::uint64_t max_steps,
                                 const lockcheck::RunInVerdict* seen) {
  SimulatedWorkload workload(instance);
  sim::Simulation& simulation = workload.simulation();
  lockcheck::RunStory story;
  if (seen != nullptr) story.keep_what_lasts(*seen);
  simulation.watch().add_listener(story);
  (void)strategy.begin();
  Narrator narrator(strategy, story, workload);
  (void)simulation.run([&] { workload.program()(simulation); }, narrator, {.max_steps = max_steps});
  lockcheck::RunInVerdict run = story.story();
  run.zones = narrator.zones();
  simulation.watch().remove_listener(story);
  return run;
}

}  // namespace

lockcheck::RunInVerdict run_of(const Instance& instance, const sim::Witness& witness) {
  const auto once = [&](const lockcheck::RunInVerdict* seen) {
    sim::Replay replay(witness.schedule);
    return make_run(instance, replay, std::max<std::uint64_t>(witness.steps, 1), seen);
  };
  lockcheck::RunInVerdict run = once(nullptr);
  // What lasts is known now, and a run is made as often as one likes.
  return run.left_out.spans == 0 ? run : once(&run);
}

lockcheck::RunInVerdict run_of(const Instance& instance, sim::Strategy& strategy, std::uint64_t max_steps) {
  return make_run(instance, strategy, max_steps, nullptr);
}

}  // namespace zoneknot::tools
