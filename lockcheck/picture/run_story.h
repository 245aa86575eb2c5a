// Follows a run as its observer and remembers from when to when who owned, awaited and had under way what. Told by one
// thread; the run's owner says which step it is.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/ignoring_observer.h"
#include "lockcheck/verdict/run_in_verdict.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

class RunStory final : public core::IgnoringObserver {
 public:
  static constexpr std::size_t kMostSpans = 4000;  // the last ones are kept

  // `watch` is the one that tells this; it must outlive it.
  explicit RunStory(const LockWatch& watch) : watch_(watch) {}

  void set_step(std::uint64_t step) { step_ = step; }
  // What was seen so far; what has not ended is open.
  [[nodiscard]] RunInVerdict story() const;

  void task_started(core::TaskId task, std::string_view name) override;
  void lock_acquired(core::TaskId task, core::LockId lock, core::Site site) override;
  bool lock_released(core::TaskId task, core::LockId lock, core::Site site) override;
  void shared_acquired(core::TaskId task, core::LockId lock, core::Site site) override;
  bool shared_released(core::TaskId task, core::LockId lock, core::Site site) override;
  void wait_began(core::TaskId task, const core::Wait& wait, core::Site site) override;
  void wait_ended(core::TaskId task) override;
  void io(core::TaskId task, const core::IoEvent& event, core::Site site) override;

 private:
  // A lock, or a slot of the job's queue.
  using Key = std::pair<core::TaskId, std::uint32_t>;
  struct Open {
    std::size_t span = 0;
    std::uint32_t count = 1;
  };

  std::size_t begin(SpanKind kind, core::TaskId task, std::string what, core::Site site);
  void end(std::size_t span);
  bool release(core::TaskId task, core::LockId lock);

  const LockWatch& watch_;
  std::uint64_t step_ = 0;
  std::vector<std::string> names_;
  std::vector<SpanInRun> spans_;
  std::map<Key, Open> holds_;
  std::map<Key, std::size_t> ios_;
  std::map<core::TaskId, std::size_t> waits_;
};

}  // namespace zoneknot::lockcheck
