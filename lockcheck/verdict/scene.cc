#include "lockcheck/verdict/scene.h"

#include <algorithm>

namespace zoneknot::lockcheck {

bool any_assertion_failed(const SceneInVerdict& scene) {
  return std::ranges::any_of(scene.rules, [](const RuleInVerdict& rule) { return rule.rule == Rule::assertion; });
}

}  // namespace zoneknot::lockcheck
