// A lock trace of any length, the same for the same length on every machine: tasks that take nested locks in ascending
// order, read and write what these protect, and now and then, at two places, go the other way round. For benchmarks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "core/random.h"
#include "lockcheck/trace/trace_event.h"

namespace zoneknot::tools {

class GeneratedTrace {
 public:
  static constexpr std::uint32_t kTasks = 16;
  static constexpr std::uint32_t kLocks = 256;
  static constexpr std::uint32_t kSites = 64;

  GeneratedTrace() {
    for (std::uint32_t i = 0; i < kTasks; ++i) names_.tasks.push_back("task" + std::to_string(i));
    for (std::uint32_t i = 0; i < kLocks; ++i) {
      const std::string number = std::to_string(i);
      names_.locks.push_back({.name = "lock " + number, .lock_class = "lock"});
      names_.cells.push_back("cell" + number);
    }
    for (std::uint32_t i = 0; i < kSites; ++i) names_.sites.push_back({.file = "generated.cc", .line = i + 1});
  }

  [[nodiscard]] const lockcheck::TraceNames& names() const { return names_; }

  // At least `events` of them.
  void tell(std::uint64_t events, lockcheck::TraceSink& sink) {
    constexpr std::uint64_t kRare = 100'000;  // sections between two in descending order
    told_ = 0;
    core::SplitMix64 random(1);
    for (std::uint64_t section = 1; told_ < events; ++section) {
      const auto task = static_cast<core::TaskId>(random.below(kTasks));
      auto outer = static_cast<core::LockId>(random.below(kLocks - 1));
      auto inner = outer + 1 + static_cast<core::LockId>(random.below(std::min(kLocks - 1 - outer, 4U)));
      const bool descends = section % kRare == 0;
      if (descends) std::swap(outer, inner);
      tell_section(task, outer, inner, descends ? kSites - 2 : outer % (kSites - 2), sink);
    }
  }

 private:
  void tell_section(core::TaskId task, core::LockId outer, core::LockId inner, std::uint32_t site,
                    lockcheck::TraceSink& sink) {
    using Kind = lockcheck::TraceEventKind;
    const auto put = [&](Kind kind, std::uint32_t object) {
      ++told_;
      sink.event({.kind = kind, .task = task, .object = object, .site = site}, names_);
    };
    put(Kind::request, outer);
    put(Kind::acquire, outer);
    put(Kind::read, outer);
    put(Kind::request, inner);
    put(Kind::acquire, inner);
    put(Kind::read, inner);
    put(Kind::write, inner);
    put(Kind::release, inner);
    put(Kind::write, outer);
    put(Kind::release, outer);
  }

  lockcheck::TraceNames names_;
  std::uint64_t told_ = 0;
};

}  // namespace zoneknot::tools
