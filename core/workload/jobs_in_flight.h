// Which jobs of a program have I/O in flight, as convert_to_open_zone looks at it: without any lock. Made by the
// Workload before its jobs; each flag is written by its own job's task alone.
#pragma once

#include <algorithm>
#include <vector>

#include "core/shared.h"

namespace zoneknot::core {

class JobsInFlight {
 public:
  JobsInFlight(Runtime& runtime, std::size_t jobs) {
    flags_.reserve(jobs);
    const CellInfo flag{.name = "in flight", .sharing = Sharing::racy, .values = {.least = 0, .most = 1}};
    for (std::size_t i = 0; i < jobs; ++i) flags_.emplace_back(runtime, flag, false);
  }

  [[nodiscard]] Shared<bool>& of(std::size_t job) { return flags_[job]; }

  [[nodiscard]] bool any() const {
    return std::any_of(flags_.begin(), flags_.end(), [](const Shared<bool>& flag) { return flag.peek(); });
  }

 private:
  std::vector<Shared<bool>> flags_;
};

}  // namespace zoneknot::core
