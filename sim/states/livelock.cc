#include "sim/states/livelock.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <deque>
#include <map>

namespace zoneknot::sim {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

using Leaving = std::vector<std::vector<std::uint32_t>>;  // by state: indices of edges

// The shortest way from a state to one that is wanted; there is one.
template <class Wanted>
std::vector<std::uint32_t> shortest(const Component& component, const Leaving& leaving, std::uint32_t from,
                                    const Wanted& wanted) {
  std::map<std::uint32_t, std::uint32_t> came_by{{from, kNone}};
  std::deque<std::uint32_t> waiting{from};
  for (; !wanted(waiting.front()); waiting.pop_front()) {
    for (const std::uint32_t index : leaving[waiting.front()]) {
      const std::uint32_t next = component.edges[index].to;
      if (came_by.emplace(next, index).second) waiting.push_back(next);
    }
  }
  std::vector<std::uint32_t> way;
  for (std::uint32_t state = waiting.front(); came_by[state] != kNone; state = component.edges[way.back()].from) {
    way.push_back(came_by[state]);
  }
  std::reverse(way.begin(), way.end());
  return way;
}

// One part of the component that stays connected without the edges of progress.
class Part {
 public:
  Part(const Component& of, std::vector<std::uint32_t> edges)
      : of_(of), edges_(std::move(edges)), leaving_(of.enabled.size()) {
    for (const std::uint32_t index : edges_) leaving_[of_.edges[index].from].push_back(index);
  }

  std::vector<std::uint32_t> fair_walk() {
    if (!fair()) return {};
    at_ = of_.edges[edges_.front()].from;
    const std::uint32_t begin = at_;
    for (std::uint64_t actor = 1; actor != 0; actor <<= 1U) {
      if ((always_enabled_ & actor) != 0) {
        pass_edge(actor);
      } else if ((ever_enabled_ & actor) != 0) {
        reach([&](std::uint32_t state) { return (of_.enabled[state] & actor) == 0; });
      }
    }
    if (walk_.empty()) step(leaving_[at_].front());
    reach([&](std::uint32_t state) { return state == begin; });
    return std::move(walk_);
  }

 private:
  bool fair() {
    std::uint64_t moved = 0;
    for (const std::uint32_t index : edges_) {
      const Component::Edge& edge = of_.edges[index];
      moved |= edge.moved;
      always_enabled_ &= of_.enabled[edge.from];
      ever_enabled_ |= of_.enabled[edge.from];
    }
    return (always_enabled_ & ~moved) == 0;
  }

  void step(std::uint32_t index) {
    walk_.push_back(index);
    at_ = of_.edges[index].to;
  }

  void pass_edge(std::uint64_t actor) {
    const auto known = std::find_if(edges_.begin(), edges_.end(),
                                    [&](std::uint32_t index) { return of_.edges[index].moved == actor; });
    reach([&](std::uint32_t state) { return state == of_.edges[*known].from; });
    step(*known);
  }

  template <class Wanted>
  void reach(const Wanted& wanted) {
    for (const std::uint32_t index : shortest(of_, leaving_, at_, wanted)) step(index);
  }

  const Component& of_;
  std::vector<std::uint32_t> edges_;
  Leaving leaving_;
  std::uint64_t always_enabled_ = UINT64_MAX;
  std::uint64_t ever_enabled_ = 0;
  std::uint32_t at_ = 0;
  std::vector<std::uint32_t> walk_;
};

}  // namespace

std::vector<std::uint32_t> shortest_walk(const Component& component, std::uint32_t from, std::uint32_t to) {
  Leaving leaving(component.enabled.size());
  for (std::uint32_t i = 0; i < component.edges.size(); ++i) leaving[component.edges[i].from].push_back(i);
  return shortest(component, leaving, from, [to](std::uint32_t state) { return state == to; });
}

std::vector<std::uint32_t> find_livelock(const Component& component) {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  Graph graph(component.enabled.size());
  for (const Component::Edge& edge : component.edges) {
    if (!edge.progress) boost::add_edge(edge.from, edge.to, graph);
  }
  std::vector<std::uint32_t> part_of(component.enabled.size());
  const auto parts = boost::strong_components(
      graph, boost::make_iterator_property_map(part_of.begin(), boost::get(boost::vertex_index, graph)));
  std::vector<std::vector<std::uint32_t>> edges_of(parts);
  for (std::uint32_t i = 0; i < component.edges.size(); ++i) {
    const Component::Edge& edge = component.edges[i];
    if (!edge.progress && part_of[edge.from] == part_of[edge.to]) edges_of[part_of[edge.from]].push_back(i);
  }
  for (std::vector<std::uint32_t>& edges : edges_of) {
    if (edges.empty()) continue;
    std::vector<std::uint32_t> walk = Part(component, std::move(edges)).fair_walk();
    if (!walk.empty()) return walk;
  }
  return {};
}

}  // namespace zoneknot::sim
