#include "lockcheck/offline/lock_dependencies.h"

#include <algorithm>
#include <utility>

namespace zoneknot::lockcheck {

std::size_t LockDependencies::Hash::operator()(const std::vector<std::uint32_t>& key) const {
  constexpr std::size_t kOdd = 0x9e3779b97f4a7c15U;
  std::size_t hash = key.size();
  for (const std::uint32_t part : key) hash = (hash ^ part) * kOdd;
  return hash ^ hash >> 32U;
}

void LockDependencies::add(LockDependency dependency, const WaitInstance& instance) {
  std::ranges::sort(dependency.owned);
  key_.assign({dependency.task, dependency.wanted, dependency.wanted_site});
  for (const OwnedAt& owned : dependency.owned) {
    key_.push_back(owned.what);
    key_.push_back(owned.site);
    if (owned.hold != Hold::all) key_.push_back(static_cast<std::uint32_t>(owned.hold));
  }
  const auto known = numbers_.find(key_);
  if (known != numbers_.end()) {
    LockDependency& same = all_[known->second];
    same.instances.push_back(instance);
    if (same.owned.size() == 1 && same.instances.size() == 3 * kInstancesOwningNothing) {
      const auto middle = same.instances.begin() + kInstancesOwningNothing;
      same.instances.erase(middle, middle + kInstancesOwningNothing);
      same.instances_left_out = true;
    }
    return;
  }
  if (all_.size() == kMax) return leave_out(dependency);
  numbers_.emplace(key_, static_cast<std::uint32_t>(all_.size()));
  dependency.instances = {instance};
  all_.push_back(std::move(dependency));
}

void LockDependencies::take(LockDependencies& others, const std::vector<bool>& of_tasks) {
  const auto is_of = [&of_tasks](core::TaskId task) { return task < of_tasks.size() && of_tasks[task]; };
  for (LockDependency& dependency : others.all_) {
    if (!is_of(dependency.task)) continue;
    if (all_.size() == kMax) {
      leave_out(dependency);
    } else {
      all_.push_back(std::move(dependency));
    }
  }
  for (const Pair& pair : others.left_out_) {
    if (is_task_end(pair.owned) && is_of(task_that_ends(pair.owned))) left_out_.push_back(pair);
  }
  pairs_left_out_ |= others.pairs_left_out_;
}

void LockDependencies::leave_out(const LockDependency& dependency) {
  for (const OwnedAt& owned : dependency.owned) left_out_.push_back({owned.what, dependency.wanted});
  if (left_out_.size() >= tidy_at_) tidy_left_out();
}

void LockDependencies::tidy_left_out() {
  std::ranges::sort(left_out_);
  left_out_.erase(std::ranges::unique(left_out_).begin(), left_out_.end());
  if (left_out_.size() > kPairsMax) {
    left_out_.resize(kPairsMax);
    pairs_left_out_ = true;
  }
  tidy_at_ = std::max(tidy_at_, 2 * left_out_.size());
}

const std::vector<LockDependencies::Pair>& LockDependencies::left_out() {
  tidy_left_out();
  return left_out_;
}

}  // namespace zoneknot::lockcheck
