#include "lockcheck/order/wakers.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace zoneknot::lockcheck {
namespace {

bool has_node(const std::vector<NodeId>& nodes, NodeId node) {
  return std::binary_search(nodes.begin(), nodes.end(), node);
}

}  // namespace

Wakers::Waker& Wakers::of(core::TaskId task) {
  for (Waker& waker : wakers_) {
    if (waker.task == task) return waker;
  }
  wakers_.push_back({.task = task});
  return wakers_.back();
}

void Wakers::woke(core::TaskId task, std::vector<NodeId> needs) {
  Waker& waker = of(task);
  if (!std::exchange(waker.woke, true)) {
    waker.every_time = std::move(needs);
    return;
  }
  std::erase_if(waker.every_time, [&](NodeId node) { return !has_node(needs, node); });
}

void Wakers::released_own(core::TaskId task, std::uint32_t units, const std::vector<NodeId>& needs) {
  Waker& waker = of(task);
  waker.most_units = std::max(waker.most_units, units);
  std::vector<NodeId> all;
  std::set_union(waker.owning.begin(), waker.owning.end(), needs.begin(), needs.end(), std::back_inserter(all));
  waker.owning = std::move(all);
}

bool Wakers::needs(core::TaskId task, NodeId needed) const {
  const auto waker =
      std::find_if(wakers_.begin(), wakers_.end(), [task](const Waker& other) { return other.task == task; });
  if (waker == wakers_.end()) return false;
  return has_node(owned_units() ? waker->owning : waker->every_time, needed);
}

bool Wakers::all_need(core::TaskId waiter, NodeId needed, std::span<const core::TaskId> stopped) const {
  if (!owned_units()) {
    return std::all_of(wakers_.begin(), wakers_.end(), [&](const Waker& waker) {
      return waker.task == waiter || !waker.woke || has_node(waker.every_time, needed) ||
             std::find(stopped.begin(), stopped.end(), waker.task) != stopped.end();
    });
  }
  // The wait is for ever only if every unit can be with somebody who needs it.
  std::uint64_t units = 0;
  for (const Waker& waker : wakers_) {
    if (waker.task != waiter && has_node(waker.owning, needed)) units += waker.most_units;
  }
  return units >= capacity_;
}

}  // namespace zoneknot::lockcheck
