// Who owns which units of one semaphore, in a trace. They are units of a pool as long as everybody gives back only what
// it has taken itself. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

class TraceUnits {
 public:
  // The task is about to wait for a unit, if there is none. `site`: the number of a place of the trace.
  void requested(core::TaskId task, std::uint32_t site) {
    const auto owner = owners_.find(task);
    if (owner != owners_.end()) owner->second.asked_again_at = site;
  }
  void taken(core::TaskId task) { ++owners_[task].units; }
  // Where the task had asked for one more unit while it owned some, if it gives back its own ones.
  std::optional<std::uint32_t> given_back(core::TaskId task, std::uint32_t units) {
    const auto known = owners_.find(task);
    if (known == owners_.end() || known->second.units < units) {
      if (known != owners_.end()) owners_.erase(known);
      owned_ &= units == 0;
      return std::nullopt;
    }
    Owner& owner = known->second;
    std::optional<std::uint32_t> site;
    if (owner.units > 1 && owned_) site.swap(owner.asked_again_at);
    owner.units -= units;
    if (owner.units == 0) owners_.erase(known);
    return site;
  }

  // Those who own some; nothing: units were given back that their giver had not taken.
  [[nodiscard]] std::optional<std::vector<core::TaskId>> holders() const {
    if (!owned_) return std::nullopt;
    std::vector<core::TaskId> holders;
    holders.reserve(owners_.size());
    for (const auto& [task, owner] : owners_) holders.push_back(task);
    return holders;
  }

 private:
  struct Owner {
    std::uint32_t units = 0;  // more than 0
    std::optional<std::uint32_t> asked_again_at;
  };

  std::map<core::TaskId, Owner> owners_;
  bool owned_ = true;
};

}  // namespace zoneknot::lockcheck
