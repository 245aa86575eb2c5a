#include "sim/strategy/portfolio.h"

#include <utility>

#include "core/random.h"

namespace zoneknot::sim {

Portfolio::Portfolio(std::vector<std::unique_ptr<Strategy>> parts)
    : StrategyWrapper(*parts.at(0)), parts_(std::move(parts)) {
  for (const std::unique_ptr<Strategy>& part : parts_) with_work_.push_back(part.get());
}

StrategyDescription Portfolio::describe() const {
  StrategyDescription all{
      .name = "portfolio of ", .samples = true, .covers_everything = inner().describe().covers_everything};
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const StrategyDescription part = parts_[i]->describe();
    all.name += (i == 0 ? "" : i + 1 == parts_.size() ? " and " : ", ") + part.name;
    all.samples = all.samples && part.samples;
  }
  return all;
}

std::uint64_t Portfolio::seed_of_part(std::uint64_t seed, std::size_t part) {
  return core::SplitMix64::mix(core::SplitMix64::mix(seed) + part);
}

void Portfolio::look_at(const lockcheck::LockWatch& watch) {
  for (const std::unique_ptr<Strategy>& part : parts_) part->look_at(watch);
}

void Portfolio::stop_when(const std::function<bool()>& stop) {
  for (const std::unique_ptr<Strategy>& part : parts_) part->stop_when(stop);
}

bool Portfolio::begin() {
  while (!with_work_.empty()) {
    next_ %= with_work_.size();
    set_inner(*with_work_[next_]);
    if (inner().begin()) {
      ++next_;
      return true;
    }
    if (inner().describe().covers_everything) return false;
    with_work_.erase(with_work_.begin() + static_cast<std::ptrdiff_t>(next_));
  }
  return false;
}

}  // namespace zoneknot::sim
