#include "lockcheck/stuck/all_needed.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace zoneknot::lockcheck {
namespace {

using core::TaskId;

class AllNeeded {
 public:
  explicit AllNeeded(const WaitGraph& graph) : graph_(graph), needed_by_(graph.nodes()) {
    for (std::uint32_t node = 0; node < graph_.nodes(); ++node) {
      if (graph_.goes_on_alone(node)) continue;
      for (std::uint32_t arm = 0; arm < graph_.arms(node); ++arm) needed_by_[graph_.arm(node, arm)].push_back(node);
    }
  }

  StuckCore result() {
    StuckCore out;
    goes_on_ = who_goes_on({});
    std::vector<TaskId> stuck = stuck_ones(goes_on_);
    if (stuck.empty()) return out;
    out.core = smallest_circle(stuck);
    if (out.core.empty()) out.core = shrunk(stuck);
    std::erase_if(stuck, [&](TaskId task) { return std::ranges::find(out.core, task) != out.core.end(); });
    out.bystanders = std::move(stuck);
    return out;
  }

 private:
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  // The least fixed point; `freed` go on whatever they wait for.
  [[nodiscard]] std::vector<bool> who_goes_on(const std::vector<TaskId>& freed) const {
    std::vector<bool> goes_on(graph_.nodes());
    std::vector<std::uint32_t> missing(graph_.nodes());
    std::vector<std::uint32_t> fresh;
    const auto free = [&](std::uint32_t node) {
      if (!goes_on[node]) fresh.push_back(node);
      goes_on[node] = true;
    };
    for (std::uint32_t node = 0; node < graph_.nodes(); ++node) {
      missing[node] = graph_.needs_all(node) ? graph_.arms(node) : 1;
      if (graph_.goes_on_alone(node)) free(node);
    }
    for (const TaskId task : freed) free(task);
    while (!fresh.empty()) {
      const std::uint32_t node = fresh.back();
      fresh.pop_back();
      for (const std::uint32_t other : needed_by_[node]) {
        if (!goes_on[other] && --missing[other] == 0) free(other);
      }
    }
    return goes_on;
  }

  [[nodiscard]] std::vector<TaskId> stuck_ones(const std::vector<bool>& goes_on) const {
    std::vector<TaskId> stuck;
    for (TaskId task = 0; task < graph_.tasks(); ++task) {
      if (!goes_on[task]) stuck.push_back(task);
    }
    return stuck;
  }

  // Any stuck arm of a task keeps it stuck, so a circle of tasks does, and a task that nobody will give anything to. In
  // the order of waiting, from the smallest TaskId; empty: it takes more than tasks.
  [[nodiscard]] std::vector<TaskId> smallest_circle(const std::vector<TaskId>& stuck) const {
    std::vector<TaskId> smallest;
    for (const TaskId first : stuck) {
      if (graph_.arms(first) == 0) return {first};
      std::vector<TaskId> circle = shortest_way_back(first, smallest.size());
      if (!circle.empty() && (smallest.empty() || circle.size() < smallest.size())) smallest = std::move(circle);
      if (smallest.size() == 1) break;
    }
    if (!smallest.empty()) std::ranges::rotate(smallest, std::ranges::min_element(smallest));
    return smallest;
  }

  // Breadth first; ways of `limit` tasks or more are of no interest. 0: all are.
  [[nodiscard]] std::vector<TaskId> shortest_way_back(TaskId first, std::size_t limit) const {
    std::vector<std::uint32_t> from(graph_.tasks(), kNobody);
    std::vector<TaskId> level = {first};
    for (std::size_t length = 1; !level.empty() && (limit == 0 || length < limit); ++length) {
      std::vector<TaskId> next;
      for (const TaskId task : level) {
        for (std::uint32_t arm = 0; arm < graph_.arms(task); ++arm) {
          const std::uint32_t other = graph_.arm(task, arm);
          if (other == first) return way_to(task, from, first);
          if (!graph_.is_task(other) || goes_on_[other] || from[other] != kNobody) continue;
          from[other] = task;
          next.push_back(other);
        }
      }
      level = std::move(next);
    }
    return {};
  }

  static std::vector<TaskId> way_to(TaskId task, const std::vector<std::uint32_t>& from, TaskId first) {
    std::vector<TaskId> way = {task};
    while (way.back() != first) way.push_back(from[way.back()]);
    std::ranges::reverse(way);
    return way;
  }

  // Frees one after the other, and keeps what is stuck all the same.
  [[nodiscard]] std::vector<TaskId> shrunk(std::vector<TaskId> core) const {
    for (const TaskId task : std::vector<TaskId>(core.rbegin(), core.rend())) {
      if (!std::ranges::binary_search(core, task)) continue;
      std::vector<TaskId> freed = {task};
      for (TaskId other = 0; other < graph_.tasks(); ++other) {
        if (!std::ranges::binary_search(core, other)) freed.push_back(other);
      }
      std::vector<TaskId> left = stuck_ones(who_goes_on(freed));
      if (!left.empty()) core = std::move(left);
    }
    return core;
  }

  const WaitGraph& graph_;
  std::vector<std::vector<std::uint32_t>> needed_by_;  // by node
  std::vector<bool> goes_on_;                          // by node
};

}  // namespace

StuckCore stuck_where_all_are_needed(const WaitGraph& graph) { return AllNeeded(graph).result(); }

}  // namespace zoneknot::lockcheck
