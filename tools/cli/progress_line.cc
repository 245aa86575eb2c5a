#include "tools/cli/progress_line.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace zoneknot::tools {
namespace {

constexpr const char* kBackAndErase = "\r\033[K";
constexpr std::size_t kUsualWidth = 80;

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : kUsualWidth;
}

}  // namespace

ProgressLine::ProgressLine() : on_terminal_(isatty(STDERR_FILENO) != 0), begin_(Clock::now()), printed_(begin_) {}

bool ProgressLine::is_due() {
  if (!on_terminal_) return false;
  const auto now = Clock::now();
  if (now - printed_ < std::chrono::milliseconds(200)) return false;
  printed_ = now;
  return true;
}

void ProgressLine::print(const std::string& line) {
  // The terminal would keep the first row of a longer line.
  fmt::print(stderr, "{}{}", kBackAndErase, line.substr(0, terminal_width() - 1));
  std::fflush(stderr);
}

void clear_progress() {
  if (isatty(STDERR_FILENO) != 0) std::fputs(kBackAndErase, stderr);
}

}  // namespace zoneknot::tools
