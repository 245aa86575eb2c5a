// Watches an execution for a state that comes again: the proof of a livelock's witness, and where such an execution may
// end. A Strategy around another one, for executions of a Simulation that tracks.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/run/simulation.h"
#include "sim/states/cycle_places.h"
#include "sim/strategy/strategy_wrapper.h"

namespace zoneknot::sim {

class Revisits final : public StrategyWrapper {
 public:
  enum class EndsThere : std::uint8_t { no, yes };

  // Once around: back in a state, nothing achieved on the way, and everybody who could have gone on all the time has
  // (weak fairness).
  struct Round {
    std::uint64_t steps = 0;
    CyclePlaces places;  // of the tasks on it
  };

  // `yes`: an execution is given up as soon as it has been once around.
  Revisits(Simulation& simulation, Strategy& of, EndsThere ends = EndsThere::no)
      : StrategyWrapper(of), simulation_(simulation), ends_(ends) {}

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] StrategyNeeds needs() const override { return needs_every_step_too(); }

  // After an execution that was cut, or given up by this: the cycle at its end.
  [[nodiscard]] std::optional<Round> round(const Outcome& outcome) const;

 private:
  struct HashOfKey {
    std::size_t operator()(const StateHash& key) const { return key.low; }
  };
  struct Step {
    ActorId actor = 0;
    core::Site site;
  };
  // Could go on before every step since, and never did.
  struct PassedOver {
    std::uint64_t actor = 0;  // name_of()
    std::size_t since = 0;    // a step
  };

  [[nodiscard]] std::optional<Round> round_to(const StateHash& key) const;
  void forget();
  void note_passed_over(const Candidates& candidates, std::uint32_t chosen);

  Simulation& simulation_;
  EndsThere ends_;
  // Since the last I/O that reached the device or ended.
  std::vector<Step> steps_;
  std::vector<PassedOver> passed_over_;
  std::unordered_map<StateHash, std::size_t, HashOfKey> first_at_;  // the step before which a state was first seen
  std::optional<Round> round_;
};

}  // namespace zoneknot::sim
