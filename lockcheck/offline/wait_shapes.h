// The dependencies of a trace, without who had them: what is owned where and wanted where, as far as it can be part of
// a ring of waits or keep one from closing. However many tasks do the same, it is one shape. Pure functions of the
// dependencies.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockcheck/offline/lock_dependencies.h"

namespace zoneknot::lockcheck {

struct WaitShape {
  OwnableId wanted = 0;
  std::uint32_t wanted_site = 0;
  std::vector<OwnedAt> owned{};     // what may be in a ring with `wanted`; by what it is
  std::vector<OwnableId> gates{};   // all that is owned and that other tasks own or want too; ascending
  std::vector<OwnableId> shares{};  // likewise, that is owned together with others
  std::uint64_t gate_bits = 0;      // of `gates`, so that most that share none are known at once
  std::uint64_t share_bits = 0;
  core::TaskId task = core::kNoId;     // the only one that does it; kNoId: there are several
  std::vector<std::uint32_t> members;  // numbers of dependencies, in the order of their first instances

  // Null: the task does not own it, or it cannot be in a ring with `wanted`.
  [[nodiscard]] const OwnedAt* owns(OwnableId what) const;
};

// A lock that both own, and not both a share of; kNoId: there is none.
OwnableId common_gate(const WaitShape& a, const WaitShape& b);
// False: there is none, known at once.
inline bool may_have_a_gate(const WaitShape& a, const WaitShape& b) {
  return ((a.gate_bits & (b.gate_bits | b.share_bits)) | (a.share_bits & b.gate_bits)) != 0;
}

struct WaitShapes {
  std::vector<WaitShape> all;
  std::size_t tasks = 0;       // that have a part in one of them
  bool some_left_out = false;  // of the dependencies that were not kept some could be in a ring
};

WaitShapes wait_shapes(LockDependencies& dependencies);

}  // namespace zoneknot::lockcheck
