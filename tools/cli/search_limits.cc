#include "tools/cli/search_limits.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "tools/cli/interrupt.h"

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
    std::string line = fmt::format("{}: {} executions", what_, progress.executions);
    if (progress.most_executions != UINT64_MAX) line += fmt::format(" of {}", progress.most_executions);
    line += fmt::format(", {:.1f} M points/s, {:.0f} s", static_cast<double>(progress.steps) / seconds / 1e6, seconds);
    if (progress.hangs > 0) line += fmt::format(", {} hung", progress.hangs);
    if (const std::string left = left_of(progress, seconds); !left.empty()) line += ", " + left;
    if (!progress.coverage.empty()) line += "; " + progress.coverage;
    // A longer line would stay behind on the terminal.
    fmt::print(stderr, "\r\033[K{}", line.substr(0, terminal_width() - 1));
    std::fflush(stderr);
  }

 private:
  static std::size_t terminal_width() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
  }

  // An estimate, if there is a limit that can be approached.
  static std::string left_of(const sim::SearchProgress& progress, double seconds) {
    constexpr double kMostSeconds = 360'000;
    if (progress.executions == 0 || progress.most_executions == UINT64_MAX) return {};
    const auto left = static_cast<double>(progress.most_executions - progress.executions);
    const double estimate = seconds * left / static_cast<double>(progress.executions);
    return estimate > kMostSeconds ? "days left" : fmt::format("at most {:.0f} s left", estimate);
  }

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
