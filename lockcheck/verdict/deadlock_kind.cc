#include "lockcheck/verdict/deadlock_kind.h"

#include <algorithm>
#include <map>

namespace zoneknot::lockcheck {
namespace {

bool on_left_lock(const HangInVerdict& hang) {
  return std::ranges::any_of(hang.links, [](const LinkInVerdict& link) { return link.waits_for.none(); });
}

// The surest that is known of any prediction of a kind.
std::map<DeadlockKind, PredictionStatus> predicted_kinds(const Verdict& verdict) {
  std::map<DeadlockKind, PredictionStatus> kinds;
  for (const PredictionInVerdict& prediction : verdict.order.predictions) {
    const auto [kind, is_new] = kinds.try_emplace(kind_of(prediction.links), prediction.status);
    if (!is_new) kind->second = std::min(kind->second, prediction.status);
  }
  return kinds;
}

}  // namespace

DeadlockKind kind_of(const std::vector<LinkInVerdict>& links) {
  DeadlockKind kind;
  for (const LinkInVerdict& link : links) {
    kind.insert({link.owns.kind == ResourceType::lock ? link.owned_at : Place{}, link.asked_at});
  }
  return kind;
}

void add_hang(std::vector<LinkInVerdict> links, std::vector<HangInVerdict>& hangs) {
  const DeadlockKind kind = kind_of(links);
  const auto known =
      std::ranges::find_if(hangs, [&](const HangInVerdict& other) { return kind_of(other.links) == kind; });
  if (known == hangs.end()) {
    hangs.push_back({.executions = 1, .links = std::move(links)});
  } else {
    ++known->executions;
  }
}

void compare_hangs_with_predictions(Verdict& verdict) {
  const std::map<DeadlockKind, PredictionStatus> predicted = predicted_kinds(verdict);
  for (HangInVerdict& hang : verdict.search.hangs) hang.predicted = predicted.contains(kind_of(hang.links));
}

DeadlockKinds count_kinds(const Verdict& verdict) {
  DeadlockKinds kinds;
  for (const HangInVerdict& hang : verdict.search.hangs) {
    ++(on_left_lock(hang) ? kinds.on_left_locks : kinds.hangs);
    if (hang.predicted) ++kinds.hangs_predicted;
  }
  for (const auto& [kind, status] : predicted_kinds(verdict)) {
    ++(status == PredictionStatus::confirmed ? kinds.confirmed
       : status == PredictionStatus::refuted ? kinds.refuted
                                             : kinds.open);
  }
  return kinds;
}

}  // namespace zoneknot::lockcheck
