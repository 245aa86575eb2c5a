#include "lockcheck/stuck/wait_state.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "lockcheck/stuck/all_needed.h"
#include "lockcheck/stuck/wait_graph.h"

namespace zoneknot::lockcheck {
namespace {

using core::TaskId;

// Where nobody needs more than one other: the strongly connected components of the wait-for graph, in one walk
// (Tarjan's). Whoever reaches somebody who goes on goes on: a task waits for one thing at a time, so what it needs has
// one way to come or, behind a pool or "anybody", several of which one is enough. A component that goes nowhere else
// and has nobody who goes on is a knot: all of it is needed to keep each other waiting, and nothing else.
class Reduction {
 public:
  explicit Reduction(const WaitGraph& graph) : graph_(graph), marks_(graph_.nodes()) {
    open_.reserve(marks_.size());
    for (TaskId task = 0; task < graph_.tasks(); ++task) {
      if (marks_[task].number == 0) walk_from(task);
    }
  }

  StuckCore result() && {
    StuckCore out;
    for (TaskId task = 0; task < graph_.tasks(); ++task) {
      if (!marks_[task].goes_on && !std::ranges::binary_search(sorted_knot_, task)) out.bystanders.push_back(task);
    }
    out.core = in_order();
    return out;
  }

 private:
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  struct Mark {
    std::uint32_t number = 0;  // in the order of the walk, from 1; 0: not seen
    std::uint32_t low = 0;     // the smallest number known to be in its component
    std::uint32_t arm = 0;     // how many of its arms were followed
    std::uint32_t from = kNobody;
    bool closed = false;   // its component is complete
    bool goes_on = false;  // it reaches somebody who does
    bool leaves = false;   // its component has an arm to another one
  };

  void walk_from(std::uint32_t first) {
    enter(first, kNobody);
    for (std::uint32_t node = first; node != kNobody;) {
      Mark& mark = marks_[node];
      if (mark.arm == graph_.arms(node)) {
        leave(node);
        node = mark.from;
        continue;
      }
      const std::uint32_t next = graph_.arm(node, mark.arm++);
      if (marks_[next].number == 0) {
        enter(next, node);
        node = next;
      } else if (marks_[next].closed) {
        see_closed(mark, marks_[next]);
      } else {
        mark.low = std::min(mark.low, marks_[next].number);
      }
    }
  }

  void enter(std::uint32_t node, std::uint32_t from) {
    Mark& mark = marks_[node];
    mark.number = mark.low = ++numbers_;
    mark.from = from;
    mark.goes_on = graph_.goes_on_alone(node);
    open_.push_back(node);
  }

  static void see_closed(Mark& mark, const Mark& next) {
    mark.goes_on |= next.goes_on;
    mark.leaves = true;
  }

  void leave(std::uint32_t node) {
    const Mark mark = marks_[node];
    const bool is_root = mark.low == mark.number;
    if (is_root) close(node);
    if (mark.from == kNobody) return;
    Mark& from = marks_[mark.from];
    if (is_root) return see_closed(from, mark);
    from.low = std::min(from.low, mark.low);
    from.goes_on |= mark.goes_on;
    from.leaves |= mark.leaves;
  }

  // The component of which `root` was seen first ends the list of those that are open.
  void close(std::uint32_t root) {
    const Mark mark = marks_[root];
    const auto begin = std::find(open_.rbegin(), open_.rend(), root).base() - 1;
    for (auto node = begin; node != open_.end(); ++node) {
      marks_[*node].closed = true;
      marks_[*node].goes_on = mark.goes_on;
    }
    if (!mark.goes_on && !mark.leaves) offer_knot({begin, open_.end()});
    open_.erase(begin, open_.end());
  }

  // The smallest knot wins; among equals the one with the smallest first task.
  void offer_knot(std::vector<std::uint32_t> knot) {
    std::erase_if(knot, [this](std::uint32_t node) { return !graph_.is_task(node); });
    std::ranges::sort(knot);
    const auto rank = [](const std::vector<TaskId>& tasks) { return std::pair(tasks.size(), tasks.front()); };
    if (sorted_knot_.empty() || rank(knot) < rank(sorted_knot_)) sorted_knot_ = std::move(knot);
  }

  [[nodiscard]] std::vector<TaskId> in_order() const {
    std::vector<TaskId> order;
    order.reserve(sorted_knot_.size());
    if (sorted_knot_.empty()) return order;
    std::uint32_t node = sorted_knot_.front();
    do {
      if (graph_.arms(node) != 1 || order.size() > sorted_knot_.size()) return sorted_knot_;
      if (graph_.is_task(node)) order.push_back(node);
      node = graph_.arm(node, 0);
    } while (node != sorted_knot_.front());
    return order;
  }

  const WaitGraph& graph_;
  std::vector<Mark> marks_;  // by node
  std::uint32_t numbers_ = 0;
  std::vector<std::uint32_t> open_;  // seen, of no complete component yet, in the order of the walk
  std::vector<TaskId> sorted_knot_;
};

}  // namespace

StuckCore stuck_core(const WaitState& state) {
  const WaitGraph graph(state);
  return graph.some_need_all() ? stuck_where_all_are_needed(graph) : Reduction(graph).result();
}

}  // namespace zoneknot::lockcheck
