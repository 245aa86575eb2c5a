// Which resources were waited for by tasks that owned which others: a directed graph whose topological order is kept as
// edges come in (Pearce and Kelly 2006), so that an edge that fits the order costs next to nothing, and one that closes
// a cycle is known at once. A node is a lock, a condition variable, a pool or a class of locks; the owner of the graph
// says which. An edge remembers who was seen to make it, where, and under which other locks. Only grows, until clear().
// Not for several threads at once: its owner serialises calls.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

using NodeId = std::uint32_t;
using EdgeId = std::uint32_t;

// Some nodes, ascending. Copies share them: a task that owns many locks makes an edge from each to what it waits for.
class NodeSet {
 public:
  NodeSet() = default;
  NodeSet(std::initializer_list<NodeId> nodes) : NodeSet(std::vector<NodeId>(nodes)) {}
  explicit NodeSet(std::vector<NodeId> nodes);

  [[nodiscard]] const NodeId* begin() const { return nodes_ == nullptr ? nullptr : nodes_->data(); }
  [[nodiscard]] const NodeId* end() const { return begin() + size(); }
  [[nodiscard]] std::size_t size() const { return nodes_ == nullptr ? 0 : nodes_->size(); }
  [[nodiscard]] bool includes(const NodeSet& some) const;

 private:
  std::shared_ptr<const std::vector<NodeId>> nodes_;  // null: there are none
};

// One way in which an edge was made: a task owned `from` and waited for `to`.
struct Sighting {
  core::TaskId task = core::kNoId;
  std::uint32_t segment = 0;  // of the task's life: TaskSegments
  NodeSet owned{};            // the locks the task owned meanwhile; all that may be a gate
  core::Site owned_at{};      // where it had taken `from`
  core::Site asked_at{};      // where it waited for `to`
  NodeSet shared{};           // the locks it had shares of meanwhile
};

struct OrderEdge {
  NodeId from = 0;
  NodeId to = 0;
  bool closes = false;              // there was a way back when it came
  std::vector<Sighting> sightings;  // the first one first

  // No two tasks have made it.
  [[nodiscard]] bool single_task() const;
  // Locks that were owned in every sighting: the intersection, without `from`.
  [[nodiscard]] std::vector<NodeId> gates() const;
};

class OrderGraph {
 public:
  // Sightings that an edge keeps; what comes later is forgotten. Enough for more tasks than a cycle has.
  static constexpr std::size_t kMaxSightings = 64;
  static constexpr std::size_t kMaxSightingsOfTask = 8;  // in one segment of its life

  void clear();

  // The new node is the last in the order.
  NodeId add_node();
  [[nodiscard]] std::uint32_t nodes() const { return static_cast<std::uint32_t>(position_.size()); }

  // Makes sure that the edge is there. One from a node to itself closes a cycle.
  EdgeId add_edge(NodeId from, NodeId to);
  // Remembers the sighting as well, unless one is known that says more: of that task, in that segment, at those places,
  // owning less.
  EdgeId add_edge(NodeId from, NodeId to, const Sighting& sighting);
  // No further sighting of this task in this segment would be remembered.
  [[nodiscard]] bool knows_all(EdgeId edge, core::TaskId task, std::uint32_t segment) const;

  [[nodiscard]] std::optional<EdgeId> find(NodeId from, NodeId to) const;
  [[nodiscard]] const OrderEdge& edge(EdgeId edge) const { return edges_[edge]; }
  [[nodiscard]] std::uint32_t edges() const { return static_cast<std::uint32_t>(edges_.size()); }
  // All edges that leave a node, in the order in which they came.
  [[nodiscard]] std::span<const EdgeId> leaving(NodeId node) const { return leaving_[node]; }

  [[nodiscard]] bool acyclic() const { return closing_.empty(); }
  // Every cycle has at least one of these; the others agree with the order.
  [[nodiscard]] std::span<const EdgeId> closing() const { return closing_; }
  // A node's place in the order, from 0, without gaps. An edge that is not closing leads from a smaller to a greater
  // one.
  [[nodiscard]] std::uint32_t position(NodeId node) const { return position_[node]; }

  // Nodes that were moved to keep the order, in all.
  [[nodiscard]] std::uint64_t moved() const { return moved_; }

 private:
  // False: there is a way from `to` to `from`, and nothing has changed.
  bool make_room(NodeId from, NodeId to);
  bool collect_after(NodeId start, NodeId target);
  void collect_before(NodeId start, std::uint32_t above);
  void reorder();
  void next_round();

  std::vector<OrderEdge> edges_;
  std::vector<std::vector<EdgeId>> leaving_;
  std::vector<std::vector<NodeId>> after_, before_;  // neighbours by edges that are not closing
  std::vector<EdgeId> closing_;
  std::unordered_map<std::uint64_t, EdgeId> by_ends_;  // looked up, never iterated
  std::vector<std::uint32_t> position_;
  std::uint64_t moved_ = 0;

  // Room for one insertion.
  std::vector<std::uint32_t> seen_;  // by node: the round that came by last
  std::uint32_t round_ = 0;
  std::vector<NodeId> found_after_, found_before_, stack_;
  std::vector<std::uint32_t> places_;
};

}  // namespace zoneknot::lockcheck
