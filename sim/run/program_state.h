// One state of a program as plain values: what two executions have to agree in for the rest of one to be possible in
// the other, and who can go on from there. Taken from a Simulation at a scheduling point, or made from another state
// and a step that is known (sim/states/step_memo.h). Plain data.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "core/runtime.h"
#include "sim/run/op.h"
#include "sim/run/state_hash.h"

namespace zoneknot::sim {

// Says of a part of the world which one it is, the same in every execution.
using PartName = std::uint64_t;

// An event by what it does: the number of its slot says nothing. `label` tells events apart that do the same.
struct EventKey {
  ObjectClass object_class = ObjectClass::task;
  OpKind kind = OpKind::start;
  std::uint32_t object = 0;
  std::uint64_t label = 0;
  auto operator<=>(const EventKey&) const = default;
};

struct TaskInState {
  StateHash history;  // of all that it was handed
  Op op;              // what it is about to do; of one that has ended: did last
  bool can = false;   // ready, as far as that is not to be seen from locks and other tasks
  bool ended = false;
};

struct EventInState {
  EventKey key;
  Op op;
};

struct PartInState {
  PartName name = 0;
  StateHash hash;
};

// Who makes a step, the same in every execution that comes to the state.
struct StepActor {
  core::TaskId task = core::kNoId;  // kNoId: the event
  EventKey event{};
  auto operator<=>(const StepActor&) const = default;
};

// What could be done next.
struct StateStep {
  StepActor actor;
  Op op;
};

struct ProgramState {
  std::vector<TaskInState> tasks;     // by TaskId
  std::vector<std::uint64_t> locks;   // by LockId: lock_word()
  std::vector<std::uint64_t> cells;   // by CellId
  std::vector<PartInState> parts;     // by name
  std::vector<EventInState> events;   // by key
  std::vector<std::uint64_t> timing;  // who sleeps for how long, and the time where it counts

  static std::uint64_t lock_word(core::TaskId owner, std::uint32_t count, core::LockKind kind) {
    return static_cast<std::uint64_t>(owner) << 32U | static_cast<std::uint64_t>(count) << 1U |
           (kind == core::LockKind::recursive ? 1U : 0U);
  }
  [[nodiscard]] core::TaskId owner(core::LockId lock) const { return static_cast<core::TaskId>(locks[lock] >> 32U); }
  [[nodiscard]] bool can_take(core::TaskId task, core::LockId lock) const {
    return owner(lock) == core::kNoId || (owner(lock) == task && (locks[lock] & 1U) != 0);
  }
  [[nodiscard]] bool ready(core::TaskId task) const;
  // Zero: there is no such part.
  [[nodiscard]] StateHash part(PartName name) const;
  void set_part(PartName name, const StateHash& hash);
  void add_event(const EventInState& event);
  void remove_event(const EventKey& event);

  // By TaskId, then by key of the event.
  void steps(std::vector<StateStep>& out) const;
  // False: two events have the same key, or two parts the same name.
  [[nodiscard]] bool names_differ() const;
  [[nodiscard]] bool all_ended() const;
  [[nodiscard]] std::size_t bytes() const;

  // `room` is scratch memory.
  [[nodiscard]] StateHash key(ValueSink& room) const;
};

// False: a task that has come to a stop, or ended, might wait for ever, or others for it. Looks at waits for locks,
// ends of tasks and completions; of everything else it says false.
bool surely_goes_on(const ProgramState& state, core::TaskId task);

}  // namespace zoneknot::sim
