// Exhaustive depth-first search over states: every successor of every distinct state is explored once. Two states are
// one if their ProgramState::key() is equal, so the Simulation has to be tracking. A draw is a choice within a step,
// and has no state of its own.
//
// A step that is known (StepMemo) is memoised; only for one that is not does the program run: the execution
// repeats the choices up to that step, makes it, and goes on until it comes to a state that is known. Whatever may be a
// hang is left to the program too, so every hang is one of an execution.
//
// In each state only the steps of a persistent set are explored (PersistentSteps), unless one of these leads
// back to a state on a cycle that is being explored: then all are, so that nobody is overlooked for ever. Virtual time
// counts as part of a state as soon as a task looks at it, and then no step is known. When that happens, or an
// assumption of PersistentSteps turns out to be wrong, the search begins anew.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/run/simulation.h"
#include "sim/states/cycle_watch.h"
#include "sim/states/persistent_steps.h"
#include "sim/states/state_set.h"
#include "sim/states/step_memo.h"

namespace zoneknot::sim {

struct StatefulOptions {
  std::uint64_t max_bytes = std::uint64_t{2} << 30U;  // of all states and of the steps that are known
  bool remember_steps = true;                         // false: the program makes each step
  // Equal keys must mean equal candidates, and memoised steps must lead where the program comes to.
  bool check_keys = false;
  // All data that decides what tasks do is in cells, in the fingerprints of checkpoints, or on their own stacks. If
  // nobody promises that, a search says that it has not looked at any other.
  bool data_in_cells = false;
};

class Stateful final : public Strategy {
 public:
  static constexpr const char* kName = "every state once, depth-first";

  // The choices that lead to a state, one for each call of pick() and draw().
  struct WayChoice {
    StepActor actor;
    bool draw = false;
    std::uint32_t drawn = 0;
  };
  using Way = std::vector<WayChoice>;
  struct Livelock {
    Way way;
    Cycle cycle;
  };

  // `simulation` is the one that runs the search. `max_steps`: of one execution; what a longer one would come to is
  // left to the program, which is cut there.
  Stateful(Simulation& simulation, const StatefulOptions& options, std::uint64_t max_steps);

  [[nodiscard]] StrategyDescription describe() const override;
  [[nodiscard]] bool begin() override;
  [[nodiscard]] std::uint32_t pick(const Candidates& candidates) override;
  [[nodiscard]] std::uint32_t draw(std::uint32_t bound) override;
  void ended(const Outcome& outcome) override;
  [[nodiscard]] StrategyNeeds needs() const override { return {.every_step = true}; }
  [[nodiscard]] std::uint64_t memoised_steps() const override { return remembered_; }

  // How much of all has been explored, 0 … 1: as if every alternative had as much behind it as any other. The first
  // ones have more, because what they lead to is known to the later ones.
  [[nodiscard]] double explored() const;

  [[nodiscard]] std::uint64_t states() const { return states_.size(); }
  [[nodiscard]] std::uint64_t transitions() const { return transitions_; }
  [[nodiscard]] std::uint64_t deepest() const { return deepest_; }        // steps
  [[nodiscard]] std::uint64_t frontier() const;                           // choices known and not explored
  [[nodiscard]] std::uint64_t remembered() const { return remembered_; }  // transitions made without the program
  [[nodiscard]] std::uint64_t bytes() const { return states_.bytes() + memo_.bytes(); }
  [[nodiscard]] bool out_of_memory() const { return out_of_memory_; }
  // Some task has come to a checkpoint without a fingerprint.
  [[nodiscard]] bool bare_checkpoints() const { return bare_checkpoints_; }
  [[nodiscard]] bool time_counts() const { return time_counts_; }
  [[nodiscard]] bool keys_collide() const { return keys_collide_; }  // of check_keys: the search ended there
  [[nodiscard]] const std::optional<Livelock>& livelock() const { return livelock_; }
  [[nodiscard]] bool too_many_actors() const { return cycles_.too_many_actors(); }

 private:
  // A choice on the current path.
  struct Choice {
    std::uint32_t chosen = 0;
    std::uint32_t all = 0;   // alternatives there are
    std::uint64_t left = 0;  // of the first 64: those to be explored at all
    std::uint64_t done = 0;  // likewise: those explored, and the one chosen
    bool draw = false;
    bool progress = false;    // of the step chosen
    std::uint32_t state = 0;  // of the cycle watch
    StepActor actor;          // of the step chosen
  };
  enum class Entered : std::uint8_t { fresh, known, not_at_all };

  [[nodiscard]] bool repeating() const { return depth_ < path_.size(); }
  // The position of the last step on the path.
  [[nodiscard]] std::size_t last_step_at() const;
  // Makes the last step on the path from memory. Nothing: it has to be made by the program.
  std::optional<Entered> make_last_step();
  // `state_` is where the last step has led to.
  Entered enter();
  bool may_be_a_hang(core::TaskId moved) const;
  void note_next_step(std::size_t at);
  void learn_last_step();
  // Goes on to the next alternative; false: there is none.
  static bool advance(Choice& choice);
  void widen_last_step();
  // A draw comes next on the path.
  void add_draw(std::uint32_t bound);
  // Says who makes the step that was chosen among `steps_`.
  void name_actor(Choice& choice) const;
  [[nodiscard]] bool same_candidates(const StateHash& key);
  // The last step on the path, and the state before it.
  [[nodiscard]] StepLabel last_step() const;
  [[nodiscard]] std::uint32_t last_state() const;
  // Takes the last choice off the path.
  void leave_last();
  void start_anew();

  Simulation& simulation_;
  StatefulOptions options_;
  std::uint64_t max_steps_;
  StateSet states_;
  StepMemo memo_;
  CycleWatch cycles_;
  std::vector<Choice> path_;
  std::vector<ProgramState> before_;  // by position on the path: the state before a step; the rest is free to be used
  std::size_t depth_ = 0;             // choices made in this execution
  PersistentSteps persistent_;
  ProgramState state_;            // the one that is being looked at
  std::vector<StateStep> steps_;  // that can be made in it, or in the one whose step is being chosen
  ValueSink key_room_;
  Footprint footprint_;  // of the step that the program makes, if that is to be known
  bool recording_ = false;
  std::unordered_map<std::uint64_t, std::uint64_t> candidates_of_;  // of check_keys
  std::uint64_t transitions_ = 0;
  std::uint64_t remembered_ = 0;
  std::uint64_t deepest_ = 0;
  bool started_ = false;
  bool anew_ = false;  // an assumption was wrong
  bool time_counts_ = false;
  bool bare_checkpoints_ = false;
  bool out_of_memory_ = false;
  bool keys_collide_ = false;
  std::optional<Livelock> livelock_;
};

// The index of the actor; kDiverged: it cannot go on.
std::uint32_t find_actor(const Simulation& simulation, const Candidates& candidates, const StepActor& actor);

}  // namespace zoneknot::sim
