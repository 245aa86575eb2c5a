#include "lockcheck/offline/recorded_callers.h"

#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace zoneknot::lockcheck {

CallersBySite callers_by_site(const TraceNames& names) {
  CallersBySite callers;
  for (const TraceStack& stack : names.stacks) callers.emplace(stack.site, &stack);
  return callers;
}

Place place_with_callers(const TraceNames& names, std::uint32_t site, const CallersBySite& callers) {
  const auto as_place = [&names](std::uint32_t number) {
    const core::Place& known = names.sites[number];
    return Place{.file = known.file, .line = known.line, .function = known.function};
  };
  Place place = as_place(site);
  const auto stack = callers.find(site);
  if (stack == callers.end()) return place;
  for (const std::uint32_t caller : stack->second->callers) place.callers.push_back(as_place(caller));
  return place;
}

void add_callers(const TraceNames& names, SceneInVerdict& scene) {
  if (names.stacks.empty()) return;
  const CallersBySite callers = callers_by_site(names);
  std::map<std::tuple<std::string, std::uint32_t, std::string>, std::uint32_t> sites;
  for (const TraceStack& stack : names.stacks) {
    const core::Place& place = names.sites[stack.site];
    sites.try_emplace({place.file, place.line, place.function}, stack.site);
  }
  const auto add = [&](Place& place) {
    const auto site = sites.find({place.file, place.line, place.function});
    if (site != sites.end()) place.callers = place_with_callers(names, site->second, callers).callers;
  };
  for (TaskInVerdict& task : scene.tasks) {
    add(task.place);
    for (HeldLock& held : task.holds) add(held.since);
  }
  for (RuleInVerdict& rule : scene.rules) add(rule.place);
}

}  // namespace zoneknot::lockcheck
