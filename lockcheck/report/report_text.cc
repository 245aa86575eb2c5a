#include "lockcheck/report/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <ranges>
#include <set>
#include <utility>

#include "lockcheck/report/no_io_text.h"
#include "lockcheck/report/report_no_return.h"
#include "lockcheck/report/report_predictions.h"
#include "lockcheck/report/report_proof.h"
#include "lockcheck/report/report_scene.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/report_strategies.h"
#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

// 95 % confidence: if none of N independent executions shows it, its probability is below 3/N.
constexpr std::uint64_t kRuleOfThree = 3;

std::string hang_in_words(const Verdict& verdict) {
  const auto core = core_of(verdict);
  if (core.empty()) return "this schedule hangs";
  if (core.size() == 1)
    return fmt::format("{} waits for {} for ever", core[0]->task.name, awaited_text(core[0]->waits_for));
  if (std::any_of(core.begin(), core.end(), [](const TaskInVerdict* task) { return task->by_anybody; })) {
    if (std::ranges::count_if(core, std::not_fn(&merely_joins)) == 1) {
      return fmt::format("{} waits for {} for ever, and nobody is left to wake it", core[0]->task.name,
                         awaited_text(core[0]->waits_for));
    }
    return fmt::format("{} tasks wait for ever, nobody is left to wake them", core.size());
  }
  if (core.size() == 2)
    return fmt::format("{} and {} wait on each other for ever", core[0]->task.name, core[1]->task.name);
  return fmt::format("{} tasks wait on each other for ever", core.size());
}

std::string broken_in_words(const Verdict& verdict) {
  std::string out;
  std::set<Rule> seen;
  for (const RuleInVerdict& rule : verdict.scene.rules) {
    if (seen.insert(rule.rule).second) out += fmt::format("{}{}", out.empty() ? "" : ", ", rule_name(rule.rule));
  }
  return fmt::format("{} {} broken, no hang seen", seen.size() == 1 ? "rule" : "rules", out);
}

std::string abort_in_words(const Verdict& verdict) {
  const auto assertion = std::ranges::find(verdict.scene.rules, Rule::assertion, &RuleInVerdict::rule);
  if (assertion == verdict.scene.rules.end()) return "an assertion of the program fails";
  return fmt::format("an assertion of the program fails in {}: {}", assertion->task.name, assertion->what);
}

// The first of the kind that the word is about.
std::string end_in_words(const Verdict& verdict) {
  const EndKind kind = verdict.word == VerdictWord::early ? EndKind::early : EndKind::late;
  const auto end = std::ranges::find(verdict.scene.ends, kind, &EndInVerdict::kind);
  if (end == verdict.scene.ends.end()) return kind == EndKind::early ? "a job ended early" : "a job went on too long";
  const auto others = std::ranges::count(verdict.scene.ends, kind, &EndInVerdict::kind) - 1;
  const std::string more =
      others == 0 ? "" : fmt::format(", and {} likewise", counted(static_cast<std::uint64_t>(others), "job"));
  return end->task + " " + end_text(*end) + more;
}

// Predicted from a run that did not hang, or from a proof's rule that does not hold.
std::string possible_in_words(const Verdict& verdict) {
  const std::string predicted = predicted_in_words(verdict);
  return predicted.empty() ? "a rule can be broken, which no real run has shown" : predicted;
}

// What a proof says that had to cut the jobs.
std::string up_to_bounds(const Bounds& bounds) {
  return fmt::format("holds up to depth {}, {} and {} in each; what larger jobs do is not known",
                     bounds.depth.value_or(0), counted(bounds.zones.value_or(0), "zone"),
                     counted(bounds.blocks.value_or(0), "block"));
}

// "2 of 4 jobs did no I/O: there was nothing to read"; empty: each did some.
std::string idle_in_words(const SearchInVerdict& search) {
  const auto idle = idle_jobs(search);
  if (idle.empty()) return {};
  return fmt::format("{} of {} did no I/O: {}", idle.size(), counted(search.work.size(), "job"),
                     no_io_text(reasons_of(idle), idle.size() > 1));
}

// What is said of one execution in which nothing was found.
std::string run_in_words(const Verdict& verdict) {
  const auto failed = std::ranges::count_if(verdict.scene.jobs, [](const JobInVerdict& job) { return job.error != 0; });
  return "this run did not hang, and broke no rule" +
         (failed == 0
              ? std::string()
              : fmt::format("; {} of {} ended with an error", failed, counted(verdict.scene.jobs.size(), "job")));
}

std::string in_words(const Verdict& verdict) {
  switch (verdict.word) {
    case VerdictWord::hang:
      return hang_in_words(verdict);
    case VerdictWord::livelock:
      return "a cycle without progress is reachable";
    case VerdictWord::abort:
      return abort_in_words(verdict);
    case VerdictWord::rule:
      return broken_in_words(verdict);
    case VerdictWord::early:
    case VerdictWord::late:
      return end_in_words(verdict);
    case VerdictWord::possible:
      return possible_in_words(verdict);
    case VerdictWord::incomplete:
      if (std::string idle = idle_in_words(verdict.search);
          verdict.search.stopped_by == StoppedBy::nothing && !idle.empty()) {
        return idle;
      }
      if (verdict.search.stopped_by == StoppedBy::nothing && verdict.search.exhaustive) {
        return up_to_bounds(verdict.subject.bounds);
      }
      return verdict.search.stopped_by == StoppedBy::nothing
                 ? "stopped before an answer"
                 : fmt::format("stopped by {} before an answer", stopped_by_text(verdict.search.stopped_by));
    case VerdictWord::proved:
      return std::string("no deadlock for any number of jobs") +
             (any_assertion_failed(verdict.scene) ? "; an assertion of the program can fail" : "");
    case VerdictWord::verified:
      return "every interleaving of the bounded instance was covered, none hangs";
    case VerdictWord::clean: {
      if (!verdict.scene.rules.empty()) return broken_in_words(verdict);
      if (verdict.search.executions.value_or(0) == 1) return run_in_words(verdict);
      const std::string ordered = ordered_in_words(verdict);
      return "nothing found in the stated budget" + (ordered.empty() ? "" : "; " + ordered);
    }
  }
  return {};
}

std::string text_of_bounds(const Bounds& bounds) {
  const std::array<std::pair<std::string_view, std::optional<std::uint32_t>>, 6> all = {{{"skip", bounds.skip},
                                                                                         {"jobs", bounds.jobs},
                                                                                         {"zones", bounds.zones},
                                                                                         {"depth", bounds.depth},
                                                                                         {"ios", bounds.ios},
                                                                                         {"blocks", bounds.blocks}}};
  std::string out;
  for (const auto& [name, value] : all) {
    if (value) out += fmt::format("{}{}={}", out.empty() ? "" : ",", name, *value);
  }
  return out;
}

// A release has dozens, which `zoneknot fixes` explains: they would fill the first screen.
constexpr std::size_t kMostFixesNamed = 12;

std::string text_of_fixes(const SubjectInVerdict& subject) {
  if (subject.fixes.size() > kMostFixesNamed) {
    return fmt::format("{} ({} switches on)", subject.fix_set, subject.fixes.size());
  }
  std::string on;
  for (const std::string& fix : subject.fixes) on += (on.empty() ? "" : ", ") + fix;
  return fmt::format("{}{}", subject.fix_set, on.empty() ? " (all off)" : " (on: " + on + ")");
}

// Executions that ran to their end: the others say nothing about what they did not reach.
std::uint64_t finished_executions(const SearchInVerdict& search) {
  const std::uint64_t unfinished = search.executions_cut + search.executions_pruned;
  const std::uint64_t all = search.executions.value_or(0);
  return all > unfinished ? all - unfinished : 0;
}

std::string text_of_space(const StateSpaceInVerdict& space) {
  std::string out = counted(space.transitions, "transition");
  if (space.remembered > 0) out += fmt::format(" ({} without the program)", grouped(space.remembered));
  out += fmt::format(", at most {} deep, {} MiB of states", grouped(space.deepest), grouped(space.bytes >> 20U));
  if (space.frontier > 0) out += fmt::format(", {} left unexplored", counted(space.frontier, "known choice"));
  return out;
}

std::string text_of_search(const SearchInVerdict& search) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (search.executions) add(counted(*search.executions, "execution"));
  if (search.executions_cut > 0) {
    const std::string where = search.cut_at ? fmt::format(" (the first in {})", place_text(*search.cut_at)) : "";
    const std::string from = search.first_step_limit > 0 ? grouped(search.first_step_limit) + " to " : "";
    add(fmt::format("{} of them cut at {}{} scheduling points{}", grouped(search.executions_cut), from,
                    grouped(search.step_limit), where));
  }
  if (search.executions_pruned > 0) {
    add(fmt::format("{} given up because another one covers them", grouped(search.executions_pruned)));
  }
  if (search.exhaustive && search.traces) add(counted(*search.traces, "trace"));
  if (search.states) add(counted(*search.states, "state"));
  if (search.state_space) add(text_of_space(*search.state_space));
  if (search.steps) add(counted(*search.steps, "scheduling point"));
  if (search.exhaustive) add("exhaustive");
  if (search.first_hang_execution)
    add(fmt::format("first hang in execution {}", grouped(*search.first_hang_execution)));
  // The time of a single execution says nothing and would make two replays differ.
  if (search.seconds > 0 && search.executions.value_or(0) > 1) add(fmt::format("{:.1f} s", search.seconds));
  return out;
}

// How much was done, and the way out where nothing came of it because there was nothing to do.
std::string text_of_work(const Verdict& verdict) {
  const SearchInVerdict& search = verdict.search;
  std::string out;
  if (std::ranges::all_of(search.work, [](const WorkInVerdict& work) { return work.ios.has_value(); }) &&
      !search.work.empty()) {
    const auto ios = [](const WorkInVerdict& work) { return *work.ios; };
    const std::uint64_t least = std::ranges::min(search.work | std::views::transform(ios));
    const std::uint64_t most = std::ranges::max(search.work | std::views::transform(ios));
    out = least == most ? counted(most, "I/O") : fmt::format("{} to {}", grouped(least), counted(most, "I/O"));
    if (search.work.size() > 1) out += " of each job";
  }
  if (search.lock_waits) out += (out.empty() ? "" : ", ") + counted(*search.lock_waits, "wait") + " for locks";
  const auto idle = idle_jobs(search);
  if (idle.empty() || verdict.word != VerdictWord::incomplete) return out;
  out += (out.empty() ? "none of " : "; none of ") + idle.front()->job;
  if (idle.size() > 1) out += fmt::format(" and {} more", idle.size() - 1);
  return out + ": " + way_to_io(reasons_of(idle));
}

std::string text_of_worth(const Verdict& verdict) {
  const bool seen_no_hang = verdict.word == VerdictWord::clean || verdict.word == VerdictWord::rule;
  if (!seen_no_hang || verdict.search.exhaustive || !verdict.search.executions) return {};
  const std::uint64_t finished = finished_executions(verdict.search);
  if (finished <= kRuleOfThree) {
    return fmt::format("little: only {} ran to the end", counted(finished, "execution"));
  }
  // Where executions are not drawn, their number is worth nothing; what they have covered is.
  const auto drawn = [](const StrategyInVerdict& strategy) { return strategy.hang_probability_below.has_value(); };
  if (!verdict.search.strategies.empty() &&
      std::none_of(verdict.search.strategies.begin(), verdict.search.strategies.end(), drawn)) {
    return verdict.search.strategies.back().coverage;
  }
  return fmt::format(
      "0 of {} executions that ran to the end hung: at 95 % confidence fewer than 3/{} of such "
      "executions hang (1 in {})",
      grouped(finished), grouped(finished), grouped(finished / kRuleOfThree));
}

std::string text_of_setting(const Verdict& verdict) {
  std::string out;
  const auto row = [&out](std::string_view label, const std::string& text) {
    if (!text.empty()) out += hanging(column(label, 10), text);
  };
  const SubjectInVerdict& subject = verdict.subject;
  row("job", subject.job);
  if (!subject.fix_set.empty()) row("fixes", text_of_fixes(subject));
  row("device", subject.device);
  row("bounds", text_of_bounds(subject.bounds));
  std::string dropped;
  for (const std::string& what : subject.dropped) dropped += (dropped.empty() ? "" : ", ") + what;
  row("dropped", dropped);
  row("strategy", verdict.search.strategy);
  row("draws", draws_text(subject));
  row("searched", text_of_search(verdict.search));
  row("work", text_of_work(verdict));
  row("worth", text_of_worth(verdict));
  const std::vector<std::string>& order = verdict.order.lines;
  for (const std::string& line : order) row(&line == &order.front() ? "order" : "", line);
  return out;
}

std::string step_text(const RuleInKnot& knot) { return knot.step ? fmt::format(", in step {}", *knot.step) : ""; }

std::string text_of_rules(const Verdict& verdict) {
  std::string out;
  for (const RuleInVerdict& rule : verdict.scene.rules) {
    out += "\n" + hanging("", fmt::format("rule {} broken {}: {}", rule_name(rule.rule), counted(rule.count, "time"),
                                          rule_meaning(rule.rule)));
    if (const auto& knot = rule.in_knot) {
      out +=
          hanging("  in the knot: ", fmt::format("{}: {}{}", fit(knot->task.name, 40), knot->what, step_text(*knot)));
    }
    const bool same = rule.in_knot && rule.in_knot->task == rule.task && rule.in_knot->what == rule.what;
    if (!same) {
      out += hanging(rule.in_knot ? "  the first time: " : "  ",
                     fmt::format("{}: {}", fit(rule.task.name, 40), rule.what));
    }
    out += line("  at " + column(rule.place.function, 46) + " " + fit(place_text(rule.place), 28));
  }
  return out;
}

std::string text_of_ends(const Verdict& verdict) {
  if (verdict.scene.ends.empty()) return {};
  std::string out = "\njobs that did not end as they were told\n";
  for (const EndInVerdict& end : verdict.scene.ends) out += hanging("  - ", end.task + " " + end_text(end));
  return out;
}

std::string text_of_cycle(const Verdict& verdict) {
  if (verdict.scene.cycle.empty()) return {};
  std::string out =
      fmt::format("\nthe cycle, {} once around\n", counted(verdict.scene.cycle_steps, "scheduling point"));
  for (const TaskAtPlace& task : verdict.scene.cycle) out += hanging("  - ", place_text(task));
  return out;
}

std::string text_of_assumptions(const Verdict& verdict) {
  if (verdict.assumptions.empty()) return {};
  std::string out = "\nassumed\n";
  for (const std::string& assumption : verdict.assumptions) out += hanging("  - ", assumption);
  return out;
}

std::string text_of_replay(const Verdict& verdict) {
  std::string out;
  if (!verdict.scene.witness.empty()) out += "\nwitness\n" + verdict.scene.witness + "\n";
  if (!verdict.scene.replay_command.empty()) out += "\nto see it again\n" + verdict.scene.replay_command + "\n";
  return out;
}

}  // namespace

std::string headline(const Verdict& verdict) {
  return fmt::format("{}: {}", word_name(verdict.word), in_words(verdict));
}

std::string to_text(const Verdict& verdict, Detail detail) {
  const std::string rule = std::string(kReportWidth, '-') + "\n";
  const bool full = detail != Detail::brief;
  const std::size_t steps = detail == Detail::full ? kStepsOfAll : full ? kStepsOnPage : kStepsShown;
  // What the word is about stands on the first screen.
  const bool rules_first = verdict.word == VerdictWord::rule || verdict.word == VerdictWord::abort;
  const std::string rules = text_of_rules(verdict);
  std::string first = text_of_story(verdict) + text_of_tasks(verdict) + text_of_no_return(verdict) +
                      text_of_cycle(verdict) + (rules_first ? rules : "") + text_of_cause(verdict) +
                      text_of_next(verdict);
  if (!first.empty()) first = first.substr(first.starts_with('\n') ? 1 : 0) + rule;
  return hanging("", headline(verdict)) + rule + first + text_of_setting(verdict) +
         (full ? text_of_strategies(verdict) : "") + text_of_zones(verdict) + text_of_steps(verdict, steps) +
         (rules_first ? "" : rules) + text_of_ends(verdict) + text_of_predictions(verdict) +
         text_of_what_is_apart(verdict) + text_of_proof(verdict) + text_of_assumptions(verdict) +
         (detail == Detail::on_page ? "" : text_of_replay(verdict)) + std::string(kReportWidth, '=') + "\n";
}

}  // namespace zoneknot::lockcheck
