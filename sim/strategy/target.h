// What a directed search steers towards: a cycle of lock orders, or a description of who waits where. Plain values,
// made from a prediction, from what a user saw on a stuck machine, or by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/lock_observer.h"

namespace zoneknot::sim {

// Some locks of a program; what is not set leaves all in.
struct LockPattern {
  std::string lock_class{};                  // "zone"; empty: any
  std::optional<std::uint64_t> order_key{};  // the zone's number
  std::optional<std::uint32_t> group{};      // the file's
  std::optional<core::LockId> lock{};        // this one alone

  [[nodiscard]] bool matches(core::LockId id, const core::LockInfo& info) const;
};

// Some task owns a lock and waits for another one.
struct LockOrder {
  LockPattern held{};
  LockPattern wanted{};
  std::string function{};  // where it waits: part of what core::Site says; empty: anywhere
};

// So many tasks wait in one place for one kind of thing.
struct WaitingTasks {
  std::uint32_t tasks = 1;
  core::WaitKind what = core::WaitKind::lock;
  LockPattern lock{};      // which locks
  std::string function{};  // as above
};

// One of the two is empty.
struct Target {
  std::vector<LockOrder> cycle{};
  std::vector<WaitingTasks> waiting{};
};

// A place is in a function: `function` is part of its name, as the compiler writes it, or one of several such parts
// that are separated by '|' is.
[[nodiscard]] bool is_in(const core::Site& site, const std::string& function);

}  // namespace zoneknot::sim
