#include "tools/explain/reproduce.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string_view>
#include <utility>

#include "lockcheck/picture/hang_picture.h"
#include "sim/search/search_guard.h"
#include "sim/strategy/directed.h"
#include "sim/strategy/priority_changes.h"
#include "sim/strategy/random_walk.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/search_limits.h"
#include "tools/instance/simulated.h"

namespace zoneknot::tools {
namespace {

using lockcheck::ResourceType;
using lockcheck::TaskInVerdict;

std::string_view lock_class_of(const TaskInVerdict& task) {
  return task.waits_for.kind == ResourceType::lock ? std::string_view(task.waits_for.lock_class) : std::string_view();
}

bool waits_for_signal(const TaskInVerdict& task) {
  const ResourceType kind = task.waits_for.kind;
  return kind == ResourceType::condition || kind == ResourceType::semaphore || kind == ResourceType::unit ||
         kind == ResourceType::pool;
}

bool waits_at(const TaskInVerdict& task, const WaitingPlace& place) {
  if (place.signal || waits_for_signal(task)) {
    return place.signal && waits_for_signal(task) && in_one_of(task.place.function, place.functions);
  }
  const std::string_view lock_class = lock_class_of(task);
  return (lock_class == place.lock_class || (place.or_m && lock_class == "M")) &&
         in_one_of(task.place.function, place.functions);
}

sim::Target target_of(const std::vector<WaitingPlace>& places, std::uint32_t most_tasks) {
  sim::Target target;
  for (const WaitingPlace& place : places) {
    if (place.signal) {
      for (const core::WaitKind kind : {core::WaitKind::semaphore, core::WaitKind::condition}) {
        target.waiting.push_back(
            {.tasks = std::min(place.tasks, most_tasks), .what = kind, .lock = {}, .function = place.functions});
      }
    }
    if (place.lock_class.empty()) continue;
    target.waiting.push_back({.tasks = std::min(place.tasks, most_tasks),
                              .what = core::WaitKind::lock,
                              .lock = {.lock_class = place.lock_class},
                              .function = place.functions});
  }
  return target;
}

// Deals its executions out, in turn, to two strategies that are steered and two that are not: what a backtrace shows is
// often more than what it takes, because most threads have come to the hang when it was one already.
class Reproducing {
 public:
  Reproducing(const Instance& instance, const std::vector<WaitingPlace>& places, const ReproduceLimits& limits)
      : places_(places),
        limits_(limits),
        workload_(instance),
        guard_(workload_.simulation(), sim::SearchGuard::kDefaultLimit, &sim::end_process) {
    constexpr std::uint64_t kSeed = 1;
    constexpr std::uint32_t kMostTasks = 100'000;
    const auto directed = [&](std::uint32_t most_tasks) {
      sim::Target target = target_of(places, most_tasks);
      if (target.waiting.empty()) return;
      auto strategy = std::make_unique<sim::Directed>(kSeed + strategies_.size(), std::move(target));
      directed_.push_back(strategy.get());
      strategies_.push_back(std::move(strategy));
    };
    directed(kMostTasks);
    directed(1);
    strategies_.push_back(std::make_unique<sim::RandomWalk>(kSeed));
    strategies_.push_back(std::make_unique<sim::PriorityChanges>(kSeed, sim::PriorityChanges::kDefaultDepth));
    for (const auto& strategy : strategies_) strategy->look_at(workload_.simulation().watch());
    for (const WaitingPlace& place : places) result_.wanted += place.is_aim() ? place.tasks : 0;
  }

  Reproduced run() {
    const sim::GrowingBudgets budgets{.first = limits_.first_steps,
                                      .in_row = static_cast<std::uint32_t>(strategies_.size())};
    while (!over()) {
      sim::Strategy& strategy = *strategies_[result_.executions % strategies_.size()];
      const std::uint64_t steps = std::min(budgets.of(result_.executions), kDefaultMaxSteps);
      if (!strategy.begin()) break;
      run_once(strategy, steps);
    }
    if (!directed_.empty()) result_.nearest = std::min(directed_.front()->nearest(), result_.wanted);
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool over() const {
    return result_.hangs >= limits_.hangs || result_.executions >= limits_.executions ||
           result_.steps >= limits_.steps || interrupted().load() || (limits_.time_is_over && limits_.time_is_over());
  }

  void run_once(sim::Strategy& strategy, std::uint64_t steps) {
    sim::Simulation& simulation = workload_.simulation();
    const sim::Outcome outcome =
        simulation.run([&] { workload_.program()(simulation); }, strategy,
                       {.max_steps = steps,
                        .stop = &interrupted(),
                        .time_is_over = limits_.time_is_over ? &limits_.time_is_over : nullptr});
    strategy.ended(outcome);
    ++result_.executions;
    result_.steps += outcome.steps;
    result_.finished += outcome.kind == sim::OutcomeKind::finished ? 1 : 0;
    result_.aborted += an_assertion_failed() ? 1 : 0;
    if (outcome.kind != sim::OutcomeKind::hang) return;
    if (!is_that_one(outcome)) {
      ++result_.other_hangs;
      return;
    }
    if (++result_.hangs > 1) return;
    result_.found = sim::FirstSeen{.execution = result_.executions,
                                   .decisions = simulation.decisions(),
                                   .schedule = strategy.schedule(),
                                   .max_steps = steps};
  }

  bool an_assertion_failed() {
    const lockcheck::LockWatch& watch = workload_.simulation().watch();
    if (!watch.any_rule_broken()) return false;
    const std::vector<lockcheck::RuleBreak> broken = watch.broken_rules();
    return std::ranges::find(broken, lockcheck::Rule::assertion, &lockcheck::RuleBreak::rule) != broken.end();
  }

  bool is_that_one(const sim::Outcome& outcome) {
    lockcheck::SceneInVerdict scene;
    lockcheck::describe_hang(workload_.simulation().watch(), outcome.stuck, scene);
    return std::ranges::all_of(scene.tasks, [&](const TaskInVerdict& task) {
      if (task.standing != lockcheck::TaskStanding::stuck) return true;
      // Whoever joins the others is in the core of a hang on a lock that was left behind as its owner, no more.
      if (task.waits_for.kind == ResourceType::task_end) return true;
      return std::ranges::any_of(places_, [&](const WaitingPlace& place) { return waits_at(task, place); });
    });
  }

  const std::vector<WaitingPlace>& places_;
  const ReproduceLimits& limits_;
  SimulatedWorkload workload_;
  sim::SearchGuard guard_;
  std::vector<std::unique_ptr<sim::Strategy>> strategies_;
  std::vector<const sim::Directed*> directed_;
  Reproduced result_;
};

}  // namespace

bool in_one_of(std::string_view function, std::string_view functions) {
  if (functions.empty()) return true;
  while (!functions.empty()) {
    const std::size_t end = std::min(functions.find('|'), functions.size());
    if (function.find(functions.substr(0, end)) != std::string_view::npos) return true;
    functions.remove_prefix(std::min(end + 1, functions.size()));
  }
  return false;
}

std::vector<WaitingPlace> places_of(const lockcheck::SceneInVerdict& hang) {
  std::vector<WaitingPlace> places;
  for (const TaskInVerdict& task : hang.tasks) {
    if (task.standing != lockcheck::TaskStanding::stuck || task.waits_for.kind == ResourceType::task_end) continue;
    const auto same = std::ranges::find_if(places, [&](const WaitingPlace& place) {
      return place.lock_class == lock_class_of(task) && place.functions == task.place.function &&
             place.signal == waits_for_signal(task);
    });
    if (same != places.end()) {
      ++same->tasks;
    } else {
      places.push_back({.lock_class = std::string(lock_class_of(task)),
                        .functions = task.place.function,
                        .tasks = 1,
                        .signal = waits_for_signal(task)});
    }
  }
  return places;
}

Reproduced reproduce(const Instance& instance, const std::vector<WaitingPlace>& places, const ReproduceLimits& limits) {
  return Reproducing(instance, places, limits).run();
}

}  // namespace zoneknot::tools
