#include "lockcheck/report/report_dot.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "lockcheck/report/dot_graph.h"
#include "lockcheck/report/report_scene.h"
#include "lockcheck/report/report_text.h"
#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::string_view kTask = "shape=box";
constexpr std::string_view kEndedTask = "shape=box, style=dashed";
constexpr std::string_view kResource = "shape=ellipse";
constexpr std::string_view kWaits = "color=red";
constexpr std::string_view kOwned = "style=bold";
constexpr std::string_view kCouldHelp = "style=dashed";

std::string_view color_of(PredictionStatus status) {
  if (status == PredictionStatus::refuted) return "gray";
  return status == PredictionStatus::confirmed ? "red" : "orange";
}

// Nodes by number and name, made when they are first asked for.
class Nodes {
 public:
  Nodes(DotGraph& graph, std::string_view style) : graph_(&graph), style_(style) {}

  DotGraph::Node of(const TaskRef& task, const std::vector<std::string>& more = {}) {
    return of(task.id, task.name, more);
  }
  DotGraph::Node awaited(const ResourceInVerdict& resource) { return of(resource.id, awaited_text(resource), {}); }
  DotGraph::Node owned(const ResourceInVerdict& resource) { return of(resource.id, owned_text(resource), {}); }
  DotGraph::Node of_class(const std::string& name) { return of(0, name, {}); }

 private:
  DotGraph::Node of(std::uint32_t id, const std::string& name, const std::vector<std::string>& more) {
    const auto known = nodes_.find({id, name});
    if (known != nodes_.end()) return known->second;
    std::vector<std::string> lines = {name};
    lines.insert(lines.end(), more.begin(), more.end());
    return nodes_[{id, name}] = graph_->add_node(lines, style_);
  }

  DotGraph* graph_;
  std::string_view style_;
  std::map<std::pair<std::uint32_t, std::string>, DotGraph::Node> nodes_;
};

const HeldLock* held_by(const TaskInVerdict& task, const ResourceInVerdict& lock) {
  // A share as well, where all of it is waited for.
  const auto found =
      std::ranges::find_if(task.holds, [&](const HeldLock& held) { return same_resource(held.lock, lock); });
  return found == task.holds.end() ? nullptr : &*found;
}

std::vector<std::string> described(const TaskInVerdict& task) {
  std::vector<std::string> lines = {task.standing == TaskStanding::ended ? "has ended" : ""};
  if (!task.holds.empty()) lines.push_back("owns " + counted(task.holds.size(), "lock"));
  if (task.in_flight > 0) lines.push_back(counted(task.in_flight, "I/O") + " in flight");
  return lines;
}

std::vector<std::string> since(const TaskInVerdict* owner, const ResourceInVerdict& lock) {
  const HeldLock* held = owner == nullptr ? nullptr : held_by(*owner, lock);
  return held == nullptr ? std::vector<std::string>{}
                         : std::vector<std::string>{held->since.function, place_text(held->since)};
}

const TaskInVerdict* find_task(const Verdict& verdict, const TaskRef& task) {
  const auto found = std::ranges::find(verdict.scene.tasks, task, &TaskInVerdict::task);
  return found == verdict.scene.tasks.end() ? nullptr : &*found;
}

// What a stuck task waits for, and who could give it.
class StuckPicture {
 public:
  StuckPicture(const Verdict& verdict, DotGraph& graph)
      : verdict_(verdict),
        graph_(graph),
        tasks_(graph, kTask),
        ended_(graph, kEndedTask),
        resources_(graph, kResource) {}

  void draw() {
    const std::vector<const TaskInVerdict*> core = core_of(verdict_);
    if (core.empty()) return;
    graph_.begin_cluster("stuck for ever", "red");
    for (const TaskInVerdict* task : core) (void)tasks_.of(task->task, described(*task));
    for (std::size_t i = 0; i < core.size(); ++i) draw_wait(*core[i], *core[(i + 1) % core.size()], core);
    graph_.end_cluster();
    const auto behind = std::ranges::count(verdict_.scene.tasks, TaskStanding::bystander, &TaskInVerdict::standing);
    if (behind > 0) {
      (void)graph_.add_node({counted(static_cast<std::uint64_t>(behind), "more stuck task") + " behind them"},
                            "shape=plaintext");
    }
  }

 private:
  void draw_wait(const TaskInVerdict& task, const TaskInVerdict& next, const std::vector<const TaskInVerdict*>& core) {
    const DotGraph::Node resource = resources_.awaited(task.waits_for);
    graph_.add_edge(tasks_.of(task.task), resource, {task.place.function, place_text(task.place)}, kWaits);
    // What is waited for has one arrow to each of its owners, however many wait for it.
    if (!drawn_.insert(resource).second) return;
    if (!task.owner.none() || !task.readers.empty() || !task.writers.empty()) {
      if (!task.owner.none()) draw_owner(resource, task.waits_for, task.owner);
      for (const TaskRef& reader : task.readers) draw_owner(resource, task.waits_for, reader);
      for (const TaskRef& writer : task.writers) {
        graph_.add_edge(resource, tasks_.of(writer), {"comes first"}, kOwned);
      }
    } else if (!task.unit_holders.empty()) {
      for (const TaskRef& holder : task.unit_holders) {
        const TaskInVerdict* owner = find_task(verdict_, holder);
        const bool ended = owner != nullptr && owner->standing == TaskStanding::ended;
        graph_.add_edge(resource, (ended ? ended_ : tasks_).of(holder), {"has a unit"}, kOwned);
      }
    } else if (task.by_anybody) {
      for (const TaskInVerdict* other : core) {
        if (other != &task) graph_.add_edge(resource, tasks_.of(other->task), {"could end it"}, kCouldHelp);
      }
    } else if (core.size() > 1) {
      graph_.add_edge(resource, tasks_.of(next.task), {}, kOwned);
    }
  }

  void draw_owner(DotGraph::Node resource, const ResourceInVerdict& lock, const TaskRef& task) {
    const TaskInVerdict* owner = find_task(verdict_, task);
    const bool ended = owner != nullptr && owner->standing == TaskStanding::ended;
    const std::vector<std::string> more = owner == nullptr ? std::vector<std::string>{} : described(*owner);
    graph_.add_edge(resource, (ended ? ended_ : tasks_).of(task, more), since(owner, lock), kOwned);
  }

  const Verdict& verdict_;
  DotGraph& graph_;
  Nodes tasks_;
  Nodes ended_;
  Nodes resources_;
  std::set<DotGraph::Node> drawn_;
};

void draw(const PredictionInVerdict& prediction, DotGraph& graph) {
  graph.begin_cluster(fmt::format("predicted [{}]: {}", status_name(prediction.status), prediction_text(prediction)),
                      color_of(prediction.status));
  Nodes tasks(graph, kTask);
  Nodes resources(graph, kResource);
  for (const LinkInVerdict& link : prediction.links) {
    const DotGraph::Node task = tasks.of(link.task);
    graph.add_edge(resources.owned(link.owns), task, {link.owned_at.function, place_text(link.owned_at)}, kOwned);
    graph.add_edge(task, resources.awaited(link.waits_for), {link.asked_at.function, place_text(link.asked_at)},
                   kWaits);
  }
  graph.end_cluster();
}

void draw_order(const Verdict& verdict, DotGraph& graph) {
  if (verdict.order.edges.empty()) return;
  graph.begin_cluster("the order in which locks were taken", "black");
  Nodes locks(graph, kResource);
  for (const OrderEdgeInVerdict& edge : verdict.order.edges) {
    const DotGraph::Node from = locks.of_class(edge.from);
    const DotGraph::Node to = locks.of_class(edge.to);
    graph.add_edge(from, to,
                   {fmt::format("{} {}", edge.owned_at.function, place_text(edge.owned_at)),
                    fmt::format("then {} {}", edge.asked_at.function, place_text(edge.asked_at))},
                   edge.in_cycle ? "color=red" : "");
  }
  graph.end_cluster();
}

}  // namespace

std::string to_dot(const Verdict& verdict) {
  DotGraph graph(headline(verdict));
  StuckPicture(verdict, graph).draw();
  for (const PredictionInVerdict& prediction : verdict.order.predictions) draw(prediction, graph);
  draw_order(verdict, graph);
  return std::move(graph).text();
}

}  // namespace zoneknot::lockcheck
