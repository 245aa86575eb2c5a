#include "tools/command/strongest_word.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "lockcheck/report/no_io_text.h"
#include "lockcheck/report/report_text.h"
#include "lockcheck/text/columns.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/search_limits.h"
#include "tools/instance/search_verdict.h"
#include "tools/prove/answer.h"
#include "tools/text/shell_word.h"

namespace zoneknot::tools {
namespace {

using lockcheck::counted;
using lockcheck::StoppedBy;
using lockcheck::Verdict;
using lockcheck::VerdictWord;
using std::chrono::milliseconds;

// Together, with what follows a search (predictions, the witness), well below a minute.
constexpr milliseconds kTimeOfSearch{15'000};
constexpr milliseconds kTimeOfLivelocks{5'000};
constexpr milliseconds kTimeOfProof{14'000};
constexpr milliseconds kTimeOfBound{6'000};
constexpr std::uint32_t kMostZonesOfOrder = 1024;
// From small to larger; the last that was covered says most.
constexpr std::array kBounds = {"jobs=2,zones=2,depth=2,ios=2,blocks=1", "jobs=2,zones=2,depth=2,ios=4,blocks=2"};

bool is_finding(VerdictWord word) { return word < VerdictWord::possible; }

std::uint64_t seen_to_the_end(const lockcheck::SearchInVerdict& search) {
  const std::uint64_t unfinished = search.executions_cut + search.executions_pruned;
  return search.executions.value_or(0) - std::min(search.executions.value_or(0), unfinished);
}

class Asking {
 public:
  Asking(const Instance& instance, sim::SearchPlan plan) : instance_(instance), plan_(std::move(plan)) {}

  sim::Conclusion run() {
    sim::Conclusion found = search_whole();
    Verdict& verdict = found.verdict;
    if (is_finding(verdict.word) || interrupted()) return found;
    // What did nothing does nothing in a smaller job either.
    if (!idle_jobs(verdict.search).empty()) return found;
    if (seen_to_the_end(verdict.search) == 0) {
      sim::Conclusion livelock = search_for_livelocks();
      if (is_finding(livelock.verdict.word)) return livelock;
    }
    if (auto proved = prove()) return {.verdict = proof_beside(*std::move(proved), verdict), .finding = {}};
    const bool hangs = search_bounded();
    // A hang of a smaller job is none of this one, and no reason to call it clean.
    if (verdict.word == VerdictWord::clean && (hangs || seen_to_the_end(verdict.search) <= kFewExecutions)) {
      verdict.word = VerdictWord::incomplete;
      verdict.search.stopped_by = hangs ? StoppedBy::nothing : StoppedBy::steps;
    }
    std::vector<std::string>& evidence = verdict.proof.evidence;
    evidence.insert(evidence.end(), lines_.begin(), lines_.end());
    return found;
  }

 private:
  // So few say nothing by the rule of three.
  static constexpr std::uint64_t kFewExecutions = 3;

  sim::Conclusion search_whole() {
    plan_.limits.budgets = kShortFirst;
    plan_.limits.time_is_over = deadline(kTimeOfSearch);
    plan_.time_is_the_budget = true;
    // Who locks thousands of zones at once gives each pair of them an order, and beside a hang nobody asks for it.
    plan_.order_beside_hangs = plan_.drive_beside_hangs || instance_.device.zones <= kMostZonesOfOrder;
    return search(instance_, plan_);
  }

  // Nobody has come to an end: the jobs are long, or go round in a circle, which is no deadlock.
  sim::Conclusion search_for_livelocks() {
    sim::SearchPlan plan{
        .stages = {*parse_strategy("stateful")}, .limits = {}, .seed = plan_.seed, .order_check = false};
    plan.limits.execution = {.max_steps = kDefaultMaxSteps, .stop = &interrupted()};
    plan.limits.time_is_over = deadline(kTimeOfLivelocks);
    plan.stateful = plan_.stateful;
    return search(instance_, plan);
  }

  // Nothing: it does not go through.
  std::optional<Verdict> prove() {
    if (!instance_.source.faults_path.empty()) {
      lines_.emplace_back(
          "no proof was tried: it knows no fault plan; zoneknot prove --errors=device does without one");
      return std::nullopt;
    }
    ProofTask task{.first = {}, .faults = least_faults(instance_), .limits = {}};
    task.limits.stop = [is_over = deadline(kTimeOfProof)] { return interrupted() || is_over(); };
    auto answered = answer(instance_, task);
    if (!answered) {
      lines_.push_back("no proof was tried: " + answered.error().message);
      return std::nullopt;
    }
    if (answered->verdict.word == VerdictWord::proved) return std::move(answered->verdict);
    lines_.push_back("the proof for any number of jobs: " + lockcheck::headline(answered->verdict) +
                     "; zoneknot prove says more");
    return std::nullopt;
  }

  static Verdict proof_beside(Verdict proof, const Verdict& searched) {
    proof.proof.evidence.push_back(
        fmt::format("the job as it is was searched, and nothing found: {}, {} to their end, {}",
                    counted(searched.search.executions.value_or(0), "execution"),
                    lockcheck::grouped(seen_to_the_end(searched.search)), searched.search.strategy));
    if (searched.word == VerdictWord::possible) {
      proof.proof.evidence.emplace_back("deadlocks that the order of locks predicts are excluded by the proof");
    }
    return proof;
  }

  // A fault of the search within bounds does not take away what the one before it has found. Nothing: it has one.
  std::optional<Verdict> search_smaller(const Instance& smaller, const sim::SearchPlan& plan, const char* bound) {
    try {
      return search(smaller, plan).verdict;
    } catch (const std::exception& error) {
      lines_.push_back(
          fmt::format("the same job with --bound={} was given up, a fault of this tool: {}", bound, error.what()));
      return std::nullopt;
    }
  }

  // True: a smaller job hangs.
  bool search_bounded() {
    for (const char* bound : kBounds) {
      InstanceSource source = instance_.source;
      source.bound = bound;
      source.fixes = instance_.fixes.to_string();
      source.environment = instance_.environment;
      const auto smaller = make_instance(source, instance_.job_text, instance_.faults_text);
      if (!smaller) {
        lines_.push_back(fmt::format("the same job with --bound={} is none: {}", bound, smaller.error().message));
        return false;
      }
      sim::SearchPlan plan{.stages = *stages_of({}, true), .limits = {}, .seed = plan_.seed};
      plan.limits.executions = kDefaultExhaustiveExecutions;
      plan.limits.execution = {.max_steps = kDefaultMaxSteps, .stop = &interrupted()};
      plan.limits.time_is_over = deadline(kTimeOfBound);
      plan.executions_of_others = kExecutionsBeforeExhausting;
      plan.stateful = plan_.stateful;
      const auto verdict = search_smaller(*smaller, plan, bound);
      if (!verdict) return false;
      lines_.push_back(fmt::format("the same job with --bound={}: {}", bound, lockcheck::headline(*verdict)));
      if (verdict->word <= VerdictWord::rule) return true;
      if (verdict->word != VerdictWord::verified || interrupted()) return false;
    }
    return false;
  }

  const Instance& instance_;
  sim::SearchPlan plan_;
  std::vector<std::string> lines_;
};

// Ten times what was given, or what is the default.
std::string more(const char* option, std::uint64_t number) { return fmt::format(" --{}={}", option, number * 10); }

// That device with something to read: half of its zones full, a quarter half full.
std::string with_data(device::DeviceConfig device) {
  const std::uint32_t first = device.conventional;
  if (first >= device.zones) return device.short_text();
  const std::uint32_t zones = device.zones - first;
  const std::uint32_t full = (zones + 1) / 2;
  std::uint32_t halves = (zones + 3) / 4;
  if (device.max_active != 0) halves = std::min(halves, device.max_active);
  halves = std::min(halves, zones - full);
  device.prefilled = false;
  device.filled = {{first, first + full - 1}};
  device.half.clear();
  if (halves != 0) device.half = {{first + full, first + full + halves - 1}};
  return device.short_text();
}

bool is_one_of(core::NoIo why, std::initializer_list<core::NoIo> reasons) {
  return std::ranges::find(reasons, why) != reasons.end();
}

// The command for jobs that did nothing: it gives them something to do, or shows what they do. Empty: a larger search
// may.
std::string next_of_idle(const Instance& instance, const CheckOptions& options, const Verdict& verdict) {
  using enum core::NoIo;
  const auto idle = idle_jobs(verdict.search);
  if (idle.empty()) return {};
  const std::vector<core::NoIo> reasons = lockcheck::reasons_of(idle);
  const core::NoIo why = reasons.empty() ? nothing_to_do : reasons.front();
  if (is_one_of(why, {not_begun, under_way})) return {};
  if (why == ended_by_others) return prove_command(instance);
  const InstanceSource& source = instance.source;
  const bool data = is_one_of(why, {nothing_to_read, nothing_to_trim});
  const std::string device = data ? "sim:" + with_data(instance.device) : source.device;
  std::string text = program_word() + (data ? " check " : " run ") + shell_word(source.job_path);
  text += " --fixes=" + instance.fixes.to_string();
  if (!device.empty()) text += " --device=" + shell_word(device);
  if (!source.faults_path.empty()) text += " --faults=" + shell_word(source.faults_path);
  if (data && !source.bound.empty()) text += " --bound=" + shell_word(source.bound);
  if (data && !options.search.strategy.empty()) text += " --strategy=" + shell_word(options.search.strategy);
  if (source.seed) text += fmt::format(" --seed={}", *source.seed);
  return text;
}

}  // namespace

bool is_plain(const SearchOptions& options) {
  return options.bound.empty() && options.strategy.empty() && !options.executions && !options.max_steps &&
         !options.time;
}

sim::Conclusion strongest_word(const Instance& instance, sim::SearchPlan plan) {
  return Asking(instance, std::move(plan)).run();
}

std::string next_check(const Instance& instance, const CheckOptions& options, const Verdict& verdict) {
  if (std::string next = next_of_idle(instance, options, verdict); !next.empty()) return next;
  const InstanceSource& source = instance.source;
  std::string text = program_word() + " check " + shell_word(source.job_path);
  text += " --fixes=" + instance.fixes.to_string();
  if (!source.device.empty()) text += " --device=" + shell_word(source.device);
  if (!source.faults_path.empty()) text += " --faults=" + shell_word(source.faults_path);
  // What draws without end, or has a map of what it drew, has too many states for any time.
  const bool endless = !source.bound.empty() && !instance.bounds.ios && verdict.search.stopped_by == StoppedBy::time;
  if (!source.bound.empty()) text += " --bound=" + shell_word(source.bound + (endless ? ",ios=4" : ""));
  if (!options.search.strategy.empty()) text += " --strategy=" + shell_word(options.search.strategy);
  if (source.seed) text += fmt::format(" --seed={}", *source.seed);
  if (endless) return text;
  switch (verdict.search.stopped_by) {
    case StoppedBy::executions:
      return text + more("executions", options.search.executions.value_or(kDefaultExhaustiveExecutions));
    case StoppedBy::memory:
      return text + " --memory=8g --time=1h";
    case StoppedBy::steps:
      return text + more("max-steps", options.search.max_steps.value_or(kDefaultMaxSteps)) + " --time=10m";
    case StoppedBy::nothing:
      if (source.bound.empty()) return text + fmt::format(" --bound={}", kBounds.back());
      return text + " --time=10m";
    default:
      return text + " --time=10m";
  }
}

}  // namespace zoneknot::tools
