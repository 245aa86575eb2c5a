// What a page and a trace for Perfetto show of a run that is made once, simulated or real: the listener of its watch
// while it goes on. Made before the run, asked after it, by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/ignoring_observer.h"
#include "lockcheck/picture/run_story.h"
#include "lockcheck/verdict/run_in_verdict.h"
#include "lockcheck/watch/lock_watch.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// Where the write pointers of zones are, as far as I/Os tell: a write is prepared at its zone's and moves it when it is
// queued. Any threads.
class ZonesSeen final : public core::IgnoringObserver {
 public:
  // Is told of everything after `story`, which knows the step.
  ZonesSeen(std::uint64_t zone_size, const lockcheck::RunStory& story) : zone_size_(zone_size), story_(story) {}

  void io(core::TaskId task, const core::IoEvent& event, core::Site site) override;

  [[nodiscard]] std::vector<lockcheck::ZoneInRun> zones() const;

 private:
  static constexpr std::size_t kMostMoves = 2000;  // of a zone; the last ones are kept

  const std::uint64_t zone_size_;
  const lockcheck::RunStory& story_;
  mutable std::mutex mutex_;  // class "zones seen": protects moves_
  std::map<std::uint64_t, std::vector<std::pair<std::uint64_t, std::uint64_t>>> moves_;  // by zone: step and pointer
};

class ShownRun {
 public:
  ShownRun(const Instance& instance, lockcheck::LockWatch& watch);
  ~ShownRun();
  ShownRun(const ShownRun&) = delete;
  ShownRun& operator=(const ShownRun&) = delete;

  [[nodiscard]] lockcheck::RunInVerdict run() const;

 private:
  lockcheck::LockWatch& watch_;
  lockcheck::RunStory story_;
  ZonesSeen zones_;
};

}  // namespace zoneknot::tools
