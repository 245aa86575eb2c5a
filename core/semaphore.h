// A counting semaphore of a Runtime, as a value. It must not outlive the Runtime. Any task of it may use it.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/runtime.h"

namespace zoneknot::core {

class Semaphore {
 public:
  Semaphore(Runtime& runtime, std::string_view name, std::uint32_t count)
      : runtime_(&runtime), id_(runtime.create_semaphore(name, count)) {}

  // Runtime::create_pool().
  static Semaphore pool(Runtime& runtime, std::string_view name, std::uint32_t units) {
    return {runtime, runtime.create_pool(name, units)};
  }

  void acquire(Site site = Site::current()) { runtime_->acquire(id_, kNoTimeout, site); }
  [[nodiscard]] bool try_acquire(Site site = Site::current()) { return runtime_->acquire(id_, 0, site); }
  // False: there was no unit within `timeout_ns` nanoseconds.
  [[nodiscard]] bool acquire_for(std::uint64_t timeout_ns, Site site = Site::current()) {
    return runtime_->acquire(id_, timeout_ns, site);
  }
  void release(std::uint32_t count = 1, Site site = Site::current()) noexcept { runtime_->release(id_, count, site); }
  [[nodiscard]] SemaphoreId id() const { return id_; }

 private:
  Semaphore(Runtime& runtime, SemaphoreId id) : runtime_(&runtime), id_(id) {}

  Runtime* runtime_;
  SemaphoreId id_;
};

}  // namespace zoneknot::core
