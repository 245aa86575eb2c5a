// What lets a search tell one state of a program from another, beside tasks, locks and cells: the parts of the world
// that have a state of their own, and what the step that is being made looks at and changes. Belongs to a Scheduler.
#pragma once

#include <vector>

#include "core/live_state.h"
#include "sim/run/footprint.h"
#include "sim/run/program_state.h"

namespace zoneknot::sim {

class StateTracking {
 public:
  struct Part {
    PartName name = 0;
    const core::LiveState* state = nullptr;
  };

  // An execution begins. `on`: tasks have histories, and states have keys.
  void begin(bool on) {
    on_ = on;
    clock_read_ = false;
    no_step_told_ = false;
    footprint_ = nullptr;
    parts_.clear();
  }
  [[nodiscard]] bool on() const { return on_; }

  // A part of the world with a state of its own, which has to be told apart from every other part by its name and by
  // what it describes. Until the end of the execution, or remove_state().
  void add_state(PartName name, const core::LiveState& part) {
    step_not_told();
    parts_.push_back({name, &part});
  }
  void remove_state(PartName name) {
    touch(name);
    std::erase_if(parts_, [name](const Part& part) { return part.name == name; });
  }
  // To be called in each step in which the part's state is looked at or changed, before that.
  void touch(PartName name) const {
    if (footprint_ != nullptr) footprint_->touch(name);
  }
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }

  // Where to note what is looked at and changed from now on; null: nowhere. Until the end of the execution.
  void note_in(Footprint* footprint) {
    footprint_ = footprint;
    if (no_step_told_) step_not_told();
  }
  [[nodiscard]] Footprint* footprint() const { return footprint_; }
  // The step that is being made cannot be told as a Footprint.
  void step_not_told() {
    if (footprint_ != nullptr) footprint_->give_up();
  }

  // Nor can any later one of this execution.
  void no_step_told() {
    no_step_told_ = true;
    step_not_told();
  }

  // Some task has looked at the clock in this execution: virtual time is a part of the state.
  [[nodiscard]] bool clock_read() const { return clock_read_; }
  void note_clock_read() { clock_read_ = true; }

 private:
  bool on_ = false;
  bool clock_read_ = false;
  bool no_step_told_ = false;
  Footprint* footprint_ = nullptr;
  std::vector<Part> parts_;
};

}  // namespace zoneknot::sim
