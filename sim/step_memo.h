// Steps that are known: every task is an automaton, and so is the rest of the world. What a step does follows from what
// its actor has been handed so far and from what it looks at on the way to its next operation, so a step that was made
// once by the program need not be made by it again: here are the values it found, one after the other, and what it
// left. Owned by a search, used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/program_state.h"

namespace zoneknot::sim {

// What a step has looked at and changed, noted by the Simulation while the program makes it.
class Footprint {
 public:
  enum class Place : std::uint8_t { lock, cell, part, ended, draw };
  struct Look {
    Place place = Place::lock;
    std::uint64_t id = 0;     // LockId, CellId, PartName, TaskId; of a draw its bound
    std::uint64_t value = 0;  // of a draw
  };

  void clear();
  // A value that the step did not bring about itself; the second look at a place is no news.
  void look(Place place, std::uint64_t id);
  void draw(std::uint64_t bound, std::uint64_t value) { looks_.push_back({Place::draw, bound, value}); }
  // The part's state is looked at, and may change.
  void touch(PartName part) { look(Place::part, part); }
  // At all that a task has left behind.
  void look_at_ended(core::TaskId task) { look(Place::ended, task); }
  void write(core::CellId cell);
  void add(const EventInState& event) { added_.push_back(event); }
  void remove(const EventKey& event);
  void wake(core::TaskId task) { woken_.push_back(task); }
  // The step does something that cannot be told in these words.
  void give_up() { told_ = false; }

  [[nodiscard]] bool told() const { return told_; }
  [[nodiscard]] const std::vector<Look>& looks() const { return looks_; }
  [[nodiscard]] const std::vector<core::CellId>& written() const { return written_; }
  [[nodiscard]] const std::vector<EventInState>& added() const { return added_; }
  [[nodiscard]] const std::vector<EventKey>& removed() const { return removed_; }
  [[nodiscard]] const std::vector<core::TaskId>& woken() const { return woken_; }

 private:
  bool told_ = true;
  std::vector<Look> looks_;  // in order
  std::vector<core::CellId> written_;
  std::vector<EventInState> added_;  // and not removed since
  std::vector<EventKey> removed_;    // that were there before
  std::vector<core::TaskId> woken_;
};

class StepMemo {
 public:
  // Forgets everything when it would need more.
  explicit StepMemo(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // The program has made `step` of `before`, and come to `after`.
  void learn(const ProgramState& before, const StateStep& step, const Footprint& record, const ProgramState& after);
  void clear();

  // Values for the draws of a step, in order. At the end of what is known of them the search may say what comes next.
  class Draws {
   public:
    Draws() = default;
    virtual ~Draws() = default;
    Draws(const Draws&) = delete;
    Draws& operator=(const Draws&) = delete;
    virtual std::uint32_t next(std::uint32_t bound) = 0;
  };
  // Makes the step in `state`. False: the program has to make it; `state` is unchanged.
  [[nodiscard]] bool make(const StateStep& step, Draws& draws, ProgramState& state) const;

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
    TaskInState actor;  // unless it is an event
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
  [[nodiscard]] static StateHash first(const ProgramState& state, const StateStep& step);
  static Result result_of(const StateStep& step, const Footprint& record, const ProgramState& after);
  void apply(const Result& result, const StateStep& step, ProgramState& state) const;

  std::uint64_t max_bytes_;
  std::uint64_t result_bytes_ = 0;
  std::unordered_map<StateHash, Turn, HashOfKey> turns_;
  std::vector<Result> results_;
};

}  // namespace zoneknot::sim
