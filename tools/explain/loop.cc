#include "tools/explain/loop.h"

#include <algorithm>
#include <utility>

#include "tools/explain/reproduce.h"
#include "tools/instance/search_verdict.h"

namespace zoneknot::tools {

LoopSearch search_loop(const Instance& instance, const std::vector<std::string>& functions,
                       std::function<bool()> time_is_over) {
  sim::SearchPlan plan;
  plan.stages = *stages_of("stateful", true);
  plan.limits.time_is_over = std::move(time_is_over);
  plan.order_check = false;
  LoopSearch found{.conclusion = search(instance, plan)};
  const lockcheck::Verdict& verdict = found.conclusion.verdict;
  const auto is_there = [&functions](const lockcheck::TaskAtPlace& task) {
    return std::ranges::any_of(functions, [&](const std::string& of) { return in_one_of(task.place.function, of); });
  };
  found.is_that_one = verdict.word == lockcheck::VerdictWord::livelock && !verdict.scene.cycle.empty() &&
                      std::ranges::all_of(verdict.scene.cycle, is_there);
  return found;
}

}  // namespace zoneknot::tools
