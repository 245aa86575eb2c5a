#include "lockcheck/offline/trace_order.h"

#include <algorithm>
#include <cassert>

namespace zoneknot::lockcheck {

void TraceOrder::grow(core::TaskId task) {
  if (task < lengths_.size()) return;
  lengths_.resize(task + 1);
  steps_.resize(task + 1);
}

void TraceOrder::need(Position event, Position earlier, Tie tie, std::uint32_t note) {
  if (event.task == earlier.task) return;
  grow(event.task);
  assert(steps_[event.task].empty() || steps_[event.task].back().at <= event.at);
  steps_[event.task].push_back(
      {.at = event.at, .other = earlier.task & 0xffffffU, .tie = tie, .what = earlier.at, .note = note});
}

std::uint32_t TraceOrder::begin_section(Position event, core::LockId lock, std::uint32_t where, Tie tie) {
  const auto section = static_cast<std::uint32_t>(sections_.size());
  sections_.push_back({.lock = lock, .taken = event, .where = where});
  steps_[event.task].push_back({.at = event.at, .tie = tie, .what = section});
  return section;
}

const CriticalSection* TraceOrder::section_around(Position position, core::LockId lock) const {
  const std::vector<Step>& steps = steps_[position.task];
  auto step = std::ranges::lower_bound(steps, position.at, {}, &Step::at);
  while (step != steps.begin()) {
    --step;
    const bool section = step->tie == Tie::section || step->tie == Tie::share;
    if (!section || sections_[step->what].lock != lock) continue;
    return &sections_[step->what];
  }
  return nullptr;
}

std::optional<std::uint32_t> data_between(const TraceOrder& order, Position first, Position last) {
  // Reached backwards, each from the one that it was reached by.
  struct Reached {
    core::TaskId task = 0;
    std::uint32_t length = 0;  // of the task's events, that come before `last`
    std::size_t from = 0;
    const TraceOrder::Step* by = nullptr;
  };
  std::vector<Reached> reached{{.task = last.task, .length = last.at}};
  std::vector<std::uint32_t> lengths(order.tasks(), 0);
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const Reached at = reached[i];
    if (at.task == first.task && at.length > first.at) {
      std::optional<std::uint32_t> nearest;
      for (std::size_t back = i; reached[back].by != nullptr; back = reached[back].from) {
        if (reached[back].by->tie == Tie::data) nearest = reached[back].by->note;
      }
      return nearest;
    }
    for (const TraceOrder::Step& step : order.steps(at.task)) {
      if (step.at >= at.length) break;
      if (step.tie != Tie::fork && step.tie != Tie::join && step.tie != Tie::data) continue;
      if (lengths[step.other] > step.what) continue;
      lengths[step.other] = step.what + 1;
      reached.push_back({.task = step.other, .length = step.what + 1, .from = i, .by = &step});
    }
  }
  return std::nullopt;
}

}  // namespace zoneknot::lockcheck
