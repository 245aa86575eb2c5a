#include "tools/prove/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "tools/cli/interrupt.h"

namespace zoneknot::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

}  // namespace

sim::ProofLimits proof_limits(const CommandLine& line, const std::string& what) {
  sim::ProofLimits limits;
  if (line.memory) limits.bytes = *line.memory;
  const auto begin = SteadyClock::now();
  limits.stop = [begin, time = line.time, asked = std::uint32_t{0}, over = false]() mutable {
    if (interrupted()) return true;
    // The clock is looked at now and then.
    if (time && ++asked % 64 == 0) over = SteadyClock::now() - begin >= *time;
    return over;
  };
  if (isatty(STDERR_FILENO) == 0) return limits;
  limits.progress = [what, printed = begin](std::uint64_t states, std::uint64_t left, std::uint64_t steps) mutable {
    const auto now = SteadyClock::now();
    if (now - printed < std::chrono::milliseconds(200)) return;
    printed = now;
    fmt::print(stderr, "\r\033[K{}: {} states, {} of them to be gone on from, {} steps", what, states, left, steps);
    std::fflush(stderr);
  };
  return limits;
}

}  // namespace zoneknot::tools
