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

void LockDependencies::add(LockDependency dependency, std::uint32_t position) {
  std::ranges::sort(dependency.owned);
  key_.assign({dependency.task, dependency.segment, dependency.wanted, dependency.wanted_site});
  for (const OwnedAt& owned : dependency.owned) {
    key_.push_back(owned.lock);
    key_.push_back(owned.site);
  }
  const auto known = numbers_.find(key_);
  if (known != numbers_.end()) {
    all_[known->second].instances.push_back(position);
    return;
  }
  left_some_out_ |= all_.size() == kMax;
  if (left_some_out_) return;
  numbers_.emplace(key_, static_cast<std::uint32_t>(all_.size()));
  dependency.instances = {position};
  all_.push_back(std::move(dependency));
}

}  // namespace zoneknot::lockcheck
