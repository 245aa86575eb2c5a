// Follows a run as the listener of its LockWatch and remembers from when to when who owned, awaited and had under way
// what. Tasks on any number of threads may tell it events at the same time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ignoring_observer.h"
#include "lockcheck/verdict/run_in_verdict.h"

namespace zoneknot::lockcheck {

class RunStory final : public core::IgnoringObserver {
 public:
  // Of spans that have ended the first ones are kept, and the last ones.
  static constexpr std::size_t kFirstSpans = 10'000;
  static constexpr std::size_t kLastSpans = 50'000;
  static constexpr std::size_t kNeededSpans = 4'000;  // besides

  // The caller, who steers the run, says which step it is.
  void set_step(std::uint64_t step);
  // Nobody steers the run: each event that begins or ends something is a step, counted from 1.
  void count_steps() { counts_ = true; }
  // What is so at any of these steps is kept however long the run, up to kNeededSpans in all. Before the run.
  void keep(std::uint64_t from, std::uint64_t to) { kept_steps_.emplace_back(from, to); }

  // The same of where that began which had not ended when the run was made before.
  void keep_what_lasts(const RunInVerdict& run);

  [[nodiscard]] std::uint64_t step() const;
  // What was seen so far; what has not ended is open.
  [[nodiscard]] RunInVerdict story() const;

  void task_started(core::TaskId task, std::string_view name) override;
  void task_ended(core::TaskId task, core::Site site) override;
  void lock_created(core::LockId lock, const core::LockInfo& info) override;
  void condition_created(core::ConditionId condition, std::string_view name) override;
  void semaphore_created(core::SemaphoreId semaphore, std::string_view name, std::uint32_t count) override;
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
  struct Numbered {
    std::uint64_t number = 0;  // in the order in which they began
    SpanInRun span;
  };
  struct Hold {
    Numbered begun;
    std::uint32_t count = 1;
  };
  using Names = std::vector<std::string>;

  void count();
  [[nodiscard]] Numbered begin(SpanKind kind, core::TaskId task, std::string what, core::Site site);
  void end(Numbered begun);
  [[nodiscard]] bool is_asked_for(const SpanInRun& span) const;
  void name(Names& all, std::uint32_t id, std::string called);
  [[nodiscard]] SpanInRun wait_for(const core::Wait& wait) const;

  mutable std::mutex mutex_;  // class "story": protects everything below but what is set before the run
  bool counts_ = false;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> kept_steps_;
  std::uint64_t step_ = 0;
  std::uint64_t begun_ = 0;
  LeftOut left_out_;
  bool all_asked_for_ = true;      // nothing that was asked for is left out
  std::uint64_t first_until_ = 0;  // the step at which the last of first_ ended
  Names tasks_, locks_, conditions_, semaphores_;
  std::vector<Numbered> first_;
  std::vector<Numbered> needed_;
  std::deque<Numbered> ended_;
  std::map<Key, Hold> holds_;
  std::map<Key, Numbered> ios_;
  std::map<core::TaskId, Numbered> waits_;
  std::vector<std::optional<std::uint64_t>> ended_at_;  // by TaskId
};

}  // namespace zoneknot::lockcheck
