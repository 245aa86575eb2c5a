// A number for the Mazurkiewicz trace of one execution: equal for executions that differ only in the order of steps
// that do not touch each other (dependent() of sim/run/op.h), different, but for a chance of 2^-64, for all others.
// Told of each step by a Simulation; reused from execution to execution; used by one thread.
//
// A step's own number is made of the steps before it that it depends on: the last one of its actor, and the last ones
// on its object. The trace's is their sum, in which the order is lost.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/actor_table.h"
#include "sim/run/op.h"

namespace zoneknot::sim {

class TraceHash {
 public:
  void clear();
  void step(ActorId actor, const Op& op);
  // An event was added by a task that is in the middle of a step. Its slot is used again after it, so it is known by
  // who added it, and when.
  void event_added(ActorId event, core::TaskId by);
  [[nodiscard]] std::uint64_t value() const { return sum_; }

 private:
  // The last steps on an object: the last one that changed it, and the sum of those since that only read it. Of a
  // device, also the sums of all steps on its zones since then.
  struct Object {
    std::uint64_t change = 0;
    std::uint64_t reads = 0;
    std::uint64_t zone_changes = 0;
    std::uint64_t zone_reads = 0;
  };
  struct Slot {
    std::uint64_t key = 0;
    std::uint64_t execution = 0;  // whose; of an earlier one: free
    Object object;
  };

  [[nodiscard]] std::uint64_t before(const Op& op);
  void after(const Op& op, std::uint64_t step);
  Object& object(ObjectClass object_class, std::uint32_t id);
  Object& device_of(const Op& zone_op);
  std::size_t find(std::uint64_t key) const;
  void grow();

  ActorTable<std::uint64_t> last_;   // step of each actor
  ActorTable<std::uint64_t> added_;  // how many events each task has added
  std::vector<Slot> slots_;          // open addressing; a power of two, less than half in use
  std::size_t used_ = 0;
  std::uint64_t execution_ = 1;
  std::uint64_t sum_ = 0;
};

}  // namespace zoneknot::sim
