// The most general environment of one task that runs alone: a Runtime in which everything that other tasks could have
// done may have happened. A cell whose lock the task does not own has any value of its stated range at every read; one
// that it owns keeps the value it was first seen with. A lock that the task does not own may be refused by try_lock,
// and a wait for it ends. Every answer is a choice of the search. A LockWatch judges what the task does.
//
// A program is run again and again from its start. Of the tasks it spawns one is run, the subject, on the caller's
// stack; the others are part of the environment. Owned by a search, used by one thread.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/live_state.h"
#include "core/runtime.h"
#include "lockcheck/watch/lock_watch.h"
#include "sim/proof/choices.h"
#include "sim/proof/findings.h"
#include "sim/proof/observer.h"
#include "sim/run/state_hash.h"

namespace zoneknot::sim {

class ProofRuntime final : public core::Runtime {
 public:
  // Calls of the program between two checkpoints; one that makes more is taken not to end.
  static constexpr std::uint64_t kMostCallsBetweenCheckpoints = 100'000;

  // A task that leaks locks over and over never comes back to a state. It is not gone on with after so many leaks:
  // there is nothing left to prove.
  static constexpr std::uint32_t kMostLeaks = 2;

  ProofRuntime();

  using Program = std::function<void(ProofRuntime&)>;

  // Which of the tasks that the program spawns is run, counted from 0.
  void set_subject(std::uint32_t spawned) { subject_ = spawned; }
  // What a job finds in a zone, and where it has been, is drawn anew each time, whatever it owns: more can happen than
  // in any run, for zones and ranges of any length.
  void set_forgetful(bool forgetful) { forgetful_ = forgetful; }
  [[nodiscard]] bool forgetful() const { return forgetful_; }
  // Where to write what happens, in words; null: nowhere.
  void set_story(std::vector<lockcheck::StepInVerdict>* story) { observer_.set_story(story); }

  // One execution: until the program ends, or comes to its next checkpoint after `passed` others. The state that it has
  // come to there; nothing: it has ended, or waits for what never comes.
  std::optional<StateHash> run(const Program& program, std::uint64_t passed);

  [[nodiscard]] ProofChoices& choices() { return choices_; }
  [[nodiscard]] ProofFindings& findings() { return findings_; }
  [[nodiscard]] const ProofFindings& findings() const { return findings_; }
  [[nodiscard]] core::LockObserver& observer() { return observer_; }

  // --- For the parts of the environment ---

  // An answer below `bound`, at least 1.
  std::uint32_t choose(std::uint32_t bound, std::string_view question);
  // A wait for something that is no lock.
  void await(const core::Wait& wait, core::Site site);
  // A part of the environment with a state of its own, until remove_state().
  void add_state(const core::LiveState& part) { world_.push_back(&part); }
  void remove_state(const core::LiveState& part) { std::erase(world_, &part); }
  [[nodiscard]] bool abandoned() const { return abandoned_; }

 private:
  struct Lock {
    core::LockInfo info;
    std::uint32_t count = 0;           // the task's acquisitions
    std::vector<core::CellId> guards;  // cells with a known value
  };
  struct Cell {
    core::CellInfo info;
    std::optional<std::uint64_t> known;  // while the task owns the cell's lock
  };

  core::TaskId do_spawn(std::string name, std::function<void()> body, core::Site site) override;
  void do_join(core::TaskId task, core::Site site) override;
  core::TaskId do_current() const override { return current_; }
  core::LockId do_create_lock(const core::LockInfo& info) override;
  void do_lock(core::LockId lock, core::Site site) override;
  bool do_try_lock(core::LockId lock, core::Site site) override;
  void do_unlock(core::LockId lock, core::Site site) noexcept override;
  // The theorem knows zone locks, M and completions. A program that uses anything else is not proved.
  bool do_lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override;
  void do_lock_shared(core::LockId lock, core::Site site) override;
  bool do_lock_shared_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override;
  void do_unlock_shared(core::LockId, core::Site) noexcept override {}
  core::ConditionId do_create_condition(std::string_view) override { return conditions_++; }
  bool do_wait(core::ConditionId condition, core::LockId lock, std::uint64_t timeout_ns, core::Site site) override;
  void do_wake(core::ConditionId, bool, core::Site) noexcept override {}
  core::SemaphoreId do_create_semaphore(std::string_view, std::uint32_t) override { return semaphores_++; }
  bool do_acquire(core::SemaphoreId semaphore, std::uint64_t timeout_ns, core::Site site) override;
  void do_release(core::SemaphoreId, std::uint32_t, core::Site) noexcept override {}
  core::CellId do_create_cell(const core::CellInfo& info) override;
  void do_access(core::CellId, core::Access, core::Site) override {}
  std::uint64_t do_load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site) override;
  void do_stored(core::CellId cell, std::uint64_t value, core::Site site) override;
  core::Mark do_mark() const override { return history_.mark(); }
  void do_checkpoint(const core::LiveState* live, const core::Mark& since, core::Site site) override;
  void do_landmark(const core::LiveState& live, const core::Mark& since, core::Site site) override {
    do_checkpoint(&live, since, site);
  }

  void reset(std::uint64_t passed);
  void count_call(core::Site site);
  void not_covered(core::Site site, const std::string& what);
  [[noreturn]] void end_path();
  void take(core::LockId lock, core::Site site);
  [[nodiscard]] bool owns(core::LockId lock) const { return lock != core::kNoId && locks_[lock].count > 0; }
  // Whether the task goes by what it finds under this lock until it gives it back.
  [[nodiscard]] bool keeps_values_of(core::LockId guard) const;
  std::uint64_t draw(const Cell& cell);
  void know(core::CellId id, std::uint64_t value);
  void check_store(const Cell& cell, std::uint64_t value, core::Site site);
  [[nodiscard]] StateHash state_at(core::Site site) const;

  ProofChoices choices_;
  ProofFindings findings_;
  ProofObserver observer_;
  std::uint32_t subject_ = 0;
  bool forgetful_ = false;

  std::vector<Lock> locks_;
  std::vector<Cell> cells_;
  std::vector<const core::LiveState*> world_;
  std::vector<std::uint64_t> values_;  // room for what a task tells at a checkpoint
  StateHash history_;                  // what the task was handed since its start or its last checkpoint
  std::uint64_t checkpoints_left_ = 0;
  std::optional<StateHash> arrived_;
  core::TaskId current_ = 0;
  std::uint32_t spawned_ = 0;
  std::uint64_t calls_ = 0;  // since the last checkpoint
  core::ConditionId conditions_ = 0;
  core::SemaphoreId semaphores_ = 0;
  bool abandoned_ = false;
};

}  // namespace zoneknot::sim
