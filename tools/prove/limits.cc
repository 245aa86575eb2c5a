#include "tools/prove/limits.h"

#include <fmt/core.h>

#include "tools/cli/interrupt.h"
#include "tools/cli/progress_line.h"
#include "tools/cli/search_limits.h"

namespace zoneknot::tools {

sim::ProofLimits proof_limits(const ProveOptions& options, const std::string& what) {
  sim::ProofLimits limits;
  if (options.memory) limits.bytes = *options.memory;
  limits.stop = [is_over = deadline(options.time), asked = std::uint32_t{0}, over = false]() mutable {
    if (interrupted()) return true;
    // The clock is looked at now and then.
    if (is_over && ++asked % 8 == 0) over = is_over();
    return over;
  };
  if (ProgressLine line; line.shown()) {
    limits.progress = [what, line](std::uint64_t states, std::uint64_t left, std::uint64_t steps) mutable {
      line.show([&](double) {
        return fmt::format("{}: {} states, {} of them to be gone on from, {} steps", what, states, left, steps);
      });
    };
  }
  return limits;
}

}  // namespace zoneknot::tools
