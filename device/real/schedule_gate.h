// Makes real threads go through the steps of a list, in its order: one task at a time may run, from its step to the
// next that it comes to, which waits there for its turn. When the list is over the gate stays open, and everybody goes
// on as on any other run. A step that does not come, or is another one, ends the run; then failure() says which and
// why. What made the list is not its affair.
//
// Made by whoever makes the run, for one run, and outlives it. Tasks call it from their threads, by way of
// ThreadRuntime and of what GatedWorld puts around device and engines.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/scheduled_step.h"
#include "device/real/step_hook.h"

namespace zoneknot::device {

class ScheduleGate final : public StepHook {
 public:
  static constexpr std::uint64_t kPatienceNs = 30'000'000'000;

  // `task_names`: by TaskId. A step that takes longer than `patience_ns` does not come.
  ScheduleGate(core::StepList steps, std::vector<std::string> task_names, std::uint64_t patience_ns = kPatienceNs);

  // Called once, on a task's thread, when the list cannot be followed: gives the run up. `given_up` says that it was.
  void attach(std::function<void()> give_up, std::function<bool()> given_up);

  void before(core::TaskId task, core::StepKind kind, std::uint32_t object, core::Site site) noexcept override;
  void ended(core::TaskId task) noexcept override;

  // The list is not over yet, and followed.
  [[nodiscard]] bool following() const;
  // The task makes the step of the list that was made last.
  [[nodiscard]] bool has_turn(core::TaskId task) const;
  // The value that the calling task, whose turn it is, drew in the list; nothing when the gate is open, or the list has
  // no draw here, which it cannot follow.
  [[nodiscard]] std::optional<std::uint32_t> draw(core::TaskId task);
  // The tags of the task's I/Os that have ended since it last asked, in the order of their ends.
  [[nodiscard]] std::vector<std::uint32_t> take_completions(core::TaskId task);
  // What the clock says while the list is followed, and where it goes on then.
  [[nodiscard]] std::uint64_t now_ns() const;
  // Something that the device has said to the task, for the reason of a failure that follows from it.
  void remember(core::TaskId task, std::string what);
  // The device does not do what the task's present step needs.
  void fail_here(core::TaskId task, const std::string& why);

  [[nodiscard]] std::size_t steps() const { return steps_.size(); }
  // "step 17 of 120: …"; empty: all steps were made.
  [[nodiscard]] std::string failure() const;

 private:
  struct Follower {
    std::vector<std::size_t> own;  // its steps, by place in the list
    std::size_t next = 0;          // of these
    std::optional<core::StepKind> last;
    std::vector<std::uint32_t> ended_ios;  // not asked for yet
    std::string remembered;
  };

  [[nodiscard]] Follower& follower(core::TaskId task);
  [[nodiscard]] std::string task_name(core::TaskId task) const;
  [[nodiscard]] std::string step_text(core::TaskId task, core::StepKind kind, std::uint32_t object,
                                      core::Site site) const;
  // The last step's task has come to rest as well.
  [[nodiscard]] bool open() const { return failed_ || (head_ == steps_.size() && running_ == core::kNoId); }
  void rest();
  void leave(core::TaskId task);
  void pass_completions();
  void advance(Follower& of);
  void fail(std::size_t step, std::string why, std::unique_lock<std::mutex>& guard);
  [[nodiscard]] std::string why_nobody_comes() const;

  core::StepList steps_;
  std::vector<std::string> task_names_;
  std::uint64_t patience_ns_;
  std::function<void()> give_up_ = [] {};
  std::function<bool()> given_up_ = [] { return false; };

  mutable std::mutex mutex_;  // all that follows
  std::condition_variable turn_;
  std::deque<Follower> followers_;  // by TaskId
  std::size_t head_ = 0;            // the step that comes next
  core::TaskId running_ = core::kNoId;
  std::uint64_t moved_ns_ = 0;   // when head_ last moved
  std::uint64_t opened_ns_ = 0;  // 0: not yet
  bool failed_ = false;
  std::string failure_;
};

}  // namespace zoneknot::device
