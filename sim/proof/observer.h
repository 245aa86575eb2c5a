// Passes everything that happens to the task under proof on to a LockWatch, which judges it, and notes each obligation
// that is seen broken for the first time, with what was held at that moment. Can also write down what happens, in
// words. Owned by a ProofRuntime.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/lock_observer.h"
#include "lockcheck/watch/lock_watch.h"
#include "sim/proof/findings.h"

namespace zoneknot::sim {

class ProofObserver final : public core::LockObserver {
 public:
  explicit ProofObserver(ProofFindings& findings) : findings_(findings), watch_(lockcheck::Threads::one) {}

  void reset();
  void freeze() { watch_.freeze(); }
  void set_story(std::vector<lockcheck::StepInVerdict>* story) { story_ = story; }
  [[nodiscard]] bool tells() const { return story_ != nullptr; }
  void tell(std::string what);

  // An obligation that no LockWatch knows.
  void broken(lockcheck::Rule rule, core::TaskId task, core::Site site, const std::string& what);
  // How many acquisitions were dropped in this run, each of them a broken obligation.
  [[nodiscard]] std::uint32_t leaks() const { return leaks_; }

  void task_started(core::TaskId task, std::string_view name) override;
  void task_ended(core::TaskId task, core::Site site) override;
  void lock_created(core::LockId lock, const core::LockInfo& info) override;
  void lock_requested(core::TaskId task, core::LockId lock, core::Site site) override;
  void lock_acquired(core::TaskId task, core::LockId lock, core::Site site) override;
  bool lock_released(core::TaskId task, core::LockId lock, core::Site site) override;
  void wait_began(core::TaskId task, const core::Wait& wait, core::Site site) override;
  void wait_ended(core::TaskId task) override;
  void hold_dropped(core::TaskId task, core::LockId lock, core::Site acquired) override;
  void io(core::TaskId task, const core::IoEvent& event, core::Site site) override;
  void assertion_failed(core::TaskId task, std::string_view what, core::Site site) override;

  [[nodiscard]] std::string lock_text(core::LockId lock) const;

 private:
  void look(core::TaskId task, core::LockId wanted);
  void note(lockcheck::Rule rule, core::TaskId task, core::Site site, const std::string& what, core::LockId wanted);

  ProofFindings& findings_;
  lockcheck::LockWatch watch_;
  std::size_t broken_in_run_ = 0;
  std::uint32_t leaks_ = 0;
  std::set<std::pair<lockcheck::Rule, lockcheck::Place>> known_;  // rule and place
  std::vector<lockcheck::StepInVerdict>* story_ = nullptr;
};

}  // namespace zoneknot::sim
