// What an order checker predicts, as numbers: values that outlive the checker but not the names it looks things up by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

// What one task can own, or can alone bring about, while others wait for it.
enum class ResourceKind : std::uint8_t {
  lock,  // as those see it who want all of it: its owner, and all that have a share
  condition,
  pool,
  whole,  // a reader-writer lock as readers see it: the owner of all of it
  turn,   // to be a writer that waits for a reader-writer lock, and comes before readers
};
inline constexpr std::size_t kResourceKinds = 5;

struct ResourceRef {
  ResourceKind kind = ResourceKind::lock;
  std::uint32_t object = 0;  // LockId, ConditionId, SemaphoreId
  bool shared = false;       // of a lock: a share of it
};

// One task's part in a predicted deadlock.
struct PredictedWait {
  core::TaskId task = core::kNoId;
  ResourceRef owns;
  ResourceRef waits_for;
  core::Site owned_at{};
  core::Site asked_at{};
};

struct PredictedDeadlock {
  std::vector<PredictedWait> waits;  // each for what the next one owns, the last for what the first one does
  std::vector<core::LockId> gates;   // other locks that were owned meanwhile
};

// Somebody owned a lock of one class and waited for one of another, or of the same; where that was first seen.
struct ClassEdge {
  std::string from;
  std::string to;
  core::Site owned_at{};
  core::Site asked_at{};
  bool in_cycle = false;  // there is a way back; of one class: not ordered by key
};

// All that the checker has to say of a run.
struct OrderPredictions {
  std::vector<PredictedDeadlock> deadlocks;
  bool complete = true;                  // false: it has met its limits, there may be more
  std::vector<std::string> class_lines;  // what holds for the classes of locks
  std::vector<ClassEdge> class_edges;    // in the order in which they came, those within a class last
};

// How much it has seen and done.
struct OrderStats {
  std::uint64_t slow_paths = 0;  // requests that none of the caches knew
  std::uint32_t nodes = 0;
  std::uint32_t edges = 0;
  std::uint32_t closing = 0;  // edges that closed a cycle when they came
};

}  // namespace zoneknot::lockcheck
