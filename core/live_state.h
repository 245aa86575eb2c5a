// What a task tells of itself at a checkpoint, so that a search can see that it has been here before. A search that
// does not ask pays nothing. Plain seams; implemented by searches (StateSink) and by programs with loops (LiveState).
#pragma once

#include <cstdint>

namespace zoneknot::core {

class StateSink {
 public:
  StateSink() = default;
  virtual ~StateSink() = default;
  StateSink(const StateSink&) = delete;
  StateSink& operator=(const StateSink&) = delete;

  virtual void add(std::uint64_t value) = 0;
  // A count of work done, without bound, that decides nothing but what World::limit_reached() is asked about.
  virtual void count(std::uint64_t value) { add(value); }
};

class LiveState {
 public:
  LiveState() = default;
  virtual ~LiveState() = default;
  LiveState(const LiveState&) = delete;
  LiveState& operator=(const LiveState&) = delete;

  // Adds every value that can steer what the task does from here on and that has changed since the mark of the
  // checkpoint: equal values have to mean equal behaviour. What lives in cells and locks is not the task's to tell.
  virtual void describe(StateSink& sink) const = 0;
};

// Everything that a task was handed up to some moment, as 128 bits. All zero where nobody searches.
struct Mark {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const Mark&) const = default;
};

}  // namespace zoneknot::core
