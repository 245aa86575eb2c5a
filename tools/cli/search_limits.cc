#include "tools/cli/search_limits.h"

#include <fmt/core.h>

#include "tools/cli/interrupt.h"
#include "tools/cli/progress_line.h"

namespace zoneknot::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

// How long the rest may take, if there is a limit that can be approached.
std::string left_of(const sim::SearchProgress& progress, double seconds) {
  constexpr double kMostSeconds = 360'000;
  if (progress.executions == 0 || progress.most_executions == UINT64_MAX) return {};
  const auto left = static_cast<double>(progress.most_executions - progress.executions);
  const double estimate = seconds * left / static_cast<double>(progress.executions);
  return estimate > kMostSeconds ? "days left" : fmt::format("at most {:.0f} s left", estimate);
}

std::string progress_text(const std::string& what, const sim::SearchProgress& progress, double seconds) {
  std::string line = fmt::format("{}: {} executions", what, progress.executions);
  if (progress.most_executions != UINT64_MAX) line += fmt::format(" of {}", progress.most_executions);
  line += fmt::format(", {:.1f} M points/s, {:.0f} s", static_cast<double>(progress.steps) / seconds / 1e6, seconds);
  if (progress.hangs > 0) line += fmt::format(", {} hung", progress.hangs);
  if (const std::string left = left_of(progress, seconds); !left.empty()) line += ", " + left;
  if (!progress.coverage.empty()) line += "; " + progress.coverage;
  return line;
}

}  // namespace

std::function<bool()> deadline(const std::optional<std::chrono::milliseconds>& time) {
  if (!time) return {};
  return [end = SteadyClock::now() + *time] { return SteadyClock::now() >= end; };
}

sim::SearchLimits search_limits(const SearchOptions& options, std::uint64_t default_executions,
                                const std::string& what) {
  sim::SearchLimits limits;
  limits.executions = options.executions.value_or(options.time ? UINT64_MAX : default_executions);
  limits.execution.max_steps = options.max_steps.value_or(kDefaultMaxSteps);
  limits.execution.stop = &interrupted();
  limits.time_is_over = deadline(options.time);
  if (ProgressLine line; line.shown()) {
    limits.progress = [what, line](const sim::SearchProgress& progress) mutable {
      line.show([&](double seconds) { return progress_text(what, progress, seconds); });
    };
  }
  return limits;
}

}  // namespace zoneknot::tools
