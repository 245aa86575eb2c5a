// What a depth-first search over states has to remember to find livelocks: the states of strongly connected pieces that
// are not complete yet, with the steps among them (Tarjan 1972). States that turn out to lie on no cycle are forgotten
// when the search leaves them. Owned by a search, used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/run/program_state.h"
#include "sim/run/state_hash.h"
#include "sim/run/strategy.h"
#include "sim/states/livelock.h"

namespace zoneknot::sim {

// One step as it can be found again on another way to the same state.
struct StepLabel {
  StepActor actor;
  bool progress = false;             // is_progress()
  std::vector<std::uint32_t> draws;  // values drawn on the way to the next scheduling point
};

// For fairness: a task, or what an event does, which of several that do the same does not matter.
std::uint64_t name_of(const StepActor& actor);

// Something is achieved: an I/O reaches the device, or ends. So is the end of a task, but no task ends twice.
inline bool is_progress(const Op& op) { return op.kind == OpKind::submit || op.kind == OpKind::complete; }

// The way from the state that was left last to a livelock, and once around.
struct Cycle {
  std::vector<StepLabel> lead;
  std::vector<StepLabel> steps;
  StateHash begin;  // the state before the first of `steps`, and after the last
};

class CycleWatch {
 public:
  // The search enters a fresh state by `step` from state `from` (kNoId: none): its number. Later states have higher
  // numbers; numbers of states that were left for good are used again.
  // `enabled`: what can be done there.
  std::uint32_t enter(const StateHash& key, const std::vector<StateStep>& enabled, std::uint32_t from, StepLabel step);
  // The search comes by `step` from state `from` to one that it knows. True: that one may lie on a cycle with `from`.
  bool come_back(const StateHash& key, std::uint32_t from, StepLabel step);
  // Everything behind `state` was searched, to which the search came from `from`.
  void leave(std::uint32_t state, std::uint32_t from);
  // Only while no state is entered.
  void clear();

  // The first livelock that was found.
  [[nodiscard]] const std::optional<Cycle>& livelock() const { return livelock_; }
  // The program has more actors than livelocks can be looked for.
  [[nodiscard]] bool too_many_actors() const { return too_many_actors_; }

 private:
  struct Open {
    StateHash key;
    std::uint32_t low = 0;  // the lowest number of a state known to be in the same piece
    std::uint64_t enabled = 0;
    std::size_t first_edge = 0;  // of those that leave it or states after it
  };
  struct Edge {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    StepLabel step;
  };
  struct HashOfKey {
    std::size_t operator()(const StateHash& key) const { return key.low; }
  };

  std::uint64_t bit_of(std::uint64_t name);
  void close(std::uint32_t root);
  void look_for_livelock(std::uint32_t root);

  std::vector<Open> open_;
  std::vector<Edge> edges_;
  std::unordered_map<StateHash, std::uint32_t, HashOfKey> numbers_;  // of open states
  std::vector<std::uint64_t> actors_;                                // the one of each bit
  bool too_many_actors_ = false;
  std::optional<Cycle> livelock_;
};

}  // namespace zoneknot::sim
