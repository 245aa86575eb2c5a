// A strategy around another one that answers everything as that one does. A wrapper derives from it and overrides what
// it changes, so that nothing of the strategy inside is lost. Belongs to one search, as every strategy.
#pragma once

#include <optional>

#include "sim/run/strategy.h"

namespace zoneknot::sim {

class StrategyWrapper : public Strategy {
 public:
  // `inner` must outlive the wrapper, or its next set_inner().
  explicit StrategyWrapper(Strategy& inner) : inner_(&inner) {}

  [[nodiscard]] bool begin() override { return inner_->begin(); }
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override { return inner_->pick(candidates); }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return inner_->draw(bound); }
  [[nodiscard]] StrategyDescription describe() const override { return inner_->describe(); }
  [[nodiscard]] std::uint32_t chance(double p) override { return inner_->chance(p); }
  [[nodiscard]] StrategyNeeds needs() const override { return inner_->needs(); }
  void look_at(const lockcheck::LockWatch& watch) override { inner_->look_at(watch); }
  void stop_when(const std::function<bool()>& stop) override { inner_->stop_when(stop); }
  void created(ObjectClass object_class) override { inner_->created(object_class); }
  void never_made(const Actor& actor) override { inner_->never_made(actor); }
  void ended(const Outcome& outcome) override { inner_->ended(outcome); }
  [[nodiscard]] std::uint64_t memoised_steps() const override { return inner_->memoised_steps(); }
  [[nodiscard]] std::optional<core::Schedule> schedule() const override { return inner_->schedule(); }
  [[nodiscard]] const Strategy& acting() const override { return inner_->acting(); }

 protected:
  [[nodiscard]] Strategy& inner() const { return *inner_; }
  void set_inner(Strategy& inner) { inner_ = &inner; }

  // For a wrapper that needs every step: what the inner strategy needs, and that.
  [[nodiscard]] StrategyNeeds needs_every_step_too() const {
    StrategyNeeds needs = inner_->needs();
    needs.every_step = true;
    return needs;
  }
  // The inner strategy's choice; where it need not be asked, the only candidate.
  [[nodiscard]] std::uint32_t inner_pick(const Candidates& candidates) {
    return candidates.size() > 1 || inner_->needs().every_step ? inner_->pick(candidates) : 0;
  }

 private:
  Strategy* inner_;
};

}  // namespace zoneknot::sim
