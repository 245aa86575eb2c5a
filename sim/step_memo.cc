#include "sim/step_memo.h"

#include <algorithm>

namespace zoneknot::sim {

void Footprint::clear() {
  told_ = true;
  looks_.clear();
  written_.clear();
  added_.clear();
  removed_.clear();
  woken_.clear();
}

void Footprint::look(Place place, std::uint64_t id) {
  if (place == Place::cell && std::ranges::find(written_, id) != written_.end()) return;
  const auto same = [&](const Look& look) { return look.place == place && look.id == id; };
  if (std::ranges::none_of(looks_, same)) looks_.push_back({place, id, 0});
}

void Footprint::write(core::CellId cell) {
  if (std::ranges::find(written_, cell) == written_.end()) written_.push_back(cell);
}

void Footprint::remove(const EventKey& event) {
  const auto own = std::ranges::find(added_, event, &EventInState::key);
  if (own != added_.end()) {
    added_.erase(own);
  } else {
    removed_.push_back(event);
  }
}

StateHash StepMemo::first(const ProgramState& state, const StateStep& step) {
  StateHash key;
  if (step.task != core::kNoId) {
    key = state.tasks[step.task].history;
    key.add(step.task);
    return key;
  }
  const EventKey& event = state.events[step.event].key;
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

void StepMemo::learn(const ProgramState& before, const StateStep& step, const Footprint& record,
                     const ProgramState& after) {
  if (!record.told()) return;
  if (bytes() > max_bytes_) clear();
  StateHash key = first(before, step);
  for (const Footprint::Look& look : record.looks()) {
    turns_.emplace(key, Turn{.place = look.place, .over = false, .id = look.id});
    take_in(key, look.place == Place::draw ? StateHash{0, look.value} : found(before, look.place, look.id));
  }
  const auto [turn, fresh] = turns_.emplace(key, Turn{.over = true, .id = results_.size()});
  if (!fresh) return;
  results_.push_back(result_of(step, record, after));
  const Result& result = results_.back();
  result_bytes_ += sizeof(Result) + (result.locks.size() + result.cells.size()) * sizeof(PlaceValue) +
                   result.parts.size() * sizeof(PartInState) + result.added.size() * sizeof(EventInState) +
                   result.removed.size() * sizeof(EventKey);
}

StepMemo::Result StepMemo::result_of(const StateStep& step, const Footprint& record, const ProgramState& after) {
  Result result;
  if (step.task != core::kNoId) result.actor = after.tasks[step.task];
  for (const Footprint::Look& look : record.looks()) {
    if (look.place == Place::lock) result.locks.push_back({look.id, after.locks[look.id]});
    if (look.place == Place::part) result.parts.push_back({look.id, after.part(look.id)});
  }
  for (const core::CellId cell : record.written()) result.cells.push_back({cell, after.cells[cell]});
  result.added = record.added();
  result.removed = record.removed();
  result.woken = record.woken();
  return result;
}

bool StepMemo::make(const StateStep& step, Draws& draws, ProgramState& state) const {
  StateHash key = first(state, step);
  for (;;) {
    const auto turn = turns_.find(key);
    if (turn == turns_.end()) return false;
    const std::uint64_t id = turn->second.id;
    if (turn->second.over) {
      apply(results_[id], step, state);
      return true;
    }
    const Place place = turn->second.place;
    take_in(key,
            place == Place::draw ? StateHash{0, draws.next(static_cast<std::uint32_t>(id))} : found(state, place, id));
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

void StepMemo::apply(const Result& result, const StateStep& step, ProgramState& state) const {
  if (step.task != core::kNoId) {
    state.tasks[step.task] = result.actor;
  }
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
