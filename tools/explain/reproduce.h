// Searches a job for the hang that a backtrace shows: steered to its waiting state, and freely. What counts as the same
// hang is that whoever is stuck on each other waits at places of the backtrace. Used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockcheck/verdict/scene.h"
#include "sim/search/explorer.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// Somebody waits there: for a lock of that class, or a signal, in one of these functions (as sim::is_in() takes them).
struct WaitingPlace {
  std::string lock_class;  // "zone", "M"; empty: for a completion, or a signal
  std::string functions;   // empty: anywhere
  std::uint32_t tasks = 1;

  // A place at which a search can aim.
  [[nodiscard]] bool is_aim() const { return signal || !lock_class.empty(); }
  bool or_m = false;    // a function that waits for a zone, or for M
  bool signal = false;  // not for a lock: for a signal or a unit
};

// A function is one of `functions`, which are names, or beginnings of such, with '|' between them; empty: any one is.
bool in_one_of(std::string_view function, std::string_view functions);

// The places where the stuck core of a hang waits.
std::vector<WaitingPlace> places_of(const lockcheck::SceneInVerdict& hang);

struct ReproduceLimits {
  std::uint64_t executions = UINT64_MAX;
  std::uint64_t steps = UINT64_MAX;         // of all executions, about
  std::uint64_t first_steps = 31'250;       // of the shortest executions; the limit grows from there
  std::uint64_t hangs = 1;                  // so many of them end the search
  std::function<bool()> time_is_over = {};  // empty: never
};

struct Reproduced {
  std::uint64_t executions = 0;
  std::uint64_t steps = 0;
  std::uint64_t hangs = 0;  // of the kind
  std::uint64_t other_hangs = 0;
  std::uint64_t aborted = 0;              // executions in which an assertion of the protocol failed
  std::uint64_t finished = 0;             // that came to their end
  std::uint32_t nearest = 0;              // tasks that waited as the backtrace says at the best moment
  std::uint32_t wanted = 0;               // of so many
  std::optional<sim::FirstSeen> found{};  // the first of them
};

Reproduced reproduce(const Instance& instance, const std::vector<WaitingPlace>& places, const ReproduceLimits& limits);

}  // namespace zoneknot::tools
