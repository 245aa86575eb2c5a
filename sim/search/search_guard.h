// Watches a search from a thread of its own: a program that blocks outside the Runtime, or goes on without ever calling
// it, takes the search's thread with it, and nothing can take that back. After so many seconds without a scheduling
// point somebody is told which task it is and where it was last seen. Belongs to the search that it surrounds; the
// simulation outlives it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "sim/run/simulation.h"

namespace zoneknot::sim {

class SearchGuard {
 public:
  static constexpr std::chrono::seconds kDefaultLimit{10};

  // Calls `on_silence` with the message, on the guard's thread and once, when a task has passed no scheduling point for
  // `limit`. Time in which the whole process stood still does not count. A limit of 0: never.
  SearchGuard(const Simulation& simulation, std::chrono::milliseconds limit,
              std::function<void(const std::string& message)> on_silence);
  ~SearchGuard();
  SearchGuard(const SearchGuard&) = delete;
  SearchGuard& operator=(const SearchGuard&) = delete;

  // What the search has found so far, in lines: part of the message, so that it is not lost. Any thread.
  void set_found(std::string text);

 private:
  void watch_over();
  [[nodiscard]] std::string message() const;

  const Simulation& simulation_;
  std::chrono::milliseconds limit_;
  std::function<void(const std::string&)> on_silence_;
  mutable std::mutex mutex_;  // stopping_, found_
  std::condition_variable stop_;
  bool stopping_ = false;
  std::string found_;
  std::thread thread_;
};

// What a command does on silence: prints the message and ends the process with exit code 4.
[[noreturn]] void end_process(const std::string& message);

}  // namespace zoneknot::sim
