// The order checker of a run: learns from every request what is waited for by the owner of what, and predicts from a
// run that did not hang the deadlocks that another schedule could have. A LockWatch owns it, tells it of each event
// after its own bookkeeping, and keeps a TaskOrder in each task's record; calls about one task come one at a time.
// Different tasks may call at the same time: what was seen before is answered from the task's own caches, what is new
// goes into the graph under a lock of its own. docs/lock-order.md says what it finds and when it is silent.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/lock_observer.h"
#include "lockcheck/held/held_set.h"
#include "lockcheck/held/units_owned.h"
#include "lockcheck/order/class_order.h"
#include "lockcheck/order/order_cycles.h"
#include "lockcheck/order/order_graph.h"
#include "lockcheck/order/order_prediction.h"
#include "lockcheck/order/task_order.h"
#include "lockcheck/order/task_segments.h"

namespace zoneknot::lockcheck {

// What a task has at one moment.
struct Owned {
  const HeldSet& held;
  std::span<const HeldEntry> shares;  // of reader-writer locks
};

class OrderWatch {
 public:
  explicit OrderWatch(const StableVector<LockRecord>& locks) : locks_(locks) {}

  // Forgets everything as well. Off: it is not to be told of anything, and knows() all. Over runs: each run adds to
  // what is known, and the same chain of locks counts once more for every place where it is asked for.
  void set_on(bool on, bool over_runs);
  [[nodiscard]] bool on() const { return on_; }
  // Forgets the last run, or what is of no use over runs.
  void begin_run();

  // `parent` is kNoId as long as nobody has told who forked the task.
  void forked(core::TaskId parent, core::TaskId child);
  void joined(core::TaskId task, core::TaskId other);
  // To be called for every task that forked() or joined() was about.
  void begin_segment(core::TaskId task, TaskOrder& order);

  // The task asks for a lock that it does not own, and that says nothing new: requested() need not be called. False: it
  // may say something.
  [[nodiscard]] bool knows(TaskOrder& order, const HeldSet& held, std::uint64_t wanted_mark) const {
    if (held.size() < counts_from_.load(std::memory_order_relaxed)) return true;
    ChainCache::Entry* entry = order.chains.find(ChainCache::key_of(held.mark(), order.segment_mark, wanted_mark));
    if (entry == nullptr) return false;
    entry->last = ++order.asked;
    return true;
  }
  // The task is about to wait for a lock that it does not own, if the lock is not free.
  void requested(core::TaskId task, TaskOrder& order, const Owned& owned, core::LockId lock, core::Site site) {
    if (owned.held.size() < counts_from_.load(std::memory_order_relaxed)) return;
    ask(task, order, owned, {ResourceKind::lock, lock}, locks_[lock].mark, site);
  }
  // The task is about to wait for a share. Nobody owns the lock, or another task does.
  void requested_share(core::TaskId task, TaskOrder& order, const Owned& owned, core::LockId lock, core::Site site);
  // The task has come to have a share, its first of that lock, or has given the last one back.
  static void shares_changed(TaskOrder& order, core::LockId lock, bool has);
  // The task begins to wait for a condition variable without a time-out, and has given its lock back.
  void waits_for_condition(core::TaskId task, TaskOrder& order, const Owned& owned, core::ConditionId condition,
                           core::Site site);
  // `task` signals it.
  void signalled(core::TaskId task, TaskOrder& order, core::ConditionId condition, core::Site site);

  // The program has condition variables, pools or reader-writer locks: from here on every wait counts.
  void has_wakers() { counts_from_.store(0, std::memory_order_relaxed); }
  void pool_created(core::SemaphoreId pool, std::uint32_t units);
  // The task is about to wait for a unit, without a time-out, if there is none.
  void requested_unit(core::TaskId task, TaskOrder& order, const Owned& owned, core::SemaphoreId pool, core::Site site);
  // The task gives back units that it owns, of a pool; `owned`: all that it owned.
  void released_own_units(core::TaskId task, const TaskOrder& order, const UnitsOwned& owned);
  // The task gives back units that it has not taken: one task makes them and another one takes them, as with events.
  void released_foreign_units(core::TaskId task, TaskOrder& order, core::SemaphoreId pool, core::Site site);

  // At any time; no task's record is looked at. Over runs: what is about locks of the last one.
  [[nodiscard]] OrderPredictions predictions() const;
  [[nodiscard]] OrderStats stats() const;

 private:
  void clear();

  static constexpr std::uint32_t kNoAsk = UINT32_MAX;
  // Edges of the graph, a few hundred bytes each; a task that owns 1,400 locks one in the other makes so many. Nothing
  // is noted after, and predictions are not complete.
  static constexpr std::uint32_t kMaxEdges = 1U << 20U;
  // More chains are not remembered for those that end others' waits.
  static constexpr std::size_t kMaxAsks = std::size_t{1} << 16U;

  // A chain that was walked: who waited for what, owning what.
  struct Ask {
    SegmentId segment = 0;
    NodeId wanted = 0;
    NodeSet owned{};
    NodeSet shared{};
    core::Site site{};
  };

  void ask(core::TaskId task, TaskOrder& order, const Owned& owned, ResourceRef wanted, std::uint64_t wanted_mark,
           core::Site site) {
    std::uint64_t key = ChainCache::key_of(owned.held.mark(), order.segment_mark, wanted_mark);
    if (over_runs_) key += mark_of_places(owned, site);
    ChainCache::Entry* entry = order.chains.find(key);
    if (entry == nullptr) entry = &order.chains.add(key, walk(task, order, owned, wanted, wanted_mark, site));
    entry->last = ++order.asked;
  }

  [[nodiscard]] NodeSet nodes_of(std::span<const HeldEntry> entries);
  [[nodiscard]] bool every_wait_counts() const { return counts_from_.load(std::memory_order_relaxed) == 0; }
  static std::uint64_t mark_of_places(const Owned& owned, core::Site site);
  std::uint32_t walk(core::TaskId task, TaskOrder& order, const Owned& owned, ResourceRef wanted,
                     std::uint64_t wanted_mark, core::Site site);
  NodeId node_of(ResourceRef resource);
  [[nodiscard]] bool is_still(NodeId node) const;
  [[nodiscard]] std::string name_if_lock(ResourceRef resource) const;
  [[nodiscard]] bool is_shared(core::LockId lock) const;
  bool add_edge(core::TaskId task, const HeldEntry& owned, ResourceRef wanted, const Ask& ask);
  void add_edges_of_readers(core::TaskId task, const Owned& owned, ResourceRef wanted, const Ask& ask);
  [[nodiscard]] Sighting sighting_of(core::TaskId task, const Ask& ask, core::Site owned_at) const;
  [[nodiscard]] PredictedWait described(const CycleLink& link) const;
  [[nodiscard]] bool all_pairs_known(TaskOrder& order, const HeldSet& held, std::uint64_t wanted_mark) const;
  [[nodiscard]] PredictedDeadlock described(const std::vector<CycleLink>& cycle) const;
  // Adds the edges from a resource to what `task` had asked for since `since`, as far as it counts. The nodes,
  // ascending.
  std::vector<NodeId> add_needs(core::TaskId task, const TaskOrder& order, NodeId resource, std::uint64_t since,
                                core::Site owned_at);
  void woke(core::TaskId task, TaskOrder& order, ResourceRef resource, core::Site site);

  const StableVector<LockRecord>& locks_;
  bool on_ = false;
  bool over_runs_ = false;
  // What a task that owns fewer locks waits for does not count.
  std::atomic<std::uint32_t> counts_from_ = UINT32_MAX;

  mutable std::mutex lock_;  // class "order": protects everything below; an event of a task may take it
  TaskSegments segments_;
  OrderGraph graph_;
  ClassOrder classes_;
  std::vector<Resource> resources_;                        // by node
  std::array<std::vector<NodeId>, kResourceKinds> nodes_;  // by ResourceKind and object; kNoId: none yet
  std::vector<Ask> asks_;
  std::unordered_map<std::uint64_t, NodeSet>
      sets_;  // seen last, by hash, so that equal ones are shared; looked up only
  std::uint64_t slow_paths_ = 0;
  bool full_ = false;  // kMaxEdges
};

}  // namespace zoneknot::lockcheck
