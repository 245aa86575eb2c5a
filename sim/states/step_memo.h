// Steps that are known: every task is an automaton, and so is the rest of the world. What a step does follows from what
// its actor has been handed so far and from what it looks at on the way to its next operation, so a step that was made
// once by the program need not be made by it again: here are the values it found, one after the other, and what it
// left. Owned by a search, used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "sim/run/footprint.h"
#include "sim/run/program_state.h"

namespace zoneknot::sim {

class StepMemo {
 public:
  // Forgets everything when it would need more.
  explicit StepMemo(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // The program has made the step of `actor` in `before`, and come to `after`.
  void learn(const ProgramState& before, const StepActor& actor, const Footprint& footprint, const ProgramState& after);
  void clear();

  // The value of the next draw of a step, below `bound`.
  using Draw = std::function<std::uint32_t(std::uint32_t bound)>;
  // Makes the step in `state`. False: the program has to make it; `state` is unchanged.
  [[nodiscard]] bool make(const StepActor& actor, const Draw& draw, ProgramState& state) const;

  [[nodiscard]] std::uint64_t bytes() const;

 private:
  using Place = Footprint::Place;
  // What comes next on the way of a step: a look, or what it leaves.
  struct Turn {
    Place place = Place::lock;
    bool over = false;
    std::uint64_t id = 0;  // of the look; over: the number of the result
  };
  struct PlaceValue {
    std::uint64_t id = 0;
    std::uint64_t value = 0;
  };
  struct Result {
    TaskInState task;  // unless an event makes it
    std::vector<PlaceValue> locks;
    std::vector<PlaceValue> cells;
    std::vector<PartInState> parts;
    std::vector<EventInState> added;
    std::vector<EventKey> removed;
    std::vector<core::TaskId> woken;
  };
  struct HashOfKey {
    std::size_t operator()(const StateHash& key) const { return key.low; }
  };

  // What is found at the place, unless it is a draw.
  [[nodiscard]] static StateHash found(const ProgramState& state, Place place, std::uint64_t id);
  [[nodiscard]] static StateHash first(const ProgramState& state, const StepActor& actor);
  static Result result_of(const StepActor& actor, const Footprint& footprint, const ProgramState& after);
  static void apply(const Result& result, const StepActor& actor, ProgramState& state);

  std::uint64_t max_bytes_;
  std::uint64_t result_bytes_ = 0;
  std::unordered_map<StateHash, Turn, HashOfKey> turns_;
  std::vector<Result> results_;
};

}  // namespace zoneknot::sim
