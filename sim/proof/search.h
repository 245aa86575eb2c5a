// Walks through every state that a program's subject can come to in the most general environment, breadth first, one
// state for each fingerprint at a checkpoint. Ends when no new state is left: then what was found holds for every
// execution, however long. Used by one thread.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/proof/findings.h"
#include "sim/proof/runtime.h"

namespace zoneknot::sim {

struct ProofLimits {
  std::uint64_t states = UINT32_MAX - 1;
  std::uint64_t bytes = std::uint64_t{4} << 30U;  // of memory for states, about
  std::function<bool()> stop{};                   // asked between executions; true: end with what is known
  std::function<void(std::uint64_t states, std::uint64_t left, std::uint64_t executions)> progress{};
};

enum class ProofEnd : std::uint8_t {
  closed,   // nothing is left to visit
  states,   // the limit of states or memory
  stopped,  // `stop` said so
};

struct ProofSearchResult {
  ProofEnd end = ProofEnd::closed;
  std::uint64_t states = 0;      // at checkpoints
  std::uint64_t unvisited = 0;   // of these, how many were not gone on from
  std::uint64_t executions = 0;  // steps from a state to the next, each by running from the start
  std::uint64_t loops = 0;       // how many checkpoints lie on the way to the farthest state
  ProofFindings findings;
};

// `subject`: which of the tasks that the program spawns. Throws what the program throws, and std::logic_error when it
// does not repeat itself.
ProofSearchResult search_proof(const ProofRuntime::Program& program, std::uint32_t subject, const ProofLimits& limits);

}  // namespace zoneknot::sim
