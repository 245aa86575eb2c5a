#include "tools/prove/confirm.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockcheck/picture/resource_of.h"
#include "lockcheck/text/site.h"
#include "sim/strategy/directed.h"
#include "tools/cli/interrupt.h"

namespace zoneknot::tools {
namespace {

constexpr std::uint64_t kMostSteps = 200'000;  // scheduling points of one execution

// What a device of a class of faults does, a little of everything.
constexpr const char* kFaultText = R"([[fault]]
on = "write"
error = "EIO"
probability = 0.1
[[fault]]
on = "read"
error = "EIO"
probability = 0.1
[[fault]]
on = "reset"
error = "EIO"
probability = 0.1
)";

// Two tasks that wait for each other's zone, one of them at the place.
sim::Target target_of(const sim::ProofBreak& broken) {
  const sim::LockPattern zone{.lock_class = "zone"};
  const std::string function = lockcheck::function_name(broken.site);
  return {.cycle = {{.held = zone, .wanted = zone, .function = function}, {.held = zone, .wanted = zone}}};
}

sim::SearchStage directed(const sim::ProofBreak& broken) {
  return {.make = [target = target_of(broken)](std::uint64_t seed) -> std::unique_ptr<sim::Strategy> {
    return std::make_unique<sim::Directed>(seed, target);
  }};
}

bool breaks_there(const lockcheck::Verdict& verdict, const sim::ProofBreak& broken) {
  const lockcheck::Place place = lockcheck::place_of(broken.site);
  return std::ranges::any_of(verdict.scene.rules, [&](const lockcheck::RuleInVerdict& rule) {
    return rule.rule == broken.rule && rule.place == place;
  });
}

// A stuck task waits at that place, or for a lock that was left behind there.
bool hangs_there(const lockcheck::Verdict& verdict, const sim::ProofBreak& broken) {
  if (verdict.word != lockcheck::VerdictWord::hang) return false;
  const lockcheck::Place place = lockcheck::place_of(broken.site);
  return std::ranges::any_of(verdict.scene.tasks, [&](const lockcheck::TaskInVerdict& task) {
    const bool left_behind = std::ranges::any_of(task.holds, [&](const auto& held) { return held.since == place; });
    return (task.standing == lockcheck::TaskStanding::stuck && task.place == place) ||
           (broken.rule == lockcheck::Rule::lock_outlives_task && left_behind);
  });
}

}  // namespace

tl::expected<Instance, InputError> instance_to_confirm(const Instance& instance, const std::optional<ProofSize>& size,
                                                       sim::ProofFaults faults) {
  InstanceSource source = instance.source;
  source.fixes = instance.fixes.to_string();
  source.environment = instance.environment;
  if (size) source.bound = fmt::format("depth={},zones={},blocks={},ios=16", size->depth, size->zones, size->blocks);
  std::string text = instance.job_text;
  if (instance.jobs.size() == 1) text += "\nnumjobs=2\n";
  if (faults == sim::ProofFaults::none) return make_instance(source, std::move(text), {});
  source.faults_path = "device-errors.toml";
  return make_instance(source, std::move(text), kFaultText);
}

std::optional<sim::Conclusion> confirm(const Instance& instance, const sim::ProofBreak& broken,
                                       std::uint64_t executions, const std::function<bool()>& time_is_over) {
  sim::SearchPlan plan{.stages = {sim::drawing_stage()},
                       .limits = {},
                       .executions_of_others = std::min(executions, kExecutionsBeforeExhausting),
                       .seed = 1,
                       .order_check = !time_is_over || !time_is_over()};
  if (broken.rule == lockcheck::Rule::order) plan.stages.insert(plan.stages.begin(), directed(broken));
  plan.limits.executions = executions;
  plan.limits.execution.max_steps = kMostSteps;
  plan.limits.execution.stop = &interrupted();
  plan.limits.time_is_over = time_is_over;
  std::optional<sim::Conclusion> best;
  // A hang somewhere else ends a search; another seed may lead here.
  for (plan.seed = 1; plan.seed <= 8; ++plan.seed) {
    sim::Conclusion report = search(instance, plan);
    if (hangs_there(report.verdict, broken)) return report;
    const bool hangs_elsewhere = report.verdict.word == lockcheck::VerdictWord::hang;
    if (!best && breaks_there(report.verdict, broken)) best = std::move(report);
    if (interrupted() || (time_is_over && time_is_over()) || !hangs_elsewhere) break;
  }
  return best;
}

}  // namespace zoneknot::tools
