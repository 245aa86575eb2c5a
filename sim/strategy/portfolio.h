// Deals the executions of a search out to several strategies, in turn: no single one finds everything, and which one
// does is not known beforehand. The parts do not share anything. When one of them has covered everything the search is
// over; one that has nothing left within its own bound is left out from then on.
#pragma once

#include <memory>
#include <vector>

#include "sim/run/strategy.h"

namespace zoneknot::sim {

class Portfolio final : public Strategy {
 public:
  // At least one part.
  explicit Portfolio(std::vector<std::unique_ptr<Strategy>> parts);

  // "portfolio of random walk, POS and URW"
  [[nodiscard]] std::string name() const override;
  void look_at(const lockcheck::LockWatch& watch) override;
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override { return acting_->pick(candidates); }
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override { return acting_->draw(bound); }
  [[nodiscard]] std::uint32_t chance(double p) override { return acting_->chance(p); }
  void ended(const Outcome& outcome) override { acting_->ended(outcome); }
  [[nodiscard]] bool sees_every_step() const override { return acting_->sees_every_step(); }
  [[nodiscard]] bool wants_whole_executions() const override { return acting_->wants_whole_executions(); }
  void created(ObjectClass object_class) override { acting_->created(object_class); }
  void never_made(const Actor& actor) override { acting_->never_made(actor); }
  [[nodiscard]] std::optional<core::Schedule> schedule() const override { return acting_->schedule(); }
  [[nodiscard]] const Strategy& acting() const override { return acting_->acting(); }
  // The rule of three holds for the mixture as a whole.
  [[nodiscard]] bool samples() const override;
  [[nodiscard]] bool covers_everything() const override { return acting_->covers_everything(); }

 private:
  std::vector<std::unique_ptr<Strategy>> parts_;
  std::vector<Strategy*> with_work_;  // those that have something left
  std::size_t next_ = 0;              // among them: whose turn it is
  Strategy* acting_;
};

}  // namespace zoneknot::sim
