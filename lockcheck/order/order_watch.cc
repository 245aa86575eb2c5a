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
  sets_.clear();
  slow_paths_ = 0;
  full_ = false;
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
  order.segment_mark = chain_mark(segments_.current(task)) + order.shares_mark;
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
  const bool of_lock = resource.kind != ResourceKind::condition && resource.kind != ResourceKind::pool;
  if (!of_lock || resource.object >= locks_.size()) return {};
  return lock_name(locks_[resource.object].info);
}

std::uint64_t OrderWatch::mark_of_places(const Owned& owned, core::Site site) {
  const auto mark_of_place = [](core::Site place) {
    std::uint64_t mark = place.line();
    for (const char c : std::string_view(place.file_name())) mark = chain_mark(mark ^ static_cast<unsigned char>(c));
    return mark;
  };
  std::uint64_t mark = mark_of_place(site);
  for (const HeldEntry& entry : owned.held.entries()) mark += chain_mark(mark_of_place(entry.site) + entry.lock);
  for (const HeldEntry& entry : owned.shares) mark += chain_mark(mark_of_place(entry.site) + entry.lock);
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

NodeSet OrderWatch::nodes_of(std::span<const HeldEntry> entries) {
  std::vector<NodeId> nodes;
  for (const HeldEntry& entry : entries) nodes.push_back(node_of({ResourceKind::lock, entry.lock}));
  std::ranges::sort(nodes);
  if (nodes.empty()) return {};
  std::uint64_t mark = 0;
  for (const NodeId node : nodes) mark = chain_mark(mark ^ node);
  NodeSet& known = sets_[mark];
  if (!std::ranges::equal(known, nodes)) known = NodeSet(std::move(nodes));
  return known;
}

std::uint32_t OrderWatch::walk(core::TaskId task, TaskOrder& order, const Owned& owned, ResourceRef wanted,
                               std::uint64_t wanted_mark, core::Site site) {
  if (all_pairs_known(order, owned.held, wanted_mark)) return kNoAsk;
  const std::lock_guard guard(lock_);
  ++slow_paths_;
  full_ = full_ || graph_.edges() >= kMaxEdges;
  if (full_) return kNoAsk;
  const Ask ask{.segment = segments_.current(task),
                .wanted = node_of(wanted),
                .owned = nodes_of(owned.held.entries()),
                .shared = nodes_of(owned.shares),
                .site = site};
  for (const HeldEntry& entry : owned.held.entries()) {
    if (!add_edge(task, entry, wanted, ask)) continue;
    const std::uint64_t pair = ChainCache::key_of(locks_[entry.lock].mark, order.segment_mark, wanted_mark);
    if (order.pairs.find(pair) == nullptr) order.pairs.add(pair, kNoAsk);
  }
  add_edges_of_readers(task, owned, wanted, ask);
  if (!every_wait_counts() || asks_.size() >= kMaxAsks) return kNoAsk;
  asks_.push_back(ask);
  return static_cast<std::uint32_t>(asks_.size() - 1);
}

Sighting OrderWatch::sighting_of(core::TaskId task, const Ask& ask, core::Site owned_at) const {
  return {.task = task,
          .segment = ask.segment,
          .owned = ask.owned,
          .owned_at = owned_at,
          .asked_at = ask.site,
          .shared = ask.shared};
}

// True: the graph has learnt all it can from this task about this edge.
bool OrderWatch::add_edge(core::TaskId task, const HeldEntry& owned, ResourceRef wanted, const Ask& ask) {
  const EdgeId edge =
      graph_.add_edge(node_of({ResourceKind::lock, owned.lock}), ask.wanted, sighting_of(task, ask, owned.site));
  if (wanted.kind == ResourceKind::lock || wanted.kind == ResourceKind::whole) {
    classes_.nested(locks_[owned.lock].info, locks_[wanted.object].info, owned.site, ask.site);
  }
  return graph_.knows_all(edge, task, ask.segment);
}

// --- Reader-writer locks ---------------------------------------------------------------------------------------------

// Two of their nodes tell what readers and what writers wait for, and a third one that readers wait for a writer who
// merely waits: then a circle of waits is one of the graph whatever the modes.

bool OrderWatch::is_shared(core::LockId lock) const { return locks_[lock].info.readers != core::Readers::none; }

void OrderWatch::shares_changed(TaskOrder& order, core::LockId lock, bool has) {
  const std::uint64_t mark = mark_of({ResourceKind::whole, lock});
  order.shares_mark += has ? mark : 0 - mark;
  order.segment_mark += has ? mark : 0 - mark;
}

void OrderWatch::requested_share(core::TaskId task, TaskOrder& order, const Owned& owned, core::LockId lock,
                                 core::Site site) {
  const ResourceRef whole{ResourceKind::whole, lock};
  ask(task, order, owned, whole, mark_of(whole), site);
  if (locks_[lock].info.readers != core::Readers::after_writers) return;
  const ResourceRef turn{ResourceKind::turn, lock};
  ask(task, order, owned, turn, mark_of(turn), site);
}

void OrderWatch::add_edges_of_readers(core::TaskId task, const Owned& owned, ResourceRef wanted, const Ask& ask) {
  for (const HeldEntry& entry : owned.held.entries()) {
    if (!is_shared(entry.lock)) continue;
    graph_.add_edge(node_of({ResourceKind::whole, entry.lock}), ask.wanted, sighting_of(task, ask, entry.site));
  }
  for (const HeldEntry& entry : owned.shares) {
    graph_.add_edge(node_of({ResourceKind::lock, entry.lock}), ask.wanted, sighting_of(task, ask, entry.site));
    if (wanted.kind != ResourceKind::lock) continue;
    classes_.nested(locks_[entry.lock].info, locks_[wanted.object].info, entry.site, ask.site);
  }
  const bool keeps_readers_out =
      wanted.kind == ResourceKind::lock && locks_[wanted.object].info.readers == core::Readers::after_writers;
  if (!keeps_readers_out) return;
  graph_.add_edge(node_of({ResourceKind::turn, wanted.object}), ask.wanted, sighting_of(task, ask, ask.site));
}

// --- Condition variables ---------------------------------------------------------------------------------------------

void OrderWatch::waits_for_condition(core::TaskId task, TaskOrder& order, const Owned& owned,
                                     core::ConditionId condition, core::Site site) {
  const ResourceRef wanted{ResourceKind::condition, condition};
  ask(task, order, owned, wanted, mark_of(wanted), site);
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
    const bool lock = kind == ResourceKind::lock || kind == ResourceKind::whole;
    if (ask.wanted == resource || (!lock && !(of_units && kind == ResourceKind::pool))) continue;
    needs.insert(ask.wanted);
    graph_.add_edge(resource, ask.wanted, sighting_of(task, ask, owned_at));
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

void OrderWatch::requested_unit(core::TaskId task, TaskOrder& order, const Owned& owned, core::SemaphoreId pool,
                                core::Site site) {
  const ResourceRef wanted{ResourceKind::pool, pool};
  ask(task, order, owned, wanted, mark_of(wanted), site);
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

PredictedWait OrderWatch::described(const CycleLink& link) const {
  const OrderEdge& edge = graph_.edge(link.edge);
  const Sighting& sighting = edge.sightings[link.sighting];
  PredictedWait wait{.task = sighting.task,
                     .owns = resources_[edge.from].what,
                     .waits_for = resources_[edge.to].what,
                     .owned_at = sighting.owned_at,
                     .asked_at = sighting.asked_at};
  wait.owns.shared = std::ranges::binary_search(sighting.shared, edge.from);
  if (wait.owns.kind == ResourceKind::whole) wait.owns.kind = ResourceKind::lock;
  wait.waits_for.shared = wait.waits_for.kind == ResourceKind::whole || wait.waits_for.kind == ResourceKind::turn;
  if (wait.waits_for.shared) wait.waits_for.kind = ResourceKind::lock;
  return wait;
}

PredictedDeadlock OrderWatch::described(const std::vector<CycleLink>& cycle) const {
  PredictedDeadlock deadlock;
  std::set<NodeId> owned;
  std::set<core::LockId> part_of_it;
  for (const CycleLink& link : cycle) {
    const OrderEdge& edge = graph_.edge(link.edge);
    deadlock.waits.push_back(described(link));
    const Sighting& sighting = edge.sightings[link.sighting];
    owned.insert(sighting.owned.begin(), sighting.owned.end());
    owned.insert(sighting.shared.begin(), sighting.shared.end());
    const ResourceRef& what = deadlock.waits.back().owns;
    if (what.kind == ResourceKind::lock) part_of_it.insert(what.object);
  }
  // A circle is told in one way, whichever of its edges came last.
  const auto by_task = [](const PredictedWait& a, const PredictedWait& b) { return a.task < b.task; };
  std::vector<PredictedWait>& waits = deadlock.waits;
  std::rotate(waits.begin(), std::min_element(waits.begin(), waits.end(), by_task), waits.end());
  for (const NodeId node : owned) {
    const core::LockId lock = resources_[node].what.object;
    if (!part_of_it.contains(lock)) deadlock.gates.push_back(lock);
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
  predictions.complete = found.complete && !full_;
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
