// A condition variable of a Runtime, as a value. It must not outlive the Runtime. Any task of it may use it.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/runtime.h"

namespace zoneknot::core {

class ConditionVariable {
 public:
  ConditionVariable(Runtime& runtime, std::string_view name)
      : runtime_(&runtime), id_(runtime.create_condition(name)) {}

  // The calling task owns `mutex`; it owns it again afterwards. May return for no reason.
  void wait(Mutex& mutex, Site site = Site::current()) { runtime_->wait(id_, mutex.id(), kNoTimeout, site); }

  // Waits until `predicate()`, which is called by the owner of `mutex`.
  template <class Predicate>
  void wait_until(Mutex& mutex, Predicate predicate, Site site = Site::current()) {
    while (!predicate()) wait(mutex, site);
  }

  // False: nothing woke this task within `timeout_ns` nanoseconds.
  [[nodiscard]] bool wait_for(Mutex& mutex, std::uint64_t timeout_ns, Site site = Site::current()) {
    return runtime_->wait(id_, mutex.id(), timeout_ns, site);
  }

  void signal(Site site = Site::current()) noexcept { runtime_->signal(id_, site); }
  void broadcast(Site site = Site::current()) noexcept { runtime_->broadcast(id_, site); }
  [[nodiscard]] ConditionId id() const { return id_; }

 private:
  Runtime* runtime_;
  ConditionId id_;
};

}  // namespace zoneknot::core
