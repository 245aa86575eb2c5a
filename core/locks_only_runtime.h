// The rest of a Runtime for programs that have tasks, mutexes and cells alone, as the workload does: no condition
// variables, no semaphores, no reader-writer locks, no time-outs. A call of one of those is stopped by an assertion.
#pragma once

#include <cassert>

#include "core/runtime.h"

namespace zoneknot::core {

class LocksOnlyRuntime : public Runtime {
 private:
  bool do_lock_for(LockId, std::uint64_t, Site) final { return not_here(); }
  void do_lock_shared(LockId, Site) final { not_here(); }
  bool do_lock_shared_for(LockId, std::uint64_t, Site) final { return not_here(); }
  void do_unlock_shared(LockId, Site) noexcept final { not_here(); }
  ConditionId do_create_condition(std::string_view) final { return not_here() ? 0 : kNoId; }
  bool do_wait(ConditionId, LockId, std::uint64_t, Site) final { return not_here(); }
  void do_wake(ConditionId, bool, Site) noexcept final { not_here(); }
  SemaphoreId do_create_semaphore(std::string_view, std::uint32_t) final { return not_here() ? 0 : kNoId; }
  bool do_acquire(SemaphoreId, std::uint64_t, Site) final { return not_here(); }
  void do_release(SemaphoreId, std::uint32_t, Site) noexcept final { not_here(); }

  static bool not_here() {
    assert(!"this program was to use tasks, mutexes and cells alone");
    return false;
  }
};

}  // namespace zoneknot::core
