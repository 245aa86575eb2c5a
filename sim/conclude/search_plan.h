// What a search is to do: in which ways, one after the other, up to which limits, and what beside. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/run/strategy.h"
#include "sim/search/explorer.h"
#include "sim/search/search_guard.h"
#include "sim/states/stateful.h"

namespace zoneknot::sim {

// One way of searching.
struct SearchStage {
  std::function<std::unique_ptr<Strategy>(std::uint64_t seed)> make{};
  // No strategy of its own, `make` is empty: explore_states().
  bool recognises_states = false;
  bool exhaustive = false;  // its answer comes at its end; before that it has none
  // What its answer leaves out; empty: nothing.
  std::string reservation{};
};

// What most searches begin with: a portfolio of all strategies that draw, for no single one finds everything.
SearchStage drawing_stage();

// Go through every interleaving of any program: once for each trace; and, where that leaves anything out because sleeps
// overlap, depth-first. The engine that recognises states would be faster, but it takes a program at its word: whatever
// decides what a task does next has to be in cells, or in the fingerprints of its checkpoints. The workload keeps that;
// a program of somebody else need not, and what it shares elsewhere is no reason for another trace: the answer says so.
std::vector<SearchStage> exhausting_stages();

// What a search says that should have gone through everything and was stopped before, and has found nothing.
enum class WhenStopped : std::uint8_t {
  no_answer,      // INCOMPLETE
  worth_of_draws  // CLEAN, with what the stages before it are worth; what it has covered itself is worth nothing more
};

struct Finding;

struct SearchPlan {
  std::vector<SearchStage> stages;         // until one has found something, or has covered everything
  SearchLimits limits{};                   // of each exhaustive stage, and the last
  std::uint64_t executions_of_others = 0;  // of each of the others
  // Exhaustive stages after drawn ones look at executions that are not much longer than the longest of those: in longer
  // ones a task goes round in a loop and whoever it waits for does not get on. They say what they left out.
  bool fair_lengths = false;
  bool time_is_the_budget = false;  // running out of time is no interruption
  WhenStopped when_stopped = WhenStopped::no_answer;
  std::uint64_t seed = 1;           // of strategies that draw
  StatefulOptions stateful{};       // of a stage that recognises states
  bool order_check = true;          // also look at a few runs for deadlocks that they did not have
  bool order_beside_hangs = true;   // also if the search has found a hang
  bool drive_beside_hangs = false;  // towards what is predicted, also if the search has found a hang
  std::chrono::milliseconds silence_limit = SearchGuard::kDefaultLimit;  // sim/search/search_guard.h; 0: never

  // Told of the first hang as soon as it is there, if the search goes on behind it.
  std::function<void(const Finding&)> hang_found{};

  [[nodiscard]] bool exhaustive() const { return stages.back().exhaustive; }
};

}  // namespace zoneknot::sim
