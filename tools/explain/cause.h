// Looks for what ends a hang: a switch of the protocol that its set of fixes does not have, and a change of the job
// file for as long as one has not got it. Nothing is said that was not searched: the hang has to come again and again
// without it, and not once with it. Deterministic. Used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "lockcheck/verdict/scene.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

struct CauseLimits {
  std::uint64_t steps = 2'000'000;          // scheduling points of all executions, about
  std::function<bool()> time_is_over = {};  // empty: never
};

// Nothing: the hang does not come often enough to say what ends it.
std::optional<lockcheck::CauseInVerdict> cause_of(const Instance& instance, const lockcheck::SceneInVerdict& hang,
                                                  const CauseLimits& limits = {});

}  // namespace zoneknot::tools
