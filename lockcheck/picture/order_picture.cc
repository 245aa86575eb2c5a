#include "lockcheck/picture/order_picture.h"

#include <algorithm>
#include <set>

#include "lockcheck/picture/resource_of.h"

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
    PredictionInVerdict prediction;
    for (const PredictedWait& wait : deadlock.waits) {
      prediction.links.push_back({.task = {wait.task, tasks_[wait.task].name},
                                  .owns = resource(wait.owns),
                                  .owned_at = place_of(wait.owned_at),
                                  .waits_for = resource(wait.waits_for),
                                  .asked_at = place_of(wait.asked_at)});
    }
    for (const core::LockId gate : deadlock.gates) prediction.resources.push_back(lock_of(watch_, gate));
    if (!deadlock.gates.empty()) prediction.grounds = Grounds::no_common_gate;
    return prediction;
  }

 private:
  [[nodiscard]] ResourceInVerdict resource(const ResourceRef& ref) const {
    switch (ref.kind) {
      case ResourceKind::lock:
      case ResourceKind::whole:
        return lock_of(watch_, ref.object, ref.shared);
      case ResourceKind::condition:
        return {.kind = ResourceType::condition, .id = ref.object, .name = watch_.condition_name(ref.object)};
      case ResourceKind::pool:
        return {.kind = ResourceType::unit, .id = ref.object, .name = watch_.semaphore_name(ref.object)};
      case ResourceKind::turn: {
        ResourceInVerdict turn = lock_of(watch_, ref.object);
        turn.kind = ResourceType::turn;
        return turn;
      }
    }
    return {};
  }

  const LockWatch& watch_;
  std::vector<TaskSnapshot> tasks_;
};

// Numbers may differ from one run to another, names do not.
bool same_links(const PredictionInVerdict& a, const PredictionInVerdict& b) {
  return std::equal(a.links.begin(), a.links.end(), b.links.begin(), b.links.end(),
                    [](const LinkInVerdict& one, const LinkInVerdict& other) {
                      return one.task.name == other.task.name && same_resource(one.owns, other.owns) &&
                             same_resource(one.waits_for, other.waits_for) && one.owned_at == other.owned_at &&
                             one.asked_at == other.asked_at;
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
                   .owned_at = place_of(edge.owned_at),
                   .asked_at = place_of(edge.asked_at),
                   .in_cycle = edge.in_cycle});
  }
}

// Where the waits of a deadlock are.
std::set<Place> waits_of(const std::vector<LinkInVerdict>& links) {
  std::set<Place> places;
  for (const LinkInVerdict& link : links) places.insert(link.asked_at);
  return places;
}

}  // namespace

void describe_order(const LockWatch& watch, OrderInVerdict& order) {
  const OrderPredictions predictions = watch.predictions();
  const PredictionDescriber describer(watch);
  for (const PredictedDeadlock& deadlock : predictions.deadlocks) {
    if (!describer.knows_tasks_of(deadlock)) continue;
    PredictionInVerdict prediction = describer.prediction(deadlock);
    const bool known = std::ranges::any_of(
        order.predictions, [&](const PredictionInVerdict& other) { return same_links(prediction, other); });
    if (!known) order.predictions.push_back(std::move(prediction));
  }
  add_edges(predictions.class_edges, order.edges);
  add_lines(predictions.class_lines, order.lines);
  if (!predictions.complete)
    add_lines({"too many ways to deadlock, or locks owned at once, to look at all of them"}, order.lines);
}

void refute_predictions(const std::vector<HangInVerdict>& hangs, OrderInVerdict& order) {
  std::set<std::set<Place>> found;
  for (const HangInVerdict& hang : hangs) found.insert(waits_of(hang.links));
  for (PredictionInVerdict& prediction : order.predictions) {
    if (prediction.status != PredictionStatus::possible || found.contains(waits_of(prediction.links))) continue;
    prediction.status = PredictionStatus::refuted;
    prediction.grounds = Grounds::covered;
  }
}

bool any_prediction_stands(const OrderInVerdict& order) {
  return std::ranges::any_of(order.predictions, [](const PredictionInVerdict& prediction) {
    return prediction.status != PredictionStatus::refuted;
  });
}

}  // namespace zoneknot::lockcheck
