// How many executions each strategy needs until the first hang, over many seeds: a table of counts, equal on every
// machine. docs/performance.md shows it; tools/bench --first-hang makes it.

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "t/sim/programs.h"
#include "tools/cli/search_limits.h"
#include "tools/instance/simulated.h"
#include "tools/option/strategy_option.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

using sim::programs::Forks;

struct Case {
  std::string name;
  std::string target;        // of the directed strategy
  std::uint64_t executions;  // at most, for one seed
  const Instance* instance = nullptr;
  sim::Program program;  // without an instance
};

// The executions until the first hang, by seed; one more than the limit where none was found.
std::vector<std::uint64_t> first_hangs(const Case& of, const std::string& strategy, std::uint64_t seeds) {
  const sim::SearchStage option = *parse_strategy(strategy);
  sim::Simulation simulation;
  std::optional<SimulatedWorkload> workload;
  if (of.instance != nullptr) workload.emplace(*of.instance);
  std::vector<std::uint64_t> found;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    // Seeds of a search and the numbers of its executions are added up, so that neighbours would share executions.
    const auto made = option.make(core::SplitMix64::mix(seed));
    sim::SearchLimits limits;
    limits.executions = of.executions;
    limits.execution.max_steps = kDefaultMaxSteps;
    const sim::SearchResult result = workload ? sim::explore(workload->simulation(), workload->program(), *made, limits)
                                              : sim::explore(simulation, of.program, *made, limits);
    found.push_back(result.first_hang ? result.first_hang->execution : of.executions + 1);
    // One that does not draw does the same for each seed.
    if (!made->describe().samples) break;
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string count_text(std::uint64_t executions, const Case& of) {
  return executions > of.executions ? fmt::format("> {}", of.executions) : std::to_string(executions);
}

void print_row(const Case& of, const std::string& name, const std::vector<std::uint64_t>& found) {
  std::uint64_t sum = 0;
  std::size_t missed = 0;
  for (const std::uint64_t executions : found) {
    sum += executions;
    missed += executions > of.executions ? 1 : 0;
  }
  const std::string mean =
      missed > 0 ? "" : fmt::format("{:.1f}", static_cast<double>(sum) / static_cast<double>(found.size()));
  fmt::print("| {} | {} | {} | {} | {} | {} of {} |\n", of.name, name, count_text(found[(found.size() - 1) / 2], of),
             mean, count_text(found.back(), of), missed, found.size());
  std::fflush(stdout);
}

Instance load(const std::string& job) {
  auto instance = load_instance({.job_path = std::string(ZONEKNOT_JOBS "/") + job,
                                 .faults_path = {},
                                 .fixes = "legacy",
                                 .device = {},
                                 .bound = {},
                                 .seed = {},
                                 .environment = std::map<std::string, std::string>{}});
  if (!instance) throw std::runtime_error(instance.error().to_string());
  return *std::move(instance);
}

void report(std::uint64_t seeds) {
  constexpr std::uint64_t kOfSmallPrograms = 20'000;
  constexpr std::uint64_t kOfJobs = 200;
  const Instance two_jobs = load("two-jobs.fio");
  const Instance stress = load("zone-lock-stress.fio");
  std::vector<Case> cases;
  for (const unsigned n : {4U, 6U, 8U}) {
    cases.push_back({fmt::format("{} philosophers", n), "fork>fork", kOfSmallPrograms, nullptr,
                     sim::programs::philosophers(n, Forks::rotating)});
  }
  for (const unsigned pairs : {10U, 40U}) {
    cases.push_back({fmt::format("inversion behind {} pairs", pairs), "a>b,b>a", kOfSmallPrograms, nullptr,
                     sim::programs::hidden_inversion(pairs)});
  }
  cases.push_back({"two-jobs.fio", "zone>zone", kOfJobs, &two_jobs, {}});
  cases.push_back({"zone-lock-stress.fio", "zone>zone", kOfJobs, &stress, {}});

  fmt::print("Executions until the first hang, {} seeds.\n\n", seeds);
  fmt::print("| program | strategy | median | mean | worst | not found |\n|---|---|---|---|---|---|\n");
  for (const Case& of : cases) {
    for (const std::string strategy :
         {"random", "pos", "pct:2", "pct:3", "urw", "portfolio", "directed", "preemption", "dfs"}) {
      const std::string option = strategy == "directed" ? "directed:" + of.target : strategy;
      // Without a bound, a job has too many draws to go through.
      if (of.instance != nullptr && parse_strategy(option)->exhaustive) continue;
      print_row(of, option, first_hangs(of, option, seeds));
    }
  }
}

}  // namespace
}  // namespace zoneknot::tools

// The number of seeds; 200 without.
int main(int argc, char** argv) {
  const auto seeds = zoneknot::tools::parse_count(argc > 1 ? argv[1] : "200", 1, 1'000'000);
  if (!seeds) {
    fmt::print(stderr, "number of seeds: {}\n", seeds.error().message);
    return 2;
  }
  zoneknot::tools::report(*seeds);
  return 0;
}
