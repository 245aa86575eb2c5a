// What a step has looked at and changed, noted by the Simulation while the program makes it. Owned by a search, used by
// one thread.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/program_state.h"

namespace zoneknot::sim {

class Footprint {
 public:
  enum class Place : std::uint8_t { lock, cell, part, ended, draw };
  struct Look {
    Place place = Place::lock;
    std::uint64_t id = 0;     // LockId, CellId, PartName, TaskId; of a draw its bound
    std::uint64_t value = 0;  // of a draw
  };

  void clear();
  // A value that the step did not bring about itself; the second look at a place is no news.
  void look(Place place, std::uint64_t id);
  void draw(std::uint64_t bound, std::uint64_t value) { looks_.push_back({Place::draw, bound, value}); }
  // The part's state is looked at, and may change.
  void touch(PartName part) { look(Place::part, part); }
  // At all that a task has left behind.
  void look_at_ended(core::TaskId task) { look(Place::ended, task); }
  void write(core::CellId cell);
  void add(const EventInState& event) { added_.push_back(event); }
  void remove(const EventKey& event);
  void wake(core::TaskId task) { woken_.push_back(task); }
  // The step does something that cannot be told in these words.
  void give_up() { told_ = false; }

  [[nodiscard]] bool told() const { return told_; }
  [[nodiscard]] const std::vector<Look>& looks() const { return looks_; }
  [[nodiscard]] const std::vector<core::CellId>& written() const { return written_; }
  [[nodiscard]] const std::vector<EventInState>& added() const { return added_; }
  [[nodiscard]] const std::vector<EventKey>& removed() const { return removed_; }
  [[nodiscard]] const std::vector<core::TaskId>& woken() const { return woken_; }

 private:
  bool told_ = true;
  std::vector<Look> looks_;  // in order
  std::vector<core::CellId> written_;
  std::vector<EventInState> added_;  // and not removed since
  std::vector<EventKey> removed_;    // that were there before
  std::vector<core::TaskId> woken_;
};

}  // namespace zoneknot::sim
