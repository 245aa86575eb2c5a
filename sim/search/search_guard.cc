#include "sim/search/search_guard.h"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "lockcheck/text/site.h"
#include "sim/run/stack_guard.h"

namespace zoneknot::sim {

namespace {

constexpr int kTicks = 10;  // looks per limit

}  // namespace

SearchGuard::SearchGuard(const Simulation& simulation, std::chrono::milliseconds limit,
                         std::function<void(const std::string& message)> on_silence)
    : simulation_(simulation), limit_(limit), on_silence_(std::move(on_silence)) {
  if (limit_.count() > 0) thread_ = std::thread([this] { watch_over(); });
}

SearchGuard::~SearchGuard() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SearchGuard::set_found(std::string text) {
  const std::lock_guard guard(mutex_);
  found_ = std::move(text);
}

// Counts looks, not time: a process that was stopped has not been silent.
void SearchGuard::watch_over() {
  std::uint64_t heartbeat = simulation_.heartbeat();
  int silent = 0;
  std::unique_lock guard(mutex_);
  while (!stop_.wait_for(guard, limit_ / kTicks, [this] { return stopping_; })) {
    const std::uint64_t now = simulation_.heartbeat();
    const bool stands_still = now == heartbeat && simulation_.is_running();
    heartbeat = now;
    silent = stands_still ? silent + 1 : 0;
    if (silent < kTicks) continue;
    const std::string text = message();
    guard.unlock();
    on_silence_(text);
    return;
  }
}

std::string SearchGuard::message() const {
  const std::optional<RunningTask> task = simulation_.running_task();
  const std::string seconds = fmt::format("{:.3g} s", static_cast<double>(limit_.count()) / 1000);
  std::string text = fmt::format("a task did not reach a scheduling point for {}", seconds);
  if (task) {
    text = fmt::format(
        "task {} did not reach a scheduling point for {} since {} ({}): it waits for something outside "
        "the Runtime, or never ends",
        task->name, seconds, lockcheck::site_text(task->site), lockcheck::function_name(task->site));
  }
  return found_.empty() ? text : text + "\nfound before that:\n" + found_;
}

void end_process(const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "zoneknot: {}\n", message);
  std::fflush(stderr);
  std::_Exit(kExitOwnFault);
}

}  // namespace zoneknot::sim
