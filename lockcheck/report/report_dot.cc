#include "lockcheck/report/report_dot.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "lockcheck/report/dot_graph.h"
#include "lockcheck/report/report_scene.h"
#include "lockcheck/report/report_text.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::string_view kTask = "shape=box";
constexpr std::string_view kEndedTask = "shape=box, style=dashed";
constexpr std::string_view kThing = "shape=ellipse";
constexpr std::string_view kWaits = "color=red";
constexpr std::string_view kOwned = "style=bold";
constexpr std::string_view kCouldHelp = "style=dashed";

std::string_view color_of(std::string_view status) {
  if (status == "refuted") return "gray";
  return status == "confirmed" ? "red" : "orange";
}

// Nodes by name, made when they are first asked for.
class Nodes {
 public:
  Nodes(DotGraph& graph, std::string_view style) : graph_(&graph), style_(style) {}

  DotGraph::Node of(const std::string& name, const std::vector<std::string>& more = {}) {
    const auto known = nodes_.find(name);
    if (known != nodes_.end()) return known->second;
    std::vector<std::string> lines = {name};
    lines.insert(lines.end(), more.begin(), more.end());
    return nodes_[name] = graph_->add_node(lines, style_);
  }

 private:
  DotGraph* graph_;
  std::string_view style_;
  std::map<std::string, DotGraph::Node> nodes_;
};

const HeldLock* held_by(const TaskInVerdict& task, std::string_view lock) {
  const auto found = std::ranges::find(task.holds, lock, &HeldLock::lock);
  return found == task.holds.end() ? nullptr : &*found;
}

std::vector<std::string> described(const TaskInVerdict& task) {
  std::vector<std::string> lines = {task.state == "ended" ? "has ended" : ""};
  if (!task.holds.empty()) lines.push_back("owns " + counted(task.holds.size(), "lock"));
  if (task.in_flight > 0) lines.push_back(counted(task.in_flight, "I/O") + " in flight");
  return lines;
}

std::vector<std::string> since(const TaskInVerdict* owner, std::string_view lock) {
  const HeldLock* held = owner == nullptr ? nullptr : held_by(*owner, lock);
  return held == nullptr ? std::vector<std::string>{} : std::vector<std::string>{held->function, held->site};
}

const TaskInVerdict* task_named(const Verdict& verdict, std::string_view name) {
  const auto found = std::ranges::find(verdict.tasks, name, &TaskInVerdict::task);
  return found == verdict.tasks.end() ? nullptr : &*found;
}

// What a stuck task waits for, and who could give it.
class StuckPicture {
 public:
  StuckPicture(const Verdict& verdict, DotGraph& graph)
      : verdict_(verdict), graph_(graph), tasks_(graph, kTask), ended_(graph, kEndedTask), things_(graph, kThing) {}

  void draw() {
    const std::vector<const TaskInVerdict*> core = core_of(verdict_);
    if (core.empty()) return;
    graph_.begin_cluster("stuck for ever", "red");
    for (const TaskInVerdict* task : core) (void)tasks_.of(task->task, described(*task));
    for (std::size_t i = 0; i < core.size(); ++i) draw_wait(*core[i], *core[(i + 1) % core.size()], core);
    graph_.end_cluster();
    const auto behind = std::ranges::count(verdict_.tasks, "bystander", &TaskInVerdict::state);
    if (behind > 0) {
      (void)graph_.add_node({counted(static_cast<std::uint64_t>(behind), "more stuck task") + " behind them"},
                            "shape=plaintext");
    }
  }

 private:
  void draw_wait(const TaskInVerdict& task, const TaskInVerdict& next, const std::vector<const TaskInVerdict*>& core) {
    const DotGraph::Node thing = things_.of(task.waits_for);
    graph_.add_edge(tasks_.of(task.task), thing, {task.function, task.site}, kWaits);
    // A thing has one arrow to each of its owners, however many wait for it.
    if (std::ranges::find(drawn_, task.waits_for) != drawn_.end()) return;
    drawn_.push_back(task.waits_for);
    if (!task.owner.empty()) {
      const TaskInVerdict* owner = task_named(verdict_, task.owner);
      const bool ended = owner != nullptr && owner->state == "ended";
      const std::vector<std::string> more = owner == nullptr ? std::vector<std::string>{} : described(*owner);
      graph_.add_edge(thing, (ended ? ended_ : tasks_).of(task.owner, more), since(owner, task.waits_for), kOwned);
    } else if (!task.unit_holders.empty()) {
      for (const std::string& holder : task.unit_holders) {
        const TaskInVerdict* owner = task_named(verdict_, holder);
        const bool ended = owner != nullptr && owner->state == "ended";
        graph_.add_edge(thing, (ended ? ended_ : tasks_).of(holder), {"has a unit"}, kOwned);
      }
    } else if (task.by_anybody) {
      for (const TaskInVerdict* other : core) {
        if (other != &task) graph_.add_edge(thing, tasks_.of(other->task), {"could end it"}, kCouldHelp);
      }
    } else if (core.size() > 1) {
      graph_.add_edge(thing, tasks_.of(next.task), {}, kOwned);
    }
  }

  const Verdict& verdict_;
  DotGraph& graph_;
  Nodes tasks_;
  Nodes ended_;
  Nodes things_;
  std::vector<std::string> drawn_;
};

void draw(const PredictionInVerdict& prediction, DotGraph& graph) {
  graph.begin_cluster(fmt::format("predicted [{}]: {}", prediction.status, prediction.what),
                      color_of(prediction.status));
  Nodes tasks(graph, kTask);
  Nodes things(graph, kThing);
  for (const LinkInVerdict& link : prediction.links) {
    const DotGraph::Node task = tasks.of(link.task);
    graph.add_edge(things.of(link.owns), task, {link.owns_function, link.owns_site}, kOwned);
    graph.add_edge(task, things.of(link.waits_for), {link.waits_function, link.waits_site}, kWaits);
  }
  graph.end_cluster();
}

void draw_order(const Verdict& verdict, DotGraph& graph) {
  if (verdict.order_edges.empty()) return;
  graph.begin_cluster("the order in which locks were taken", "black");
  Nodes locks(graph, kThing);
  for (const OrderEdgeInVerdict& edge : verdict.order_edges) {
    const DotGraph::Node from = locks.of(edge.from);
    const DotGraph::Node to = locks.of(edge.to);
    graph.add_edge(from, to,
                   {fmt::format("{} {}", edge.owned_function, edge.owned_site),
                    fmt::format("then {} {}", edge.asked_function, edge.asked_site)},
                   edge.in_cycle ? "color=red" : "");
  }
  graph.end_cluster();
}

}  // namespace

std::string to_dot(const Verdict& verdict) {
  DotGraph graph(headline(verdict));
  StuckPicture(verdict, graph).draw();
  for (const PredictionInVerdict& prediction : verdict.predictions) draw(prediction, graph);
  draw_order(verdict, graph);
  return std::move(graph).text();
}

}  // namespace zoneknot::lockcheck
