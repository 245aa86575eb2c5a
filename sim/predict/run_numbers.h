// Whether tasks, locks, condition variables and semaphores have the same numbers in every run of a program, so that
// what one run shows of them can be added to what another one does: one task forks all others, and what it shares with
// them, but for locks that are told apart by class and key, is made before there are others. A listener of a LockWatch;
// used by one thread.
#pragma once

#include <string_view>

#include "core/ignoring_observer.h"

namespace zoneknot::sim {

class RunNumbers final : public core::IgnoringObserver {
 public:
  // True so far, for all runs that it has listened to.
  [[nodiscard]] bool hold() const { return hold_; }
  // Another run begins.
  void begin_run() { others_ = false; }

  void task_forked(core::TaskId parent, core::TaskId /*child*/, core::Site /*site*/) override {
    others_ = true;
    if (parent != 0) hold_ = false;
  }
  void lock_created(core::LockId /*lock*/, const core::LockInfo& info) override {
    if (others_ && !info.order_key) hold_ = false;
  }
  void condition_created(core::ConditionId /*condition*/, std::string_view /*name*/) override { made_late(); }
  void semaphore_created(core::SemaphoreId /*semaphore*/, std::string_view /*name*/, std::uint32_t /*count*/) override {
    made_late();
  }

 private:
  void made_late() { hold_ = hold_ && !others_; }

  bool others_ = false;  // there are more tasks than the first one
  bool hold_ = true;
};

}  // namespace zoneknot::sim
