#include "sim/run/simulation.h"

#include <fmt/core.h>

namespace zoneknot::sim {

Outcome Simulation::run(const std::function<void()>& main, Strategy& strategy, const ExecutionOptions& options) {
  begin(strategy, options);
  locks_.clear();
  cells_.clear();
  time_.clear();
  waits_.clear();
  execute(main);
  const bool cut = outcome().kind == OutcomeKind::cut || outcome().cut_after_hang;
  if (cut && tracking()) outcome().cut_state = state_key(clock_read());
  return finish();
}

// Not in line: a caller that could see these would carry a copy of each beside the call.
void Simulation::do_lock(core::LockId lock, core::Site site) { locks_.lock(lock, site); }
bool Simulation::do_try_lock(core::LockId lock, core::Site site) { return locks_.try_lock(lock, site); }
void Simulation::do_unlock(core::LockId lock, core::Site site) noexcept { locks_.unlock(lock, site); }

core::TaskId Simulation::do_spawn(std::string name, std::function<void()> body, core::Site site) {
  if (abandoned()) {
    give_up();
    return core::kNoId;
  }
  if (!about_to_create(ObjectClass::task, site)) return core::kNoId;
  Task& task = new_task(name, site);
  note_created(ObjectClass::task);
  task.created_by_first = running().id == 0 ? created_by_first() : running().created_by_first;
  task.body = std::move(body);
  watch().task_started(task.id, name);
  watch().task_forked(running().id, task.id, site);
  add_to_history(task.id);
  return task.id;
}

void Simulation::do_join(core::TaskId id, core::Site site) {
  if (abandoned()) return give_up();
  if (id >= task_count()) refuse(fmt::format("joins task {}, and there are {}", id, task_count()), site);
  Task& self = running();
  Task& other = task(id);
  const bool ready = other.ended;
  if (!ready) {
    watch().wait_began(self.id, {core::WaitKind::join, id, true}, site);
    link(other.first_joiner, self);
  }
  if (!pass({OpKind::join, ObjectClass::task, true, id, site}, ready)) return;
  if (!ready) {
    unlink(other.first_joiner, self);
    watch().wait_ended(self.id);
  }
  // From here on it may read whatever that task has left.
  if (Footprint* footprint = states().footprint()) footprint->look_at_ended(id);
  add_to_history(other.history.high);
  add_to_history(other.history.low);
  watch().task_joined(self.id, id, site);
  note_joined(other);
}

namespace {

// What a task tells of itself at a place.
StateHash told_at(core::Site site, const core::LiveState& live, const core::Mark& since) {
  StateHash place = StateHash::of(since);
  place.add(std::string_view(site.file_name()));
  place.add(site.line());
  HashSink sink(place);
  live.describe(sink);
  return sink.hash();
}

// A task is about to make a step of its checkpoint, and not yet of what comes behind it.
constexpr std::uint64_t kAtCheckpoint = 1;

}  // namespace

// From here on the task is what it tells of itself.
void Simulation::do_landmark(const core::LiveState& live, const core::Mark& since, core::Site site) {
  if (!tracking() || abandoned()) return;
  running().history = told_at(site, live, since);
}

// A scheduling point only for a task that has come from one checkpoint to the next without any: it may be waiting for
// what others do, or never end. Behind it the task is the same, whether it was one or not.
void Simulation::do_checkpoint(const core::LiveState* live, const core::Mark& since, core::Site site) {
  if (abandoned()) return give_up();
  StateHash told = running().history;
  if (live == nullptr) {
    outcome().bare_checkpoints = true;
  } else if (tracking()) {
    running().history = told = told_at(site, *live, since);
  }
  const Op op{OpKind::checkpoint, ObjectClass::task, true, running().id, site};
  if (running().op.kind != OpKind::checkpoint) {
    running().op = op;
    beat();
    return;
  }
  add_to_history(kAtCheckpoint);
  if (pass(op, true) && live != nullptr && tracking()) running().history = told;
}

}  // namespace zoneknot::sim
