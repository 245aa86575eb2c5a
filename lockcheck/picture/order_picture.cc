#include "lockcheck/picture/order_picture.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lockcheck/text/lock_name.h"
#include "lockcheck/text/site.h"
#include "lockcheck/verdict/deadlock_kind.h"

namespace zoneknot::lockcheck {
namespace {

class PredictionDescriber {
 public:
  explicit PredictionDescriber(const LockWatch& watch) : watch_(watch), tasks_(watch.tasks()) {}

  // An earlier run may have had more of them.
  [[nodiscard]] bool knows_tasks_of(const PredictedDeadlock& deadlock) const {
    return std::all_of(deadlock.waits.begin(), deadlock.waits.end(),
                       [this](const PredictedWait& wait) { return wait.task < tasks_.size(); });
  }

  [[nodiscard]] PredictionInVerdict prediction(const PredictedDeadlock& deadlock) const {
    PredictionInVerdict text{.what = headline(deadlock)};
    for (const PredictedWait& wait : deadlock.waits) {
      text.links.push_back({.task = tasks_[wait.task].name,
                            .owns = owned(wait.owns),
                            .owns_site = site_text(wait.owned_at),
                            .owns_function = function_name(wait.owned_at),
                            .waits_for = awaited(wait.waits_for),
                            .waits_site = site_text(wait.asked_at),
                            .waits_function = function_name(wait.asked_at)});
    }
    text.reason = no_gates(deadlock.gates);
    return text;
  }

 private:
  [[nodiscard]] std::string no_gates(const std::vector<core::LockId>& locks) const {
    std::string text;
    for (const core::LockId lock : locks) {
      text += (text.empty() ? "owned meanwhile, but not by all: " : ", ") + lock_name(watch_.lock_info(lock));
    }
    return text;
  }

  [[nodiscard]] std::string name(const ResourceRef& resource) const {
    switch (resource.kind) {
      case ResourceKind::lock:
        return lock_name(watch_.lock_info(resource.object));
      case ResourceKind::condition:
        return "condition variable '" + watch_.condition_name(resource.object) + "'";
      case ResourceKind::pool:
        return "semaphore '" + watch_.semaphore_name(resource.object) + "'";
    }
    return "?";
  }

  [[nodiscard]] std::string owned(const ResourceRef& resource) const {
    if (resource.kind == ResourceKind::condition) return std::string(kSignalOf) + name(resource);
    return (resource.kind == ResourceKind::pool ? std::string(kUnitOf) : "") + name(resource);
  }

  [[nodiscard]] std::string awaited(const ResourceRef& resource) const {
    return (resource.kind == ResourceKind::pool ? std::string(kUnitOf) : "") + name(resource);
  }

  [[nodiscard]] std::string headline(const PredictedDeadlock& deadlock) const {
    std::string text = fmt::format("{} tasks could wait on each other: ", deadlock.waits.size());
    for (std::size_t i = 0; i < deadlock.waits.size(); ++i) {
      text += (i == 0 ? "" : ", ") + name(deadlock.waits[i].owns);
    }
    return text;
  }

  const LockWatch& watch_;
  std::vector<TaskSnapshot> tasks_;
};

bool same_links(const PredictionInVerdict& a, const PredictionInVerdict& b) {
  return std::equal(a.links.begin(), a.links.end(), b.links.begin(), b.links.end(),
                    [](const LinkInVerdict& one, const LinkInVerdict& other) {
                      return one.task == other.task && one.owns == other.owns && one.waits_for == other.waits_for &&
                             one.owns_site == other.owns_site && one.waits_site == other.waits_site;
                    });
}

void add_lines(const std::vector<std::string>& lines, std::vector<std::string>& all) {
  for (const std::string& line : lines) {
    if (std::find(all.begin(), all.end(), line) == all.end()) all.push_back(line);
  }
}

// An edge that another run has made too is kept as it is there, and is on a cycle if it is on one in either.
void add_edges(const std::vector<ClassEdge>& edges, std::vector<OrderEdgeInVerdict>& all) {
  for (const ClassEdge& edge : edges) {
    const auto known = std::find_if(all.begin(), all.end(), [&](const OrderEdgeInVerdict& other) {
      return other.from == edge.from && other.to == edge.to;
    });
    if (known != all.end()) {
      known->in_cycle |= edge.in_cycle;
      continue;
    }
    all.push_back({.from = edge.from,
                   .to = edge.to,
                   .owned_site = site_text(edge.owned_at),
                   .owned_function = function_name(edge.owned_at),
                   .asked_site = site_text(edge.asked_at),
                   .asked_function = function_name(edge.asked_at),
                   .in_cycle = edge.in_cycle});
  }
}

// Where the waits of a deadlock are.
std::set<std::string> waits_of(const std::vector<LinkInVerdict>& links) {
  std::set<std::string> places;
  for (const LinkInVerdict& link : links) places.insert(link.waits_site);
  return places;
}

}  // namespace

void describe_order(const LockWatch& watch, Verdict& verdict) {
  const OrderPredictions predictions = watch.predictions();
  const PredictionDescriber describer(watch);
  for (const PredictedDeadlock& deadlock : predictions.deadlocks) {
    if (!describer.knows_tasks_of(deadlock)) continue;
    PredictionInVerdict text = describer.prediction(deadlock);
    const bool known = std::any_of(verdict.predictions.begin(), verdict.predictions.end(),
                                   [&](const PredictionInVerdict& other) { return same_links(text, other); });
    if (!known) verdict.predictions.push_back(std::move(text));
  }
  add_edges(predictions.class_edges, verdict.order_edges);
  add_lines(predictions.class_lines, verdict.lock_order);
  if (!predictions.complete) add_lines({"too many ways to deadlock to look at all of them"}, verdict.lock_order);
}

void refute_predictions(const std::string& reason, Verdict& verdict) {
  std::set<std::set<std::string>> found;
  for (const HangInVerdict& hang : verdict.hangs) found.insert(waits_of(hang.links));
  for (PredictionInVerdict& prediction : verdict.predictions) {
    if (prediction.status != "possible" || found.contains(waits_of(prediction.links))) continue;
    prediction.status = "refuted";
    prediction.reason = reason;
  }
}

bool any_prediction_stands(const Verdict& verdict) {
  return std::any_of(verdict.predictions.begin(), verdict.predictions.end(),
                     [](const PredictionInVerdict& prediction) { return prediction.status != "refuted"; });
}

}  // namespace zoneknot::lockcheck
