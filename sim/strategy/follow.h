// Follows a recorded execution of a program by who does what, not by the numbers of its decisions: for replay under
// other fixes, where a program still does most of the same things. It goes along with the recorded steps as long as
// they fit, remembers the first that does not, and from there on goes on steadily. One execution.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/run/outcome.h"
#include "sim/run/strategy.h"

namespace zoneknot::sim {

// Where a run left the recorded one.
struct Departure {
  std::size_t step = 0;              // index of the recorded step that did not fit; their number: the record had ended
  std::optional<StepRecord> wanted;  // that step
  // What the actor of the recorded step would have done instead; nothing if it could do nothing.
  std::optional<Op> instead;
};

class Follow final : public Strategy {
 public:
  explicit Follow(std::vector<StepRecord> steps) : steps_(std::move(steps)) {}

  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] StrategyDescription describe() const override { return {.name = "follow"}; }

  // Nothing: every step so far was as recorded.
  [[nodiscard]] const std::optional<Departure>& departure() const { return departure_; }

 private:
  void depart(std::optional<Op> instead);

  std::vector<StepRecord> steps_;
  std::size_t next_ = 0;
  std::optional<Departure> departure_;
  bool done_ = false;
};

}  // namespace zoneknot::sim
