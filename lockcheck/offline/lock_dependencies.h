// Every way in which a task of a trace waited, or might have waited, for a lock while it owned others: which locks, and
// where in the source. What happens again at the same places is one dependency with several instances. Plain data.
#pragma once

#include <compare>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

struct OwnedAt {
  core::LockId lock = 0;
  std::uint32_t site = 0;
  auto operator<=>(const OwnedAt&) const = default;
};

struct LockDependency {
  core::TaskId task = 0;
  std::uint32_t segment = 0;
  core::LockId wanted = 0;
  std::uint32_t wanted_site = 0;
  std::vector<OwnedAt> owned;              // by lock
  std::vector<std::uint32_t> instances{};  // positions in the task at which it takes the wanted lock; ascending
};

class LockDependencies {
 public:
  static constexpr std::size_t kMax = std::size_t{1} << 20U;

  // `dependency` without instances. Beyond kMax different ones it is left out.
  void add(LockDependency dependency, std::uint32_t position);

  [[nodiscard]] const std::vector<LockDependency>& all() const { return all_; }
  [[nodiscard]] bool left_some_out() const { return left_some_out_; }

 private:
  struct Hash {
    std::size_t operator()(const std::vector<std::uint32_t>& key) const;
  };

  std::vector<LockDependency> all_;  // in the order in which they were first seen
  std::unordered_map<std::vector<std::uint32_t>, std::uint32_t, Hash> numbers_;
  std::vector<std::uint32_t> key_;
  bool left_some_out_ = false;
};

}  // namespace zoneknot::lockcheck
