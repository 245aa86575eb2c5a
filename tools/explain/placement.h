// Says of each thread of a backtrace what it does. A thread whose frames say nothing is called not understood. Pure;
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lockcheck/text/fio_names.h"
#include "tools/explain/backtrace.h"

namespace zoneknot::tools {

enum class Stands : std::uint8_t {
  waits_for_zone,
  waits_for_m,
  waits_for_lock,
  waits_for_signal,
  reaps,
  sleeps,
  runs,
  helper,
  unknown
};
inline constexpr std::size_t kStands = 9;

// "waits for a zone", "reaps", "not understood", …
std::string_view stands_text(Stands stands);

struct PlacedThread {
  std::string title;  // of the thread, with its process if there are several
  Stands stands = Stands::unknown;
  std::string function;  // as the backtrace calls it; of an unknown one its frames: "select, ??, start_thread"
  std::string inside;    // the routine that it reaps or sleeps in: "zbd_adjust_block", "cleanup_pending_aio"; or empty
  std::string ours;      // functions of this program in which it could be, as sim::is_in() takes them
  std::string around{};  // those of all its frames
  bool vague = false;    // the backtrace names no static function: it may also be in what `function` calls
  bool or_m = false;     // who waits there for a zone may wait for M as well: fio's function takes both
  bool at_lock = false;  // it waits for a lock, whoever it is
  std::optional<std::uint64_t> mutex{};

  [[nodiscard]] bool waits_for_lock() const {
    return stands == Stands::waits_for_zone || stands == Stands::waits_for_m;
  }
  // It may go round in a loop without progress.
  [[nodiscard]] bool may_go_round() const {
    return stands == Stands::reaps || stands == Stands::runs || stands == Stands::sleeps;
  }
  // It may be part of a hang that the workload has.
  [[nodiscard]] bool may_be_stuck() const { return waits_for_lock() || stands == Stands::waits_for_signal; }
};

struct Placement {
  std::vector<PlacedThread> threads;
  std::size_t processes = 0;
  // Why somebody who is not there owns what is awaited; empty: nothing speaks for that.
  std::string dead_owner;
  // Functions that not every release calls so.
  std::vector<const lockcheck::FioName*> telling{};
};

// Why the program of the backtrace is no fio of the releases from `first` to `last`, "fio-3.26" or "fio-newest". Empty:
// it may be.
std::string why_not_released_as(const Placement& placement, std::string_view first, std::string_view last);

Placement place_threads(const Backtrace& backtrace);

// Threads that stand alike.
struct Together {
  Stands stands = Stands::unknown;
  std::string function;
  std::string inside;
  std::string ours;
  bool vague = false;
  bool or_m = false;
  std::vector<std::string> titles;
};
// By Stands, then in the order of their first threads.
std::vector<Together> together(const Placement& placement);

}  // namespace zoneknot::tools
