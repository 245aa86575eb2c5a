// Records a run as a trace in the binary form while it goes on: the listener of a LockWatch. Made for one run, before
// it begins; tasks on any number of threads may tell it events at the same time. The stream outlives it.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <ostream>
#include <unordered_map>

#include "core/lock_observer.h"
#include "lockcheck/trace/trace_encoder.h"

namespace zoneknot::lockcheck {

class TraceWriter final : public core::LockObserver {
 public:
  explicit TraceWriter(std::ostream& out) : encoder_(out) {}

  // The run is over: writes what is left and says that the trace is whole. Nothing may be told afterwards.
  void close();
  // Some of it could not be written, or there was more than a trace may have.
  [[nodiscard]] bool failed() const;
  [[nodiscard]] std::uint64_t events() const;

  void task_started(core::TaskId task, std::string_view name) override;
  void task_ended(core::TaskId task, core::Site site) override;
  void lock_created(core::LockId lock, const core::LockInfo& info) override;
  void lock_requested(core::TaskId task, core::LockId lock, core::Site site) override;
  void lock_acquired(core::TaskId task, core::LockId lock, core::Site site) override;
  // Always true: who owns what is the LockWatch's to say.
  bool lock_released(core::TaskId task, core::LockId lock, core::Site site) override;
  void shared_requested(core::TaskId task, core::LockId lock, core::Site site) override;
  void shared_acquired(core::TaskId task, core::LockId lock, core::Site site) override;
  // Always true, likewise.
  bool shared_released(core::TaskId task, core::LockId lock, core::Site site) override;
  void condition_created(core::ConditionId condition, std::string_view name) override;
  void semaphore_created(core::SemaphoreId semaphore, std::string_view name, std::uint32_t count) override;
  void pool_declared(core::SemaphoreId pool) override;
  void wait_began(core::TaskId task, const core::Wait& wait, core::Site site) override;
  void wait_ended(core::TaskId task) override;
  void hold_dropped(core::TaskId task, core::LockId lock, core::Site acquired) override;
  // Not recorded: an I/O belongs to its job alone.
  void io(core::TaskId, const core::IoEvent&, core::Site) override {}
  void assertion_failed(core::TaskId task, std::string_view what, core::Site site) override;
  void task_forked(core::TaskId parent, core::TaskId child, core::Site site) override;
  void task_joined(core::TaskId task, core::TaskId other, core::Site site) override;
  void lock_refused(core::TaskId task, core::LockId lock, core::Site site) override;
  void condition_entered(core::TaskId task, core::ConditionId condition, core::LockId lock, core::Site site) override;
  void condition_signalled(core::TaskId task, core::ConditionId condition, bool all, core::Site site) override;
  void condition_woke(core::TaskId task, core::TaskId woken, core::ConditionId condition) override;
  void semaphore_requested(core::TaskId task, core::SemaphoreId semaphore, core::Site site) override;
  void semaphore_acquired(core::TaskId task, core::SemaphoreId semaphore, core::Site site) override;
  void semaphore_refused(core::TaskId task, core::SemaphoreId semaphore, core::Site site) override;
  void semaphore_released(core::TaskId task, core::SemaphoreId semaphore, std::uint32_t count,
                          core::Site site) override;
  [[nodiscard]] bool wants_accesses() const override { return true; }
  void cell_created(core::CellId cell, std::string_view name) override;
  void cell_accessed(core::TaskId task, core::CellId cell, core::Access access, core::Site site) override;

 private:
  struct SiteKey {
    const char* file;
    const char* function;
    std::uint32_t line;
    bool operator==(const SiteKey&) const = default;
  };
  struct SiteHash {
    std::size_t operator()(const SiteKey& key) const;
  };

  template <class Name>
  void name(std::deque<Name>& all, std::uint32_t id, Name called);
  void put(TraceEvent event, core::Site site);
  void put(const TraceEvent& event);
  std::uint32_t number_of(core::Site site);

  mutable std::mutex mutex_;  // class "trace": protects everything below; events are written in the order of its owners
  TraceEncoder encoder_;
  TraceNames names_;
  std::unordered_map<SiteKey, std::uint32_t, SiteHash> sites_;
  std::uint64_t events_ = 0;
  bool too_much_ = false;
  bool closed_ = false;
};

}  // namespace zoneknot::lockcheck
