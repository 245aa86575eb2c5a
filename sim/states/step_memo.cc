#include "sim/states/step_memo.h"

namespace zoneknot::sim {

namespace {

// What a step finds is added to what its task was handed before; with this between them, nothing that a task could have
// been handed looks like what a step finds.
constexpr StateHash kBeginsHere{0x7c3f1d9b52a86e04U, 0x1b96e5d0f38a472cU};

}  // namespace

StateHash StepMemo::first(const ProgramState& state, const StepActor& actor) {
  StateHash key;
  if (actor.task != core::kNoId) {
    key = state.tasks[actor.task].history;
    key.toggle(kBeginsHere);
    key.add(actor.task);
    return key;
  }
  const EventKey& event = actor.event;
  key.add(static_cast<std::uint64_t>(event.object_class) << 8U | static_cast<std::uint64_t>(event.kind));
  key.add(event.object);
  key.add(event.label);
  return key;
}

namespace {

void take_in(StateHash& key, const StateHash& value) {
  key.add(value.high);
  key.add(value.low);
}

}  // namespace

void StepMemo::learn(const ProgramState& before, const StepActor& actor, const Footprint& footprint,
                     const ProgramState& after) {
  if (!footprint.told()) return;
  if (bytes() > max_bytes_) clear();
  StateHash key = first(before, actor);
  for (const Footprint::Look& look : footprint.looks()) {
    turns_.emplace(key, Turn{.place = look.place, .over = false, .id = look.id});
    take_in(key, look.place == Place::draw ? StateHash{0, look.value} : found(before, look.place, look.id));
  }
  const auto [turn, fresh] = turns_.emplace(key, Turn{.over = true, .id = results_.size()});
  if (!fresh) return;
  results_.push_back(result_of(actor, footprint, after));
  const Result& result = results_.back();
  result_bytes_ += sizeof(Result) + (result.locks.size() + result.cells.size()) * sizeof(PlaceValue) +
                   result.parts.size() * sizeof(PartInState) + result.added.size() * sizeof(EventInState) +
                   result.removed.size() * sizeof(EventKey);
}

StepMemo::Result StepMemo::result_of(const StepActor& actor, const Footprint& footprint, const ProgramState& after) {
  Result result;
  if (actor.task != core::kNoId) result.task = after.tasks[actor.task];
  for (const Footprint::Look& look : footprint.looks()) {
    if (look.place == Place::lock) result.locks.push_back({look.id, after.locks[look.id]});
    if (look.place == Place::part) result.parts.push_back({look.id, after.part(look.id)});
  }
  for (const core::CellId cell : footprint.written()) result.cells.push_back({cell, after.cells[cell]});
  result.added = footprint.added();
  result.removed = footprint.removed();
  result.woken = footprint.woken();
  return result;
}

bool StepMemo::make(const StepActor& actor, const Draw& draw, ProgramState& state) const {
  StateHash key = first(state, actor);
  for (;;) {
    const auto turn = turns_.find(key);
    if (turn == turns_.end()) return false;
    const std::uint64_t id = turn->second.id;
    if (turn->second.over) {
      apply(results_[id], actor, state);
      return true;
    }
    const Place place = turn->second.place;
    take_in(key, place == Place::draw ? StateHash{0, draw(static_cast<std::uint32_t>(id))} : found(state, place, id));
  }
}

StateHash StepMemo::found(const ProgramState& state, Place place, std::uint64_t id) {
  switch (place) {
    case Place::lock:
      return {0, state.locks[id]};
    case Place::cell:
      return {0, state.cells[id]};
    case Place::part:
      return state.part(id);
    case Place::ended:
      return state.tasks[id].history;
    case Place::draw:
      break;
  }
  return {};
}

void StepMemo::apply(const Result& result, const StepActor& actor, ProgramState& state) {
  if (actor.task != core::kNoId) state.tasks[actor.task] = result.task;
  for (const PlaceValue& lock : result.locks) state.locks[lock.id] = lock.value;
  for (const PlaceValue& cell : result.cells) state.cells[cell.id] = cell.value;
  for (const PartInState& part : result.parts) state.set_part(part.name, part.hash);
  for (const EventKey& event : result.removed) state.remove_event(event);
  for (const EventInState& event : result.added) state.add_event(event);
  for (const core::TaskId task : result.woken) state.tasks[task].can = true;
}

void StepMemo::clear() {
  turns_.clear();
  results_.clear();
  result_bytes_ = 0;
}

std::uint64_t StepMemo::bytes() const {
  constexpr std::uint64_t kNode = sizeof(StateHash) + sizeof(Turn) + 2 * sizeof(void*);
  return turns_.size() * (kNode + sizeof(void*)) + result_bytes_;
}

}  // namespace zoneknot::sim
