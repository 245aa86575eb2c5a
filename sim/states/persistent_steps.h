// Partial-order reduction for a search that recognises states: of the steps that can be made in a state, some that are
// enough (a persistent set, Godefroid 1996), because nothing that the other actors can do before one of them conflicts
// with any of them:
//   - the start of a task; waiting for a task that has ended;
//   - giving back a lock that nobody ever tries to take without waiting;
//   - an operation on a zone or cell that is always made owning one and the same lock;
//   - what happens to the completions of one engine while its owner is about to reap or cancel: the owner's step, the
//     completions of its I/Os, and no others;
//   - all but the completions of engines whose owners are about to do something else.
// "Nobody ever" and "always" are assumed until a state shows otherwise; then what was explored before is worth nothing.
// Which steps are enough to see every cycle is the search's business. Owned by a search, used by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/run/program_state.h"

namespace zoneknot::sim {

class PersistentSteps {
 public:
  static constexpr std::uint32_t kMaxCandidates = 64;

  using Steps = std::vector<StateStep>;  // that can be made in a state

  // Looks at what actors are about to do. False: an assumption that was used is wrong; the search has to begin anew.
  [[nodiscard]] bool look_at(const ProgramState& state, const Steps& steps);
  // One bit for each step that has to be explored here; of more than kMaxCandidates all have, and it is 0.
  [[nodiscard]] std::uint64_t enough(const ProgramState& state, const Steps& steps);
  // The search begins anew: no assumption has been used.
  void begin_anew();

 private:
  struct Object {
    std::vector<core::LockId> locks;  // owned at every operation on it so far
    bool relied_on = false;           // that there is one
  };
  using ObjectId = std::pair<ObjectClass, std::uint32_t>;

  struct LockUse {
    bool tried = false;
    bool relied_on = false;  // that it is not
  };

  bool note_try(core::LockId lock);
  bool note_operation(const ProgramState& state, const StateStep& step);
  bool alone(const Op& op);
  bool protected_by_lock(const Op& op);

  std::map<core::LockId, LockUse> lock_uses_;
  std::map<ObjectId, Object> objects_;
  bool whole_device_ = false;  // some operation is on a device as a whole
};

}  // namespace zoneknot::sim
