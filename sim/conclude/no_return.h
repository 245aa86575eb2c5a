// Looks for the point of no return of a hang: the first step after which every continuation hangs. That a continuation
// gets away is seen by making it; that none does is sure only where all of them could be made, and the result says
// whether they were. Deterministic: a function of the program, the witness and the limits. Used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "lockcheck/verdict/scene.h"
#include "sim/conclude/conclude.h"
#include "sim/witness/witness.h"

namespace zoneknot::sim {

struct NoReturnLimits {
  std::uint64_t few = 32;              // random continuations that say where to look on
  std::uint64_t many = 1000;           // of the point that is named
  std::uint64_t exhausting = 10'000;   // executions that try all of them
  std::uint64_t steps = 10'000'000;    // of all executions together, about
  std::function<bool()> time_is_over;  // asked between executions; empty: never
};

// Runs the program of `examined` again and again. `hang` is the scene of the witness's hang. Nothing: the witness does
// not hang any more, or there was not even time for a first answer.
std::optional<lockcheck::NoReturnInVerdict> point_of_no_return(const Examined& examined, const Witness& witness,
                                                               const lockcheck::SceneInVerdict& hang,
                                                               const NoReturnLimits& limits = {});

}  // namespace zoneknot::sim
