// A LockObserver that takes no notice of anything: the base of those that want to hear of a few events only. An event
// that has a default of its own in LockObserver keeps it, so that whoever overrides lock_acquired() also hears of locks
// that are taken without a wait. Any thread.
#pragma once

#include "core/lock_observer.h"

namespace zoneknot::core {

class IgnoringObserver : public LockObserver {
 public:
  void task_started(TaskId /*task*/, std::string_view /*name*/) override {}
  void task_ended(TaskId /*task*/, Site /*site*/) override {}
  void lock_created(LockId /*lock*/, const LockInfo& /*info*/) override {}
  void lock_requested(TaskId /*task*/, LockId /*lock*/, Site /*site*/) override {}
  void lock_acquired(TaskId /*task*/, LockId /*lock*/, Site /*site*/) override {}
  // Takes every caller for the owner.
  bool lock_released(TaskId /*task*/, LockId /*lock*/, Site /*site*/) override { return true; }
  void wait_began(TaskId /*task*/, const Wait& /*wait*/, Site /*site*/) override {}
  void wait_ended(TaskId /*task*/) override {}
  void hold_dropped(TaskId /*task*/, LockId /*lock*/, Site /*acquired*/) override {}
  void io(TaskId /*task*/, const IoEvent& /*event*/, Site /*site*/) override {}
  void assertion_failed(TaskId /*task*/, std::string_view /*what*/, Site /*site*/) override {}
};

}  // namespace zoneknot::core
