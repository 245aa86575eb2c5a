// A reader-writer lock of a Runtime, as a value. It must not outlive the Runtime. Any task of it may use it.
#pragma once

#include <cassert>
#include <cstdint>

#include "core/runtime.h"

namespace zoneknot::core {

class SharedMutex {
 public:
  // `info.readers` says whom it lets in first; Readers::none is not for these.
  SharedMutex(Runtime& runtime, const LockInfo& info) : runtime_(&runtime), id_(runtime.create_lock(info)) {
    assert(info.readers != Readers::none && info.kind == LockKind::plain);
  }

  void lock(Site site = Site::current()) { runtime_->lock(id_, site); }
  [[nodiscard]] bool try_lock(Site site = Site::current()) { return runtime_->try_lock(id_, site); }
  [[nodiscard]] bool try_lock_for(std::uint64_t timeout_ns, Site site = Site::current()) {
    return runtime_->try_lock_for(id_, timeout_ns, site);
  }
  void unlock(Site site = Site::current()) noexcept { runtime_->unlock(id_, site); }

  void lock_shared(Site site = Site::current()) { runtime_->lock_shared(id_, site); }
  [[nodiscard]] bool try_lock_shared(Site site = Site::current()) { return runtime_->try_lock_shared(id_, site); }
  [[nodiscard]] bool try_lock_shared_for(std::uint64_t timeout_ns, Site site = Site::current()) {
    return runtime_->try_lock_shared_for(id_, timeout_ns, site);
  }
  void unlock_shared(Site site = Site::current()) noexcept { runtime_->unlock_shared(id_, site); }
  [[nodiscard]] LockId id() const { return id_; }

 private:
  Runtime* runtime_;
  LockId id_;
};

// Owns all of a SharedMutex from construction to destruction, or until unlock().
class ScopedExclusiveLock {
 public:
  explicit ScopedExclusiveLock(SharedMutex& mutex, Site site = Site::current()) : mutex_(&mutex), site_(site) {
    mutex.lock(site);
  }
  ~ScopedExclusiveLock() {
    if (mutex_ != nullptr) mutex_->unlock(site_);
  }
  ScopedExclusiveLock(const ScopedExclusiveLock&) = delete;
  ScopedExclusiveLock& operator=(const ScopedExclusiveLock&) = delete;

  void unlock(Site site = Site::current()) {
    mutex_->unlock(site);
    mutex_ = nullptr;
  }

 private:
  SharedMutex* mutex_;
  Site site_;
};

// Has a share of a SharedMutex from construction to destruction, or until unlock().
class ScopedSharedLock {
 public:
  explicit ScopedSharedLock(SharedMutex& mutex, Site site = Site::current()) : mutex_(&mutex), site_(site) {
    mutex.lock_shared(site);
  }
  ~ScopedSharedLock() {
    if (mutex_ != nullptr) mutex_->unlock_shared(site_);
  }
  ScopedSharedLock(const ScopedSharedLock&) = delete;
  ScopedSharedLock& operator=(const ScopedSharedLock&) = delete;

  void unlock(Site site = Site::current()) {
    mutex_->unlock_shared(site);
    mutex_ = nullptr;
  }

 private:
  SharedMutex* mutex_;
  Site site_;
};

}  // namespace zoneknot::core
