#include "tools/cli/interrupt.h"

#include <csignal>

namespace zoneknot::tools {
namespace {

std::atomic<bool> stop_asked = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only store to a lock-free atomic");

void on_signal(int number) {
  stop_asked = true;
  std::signal(number, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGHUP, on_signal);
}

const std::atomic<bool>& interrupted() { return stop_asked; }

}  // namespace zoneknot::tools
