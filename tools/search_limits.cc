#include "tools/search_limits.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "tools/interrupt.h"

namespace zoneknot::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Prints at most five times a second.
class ProgressLine {
 public:
  explicit ProgressLine(std::string what) : what_(std::move(what)), begin_(SteadyClock::now()), printed_(begin_) {}

  void operator()(const sim::SearchProgress& progress) {
    const auto now = SteadyClock::now();
    if (now - printed_ < std::chrono::milliseconds(200)) return;
    printed_ = now;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    fmt::print(stderr, "\r\033[K{}: {} executions, {:.1f} M scheduling points/s, {:.0f} s", what_, progress.executions,
               static_cast<double>(progress.steps) / seconds / 1e6, seconds);
    std::fflush(stderr);
  }

 private:
  std::string what_;
  SteadyClock::time_point begin_;
  SteadyClock::time_point printed_;
};

}  // namespace

sim::SearchLimits search_limits(const CommandLine& line, std::uint64_t default_executions, const std::string& what) {
  sim::SearchLimits limits;
  limits.executions = line.executions.value_or(line.time ? UINT64_MAX : default_executions);
  limits.max_steps = line.max_steps.value_or(kDefaultMaxSteps);
  limits.stop = &interrupted();
  if (line.time) {
    limits.time_is_over = [deadline = SteadyClock::now() + *line.time] { return SteadyClock::now() >= deadline; };
  }
  if (isatty(STDERR_FILENO) != 0) limits.progress = ProgressLine(what);
  return limits;
}

void clear_progress() {
  if (isatty(STDERR_FILENO) != 0) std::fputs("\r\033[K", stderr);
}

}  // namespace zoneknot::tools
