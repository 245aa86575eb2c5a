#include "lockcheck/order/order_watch.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "lockcheck/text/lock_name.h"

namespace zoneknot::lockcheck {
namespace {

// Marks of resources that are no locks, for keys of chains.
std::uint64_t mark_of(ResourceRef resource) {
  return chain_mark(std::uint64_t{static_cast<std::uint8_t>(resource.kind)} << 32U | resource.object);
}

// A hash of what a task has asked for since a moment of its own.
std::uint64_t hash_since(const TaskOrder& order, std::uint64_t since) {
  std::uint64_t hash = order.segment_mark;
  order.chains.for_each([&](const ChainCache::Entry& entry) {
    if (entry.last > since) hash += chain_mark(entry.key);
  });
  return hash;
}

}  // namespace

void OrderWatch::set_on(bool on, bool over_runs) {
  on_ = on;
  over_runs_ = over_runs;
  clear();
}

void OrderWatch::clear() {
  counts_from_.store(on_ ? 1 : UINT32_MAX, std::memory_order_relaxed);
  segments_.clear();
  graph_.clear();
  classes_.clear();
  resources_.clear();
  for (std::vector<NodeId>& nodes : nodes_) nodes.clear();
  asks_.clear();
  slow_paths_ = 0;
}

void OrderWatch::begin_run() {
  if (!on_) return;
  if (!over_runs_) return clear();
  counts_from_.store(1, std::memory_order_relaxed);
  segments_.next_run();
  asks_.clear();  // the tasks' caches, which know their numbers, have been cleared too
}

// --- Tasks -----------------------------------------------------------------------------------------------------------

void OrderWatch::forked(core::TaskId parent, core::TaskId child) {
  const std::lock_guard guard(lock_);
  segments_.forked(parent, child);
}

void OrderWatch::joined(core::TaskId task, core::TaskId other) {
  const std::lock_guard guard(lock_);
  segments_.joined(task, other);
}

void OrderWatch::begin_segment(core::TaskId task, TaskOrder& order) {
  const std::lock_guard guard(lock_);
  order.segment_mark = chain_mark(segments_.current(task));
}

// --- What is new -----------------------------------------------------------------------------------------------------

NodeId OrderWatch::node_of(ResourceRef resource) {
  std::vector<NodeId>& known = nodes_.at(static_cast<std::size_t>(resource.kind));
  if (resource.object >= known.size()) known.resize(resource.object + 1, core::kNoId);
  if (known[resource.object] == core::kNoId || !is_still(known[resource.object])) {
    known[resource.object] = graph_.add_node();
    resources_.push_back({.what = resource, .lock = name_if_lock(resource)});
  }
  return known[resource.object];
}

// Another run may have given the number to another lock.
bool OrderWatch::is_still(NodeId node) const {
  if (!over_runs_) return true;
  const ResourceRef what = resources_[node].what;
  return nodes_.at(static_cast<std::size_t>(what.kind))[what.object] == node &&
         resources_[node].lock == name_if_lock(what);
}

std::string OrderWatch::name_if_lock(ResourceRef resource) const {
  if (resource.kind != ResourceKind::lock || resource.object >= locks_.size()) return {};
  return lock_name(locks_[resource.object].info);
}

std::uint64_t OrderWatch::mark_of_places(const HeldSet& held, core::Site site) {
  const auto mark_of_place = [](core::Site place) {
    std::uint64_t mark = place.line();
    for (const char c : std::string_view(place.file_name())) mark = chain_mark(mark ^ static_cast<unsigned char>(c));
    return mark;
  };
  std::uint64_t mark = mark_of_place(site);
  for (const HeldEntry& entry : held.entries()) mark += chain_mark(mark_of_place(entry.site) + entry.lock);
  return mark;
}

// The edges of a request say nothing new if the graph knows all about each.
bool OrderWatch::all_pairs_known(TaskOrder& order, const HeldSet& held, std::uint64_t wanted_mark) const {
  if (over_runs_ || every_wait_counts()) return false;
  return std::all_of(held.entries().begin(), held.entries().end(), [&](const HeldEntry& entry) {
    const std::uint64_t pair = ChainCache::key_of(locks_[entry.lock].mark, order.segment_mark, wanted_mark);
    return order.pairs.find(pair) != nullptr;
  });
}

std::uint32_t OrderWatch::walk(core::TaskId task, TaskOrder& order, const HeldSet& held, ResourceRef wanted,
                               std::uint64_t wanted_mark, core::Site site) {
  if (all_pairs_known(order, held, wanted_mark)) return kNoAsk;
  const std::lock_guard guard(lock_);
  ++slow_paths_;
  Ask ask{.segment = segments_.current(task), .wanted = node_of(wanted), .site = site};
  for (const HeldEntry& entry : held.entries()) ask.owned.push_back(node_of({ResourceKind::lock, entry.lock}));
  std::sort(ask.owned.begin(), ask.owned.end());
  for (const HeldEntry& entry : held.entries()) {
    if (!add_edge(task, entry, wanted, ask)) continue;
    const std::uint64_t pair = ChainCache::key_of(locks_[entry.lock].mark, order.segment_mark, wanted_mark);
    if (order.pairs.find(pair) == nullptr) order.pairs.add(pair, kNoAsk);
  }
  if (!every_wait_counts() || asks_.size() >= kMaxAsks) return kNoAsk;
  asks_.push_back(std::move(ask));
  return static_cast<std::uint32_t>(asks_.size() - 1);
}

// True: the graph has learnt all it can from this task about this edge.
bool OrderWatch::add_edge(core::TaskId task, const HeldEntry& owned, ResourceRef wanted, const Ask& ask) {
  const EdgeId edge = graph_.add_edge(
      node_of({ResourceKind::lock, owned.lock}), ask.wanted,
      {.task = task, .segment = ask.segment, .owned = ask.owned, .owned_at = owned.site, .asked_at = ask.site});
  if (wanted.kind == ResourceKind::lock) {
    classes_.nested(locks_[owned.lock].info, locks_[wanted.object].info, owned.site, ask.site);
  }
  return graph_.knows_all(edge, task, ask.segment);
}

// --- Condition variables ---------------------------------------------------------------------------------------------

void OrderWatch::waits_for_condition(core::TaskId task, TaskOrder& order, const HeldSet& held,
                                     core::ConditionId condition, core::Site site) {
  const ResourceRef wanted{ResourceKind::condition, condition};
  ask(task, order, held, wanted, mark_of(wanted), site);
}

void OrderWatch::signalled(core::TaskId task, TaskOrder& order, core::ConditionId condition, core::Site site) {
  woke(task, order, {ResourceKind::condition, condition}, site);
}

std::vector<NodeId> OrderWatch::add_needs(core::TaskId task, const TaskOrder& order, NodeId resource,
                                          std::uint64_t since, core::Site owned_at) {
  std::vector<std::uint32_t> asked;
  order.chains.for_each([&](const ChainCache::Entry& entry) {
    if (entry.last > since && entry.ask != kNoAsk) asked.push_back(entry.ask);
  });
  std::sort(asked.begin(), asked.end());
  std::set<NodeId> needs;
  for (const std::uint32_t number : asked) {
    const Ask& ask = asks_[number];
    // What makes a condition true is no lock that one could lack, and a unit made elsewhere is no different.
    const bool of_units =
        resources_[resource].what.kind == ResourceKind::pool && resources_[resource].wakers.owned_units();
    const ResourceKind kind = resources_[ask.wanted].what.kind;
    if (ask.wanted == resource || (kind != ResourceKind::lock && !(of_units && kind == ResourceKind::pool))) continue;
    needs.insert(ask.wanted);
    graph_.add_edge(
        resource, ask.wanted,
        {.task = task, .segment = ask.segment, .owned = ask.owned, .owned_at = owned_at, .asked_at = ask.site});
  }
  return {needs.begin(), needs.end()};
}

// Needs that are those of the last time are no news.
void OrderWatch::woke(core::TaskId task, TaskOrder& order, ResourceRef resource, core::Site site) {
  const std::uint64_t mark = mark_of(resource);
  auto last = std::find_if(order.wakes.begin(), order.wakes.end(),
                           [mark](const LastWake& wake) { return wake.resource == mark; });
  const bool first = last == order.wakes.end();
  if (first) last = order.wakes.insert(last, {.resource = mark});
  const std::uint64_t since = std::exchange(last->asked, order.asked);
  const std::uint64_t hash = hash_since(order, since);
  if (std::exchange(last->needs, hash) == hash && !first) return;
  const std::lock_guard guard(lock_);
  const NodeId node = node_of(resource);
  resources_[node].wakers.woke(task, add_needs(task, order, node, since, site));
}

// --- Pools -----------------------------------------------------------------------------------------------------------

void OrderWatch::pool_created(core::SemaphoreId pool, std::uint32_t units) {
  has_wakers();
  const std::lock_guard guard(lock_);
  resources_[node_of({ResourceKind::pool, pool})].wakers.set_capacity(units);
}

void OrderWatch::requested_unit(core::TaskId task, TaskOrder& order, const HeldSet& held, core::SemaphoreId pool,
                                core::Site site) {
  const ResourceRef wanted{ResourceKind::pool, pool};
  ask(task, order, held, wanted, mark_of(wanted), site);
}

void OrderWatch::released_own_units(core::TaskId task, const TaskOrder& order, const UnitsOwned& owned) {
  const std::lock_guard guard(lock_);
  const NodeId node = node_of({ResourceKind::pool, owned.semaphore});
  if (!resources_[node].wakers.owned_units()) return;
  const std::vector<NodeId> needs = add_needs(task, order, node, owned.since, owned.taken_at);
  resources_[node].wakers.released_own(task, owned.units, needs);
}

void OrderWatch::released_foreign_units(core::TaskId task, TaskOrder& order, core::SemaphoreId pool, core::Site site) {
  const ResourceRef resource{ResourceKind::pool, pool};
  {
    const std::lock_guard guard(lock_);
    resources_[node_of(resource)].wakers.released_foreign();
  }
  woke(task, order, resource, site);
}

// --- What follows from it --------------------------------------------------------------------------------------------

PredictedDeadlock OrderWatch::described(const std::vector<CycleLink>& cycle) const {
  PredictedDeadlock deadlock;
  std::set<NodeId> owned, part_of_it;
  for (const CycleLink& link : cycle) {
    const OrderEdge& edge = graph_.edge(link.edge);
    const Sighting& sighting = edge.sightings[link.sighting];
    deadlock.waits.push_back({.task = sighting.task,
                              .owns = resources_[edge.from].what,
                              .waits_for = resources_[edge.to].what,
                              .owned_at = sighting.owned_at,
                              .asked_at = sighting.asked_at});
    owned.insert(sighting.owned.begin(), sighting.owned.end());
    part_of_it.insert(edge.from);
  }
  // A circle is told in one way, whichever of its edges came last.
  const auto by_task = [](const PredictedWait& a, const PredictedWait& b) { return a.task < b.task; };
  std::vector<PredictedWait>& waits = deadlock.waits;
  std::rotate(waits.begin(), std::min_element(waits.begin(), waits.end(), by_task), waits.end());
  for (const NodeId node : owned) {
    if (!part_of_it.contains(node)) deadlock.gates.push_back(resources_[node].what.object);
  }
  return deadlock;
}

OrderPredictions OrderWatch::predictions() const {
  const std::lock_guard guard(lock_);
  OrderPredictions predictions;
  const PredictedCycles found = predicted_cycles({graph_, resources_, segments_});
  for (const std::vector<CycleLink>& cycle : found.cycles) {
    const bool of_this_run = std::all_of(
        cycle.begin(), cycle.end(), [this](const CycleLink& link) { return is_still(graph_.edge(link.edge).from); });
    if (of_this_run) predictions.deadlocks.push_back(described(cycle));
  }
  predictions.complete = found.complete;
  predictions.class_lines = classes_.lines();
  predictions.class_edges = classes_.edges();
  return predictions;
}

OrderStats OrderWatch::stats() const {
  const std::lock_guard guard(lock_);
  return {.slow_paths = slow_paths_,
          .nodes = graph_.nodes(),
          .edges = graph_.edges(),
          .closing = static_cast<std::uint32_t>(graph_.closing().size())};
}

}  // namespace zoneknot::lockcheck
