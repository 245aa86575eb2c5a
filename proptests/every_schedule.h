// Every schedule of a program, one after the other, without any reduction: what the exhaustive searches are compared
// with. Used by one thread.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/strategy.h"

namespace zoneknot::proptests {

// Takes every alternative of every decision. Starts and joins of tasks, which nobody else can notice, are made as soon
// as they can be: otherwise three tasks would have more schedules than anybody can wait for.
class EverySchedule final : public sim::Strategy {
 public:
  [[nodiscard]] bool begin() override {
    depth_ = 0;
    if (!started_) return started_ = true;
    while (!path_.empty() && path_.back().chosen + 1 == path_.back().alternatives) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().chosen;
    return true;
  }

  [[nodiscard]] std::uint32_t pick(const sim::Candidates& candidates) override {
    for (std::uint32_t i = 0; i < candidates.size(); ++i) {
      if (candidates.op(i).commutes_with_all()) return i;
    }
    return decide(candidates.size());
  }

  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return decide(bound); }
  [[nodiscard]] sim::StrategyNeeds needs() const override { return {.whole_executions = true}; }
  [[nodiscard]] sim::StrategyDescription describe() const override { return {.name = "every schedule"}; }

 private:
  struct Decision {
    std::uint32_t chosen = 0;
    std::uint32_t alternatives = 0;
  };

  std::uint32_t decide(std::uint32_t alternatives) {
    if (depth_ == path_.size()) path_.push_back({0, alternatives});
    return path_[depth_++].chosen;
  }

  std::vector<Decision> path_;
  std::size_t depth_ = 0;
  bool started_ = false;
};

}  // namespace zoneknot::proptests
