#include "lockcheck/report/report_sentences.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockcheck/report/no_io_text.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kTasksInSentence = 4;
constexpr std::size_t kSentenceNameWidth = 40;

// "in adjust_block (fio: zbd_adjust_block), block_adjuster.cc:88".
std::string at_text(const Verdict& verdict, const Place& place) {
  const std::string where = place_text(place);
  if (place.function.empty()) return where.empty() ? "at a place that is not known" : "at " + where;
  return "in " + function_text(verdict, place.function) + (where.empty() ? "" : ", " + where);
}

std::string livelock_text(const Verdict& verdict) {
  std::string who;
  const auto& cycle = verdict.scene.cycle;
  for (std::size_t i = 0; i < std::min(cycle.size(), kTasksInSentence); ++i) {
    who += fmt::format("{}{} goes round {}", i == 0 ? "" : "; ", fit(cycle[i].task, kSentenceNameWidth),
                       at_text(verdict, cycle[i].place));
  }
  if (cycle.size() > kTasksInSentence)
    who += fmt::format("; and so do {}", counted(cycle.size() - kTasksInSentence, "more task"));
  if (who.empty()) who = "The program goes round";
  const std::string once =
      verdict.scene.cycle_steps > 0 ? counted(verdict.scene.cycle_steps, "scheduling point") : "each round";
  return fmt::format(
      "{}: after {} everything is as it was before, and nothing has got on. Nobody is stuck, and waiting does not "
      "help: a scheduler that gives every task its turn can go on like this for ever.",
      who, once);
}

std::string abort_text(const Verdict& verdict) {
  const auto broken = std::ranges::find(verdict.scene.rules, Rule::assertion, &RuleInVerdict::rule);
  if (broken == verdict.scene.rules.end()) return {};
  return fmt::format(
      "{} comes to an assertion that does not hold {}: {}. The program ends there with SIGABRT where its assertions "
      "are built in; here the job stops.",
      fit(broken->task.name, kSentenceNameWidth), at_text(verdict, broken->place), broken->what);
}

std::string rule_text(const Verdict& verdict) {
  const auto& rules = verdict.scene.rules;
  if (rules.empty()) return {};
  const RuleInVerdict& first = rules.front();
  std::string text =
      fmt::format("{} breaks rule {}, {}: {}, {}", fit(first.task.name, kSentenceNameWidth), rule_name(first.rule),
                  rule_meaning(first.rule), first.what, at_text(verdict, first.place));
  if (rules.size() > 1) text += fmt::format("; rules are broken at {} more", counted(rules.size() - 1, "place"));
  return text + ". Nothing hung by it in what was run; other jobs beside it, or another schedule, may.";
}

std::string end_sentences(const Verdict& verdict) {
  const bool early = verdict.word == VerdictWord::early;
  const auto end = std::ranges::find(verdict.scene.ends, early ? EndKind::early : EndKind::late, &EndInVerdict::kind);
  if (end == verdict.scene.ends.end()) return {};
  return fmt::format("{} {}. {}", fit(end->task, kSentenceNameWidth), end_text(*end),
                     early ? "It was given no further block in the middle of its work; as it reports no error, only "
                             "its totals tell."
                           : "It does end, but not when it was told to.");
}

std::string prediction_sentences(const PredictionInVerdict& prediction) {
  std::string who;
  for (std::size_t i = 0; i < std::min(prediction.links.size(), kTasksInSentence); ++i) {
    const LinkInVerdict& link = prediction.links[i];
    who += fmt::format("{}{} has {} and waits for {}", i == 0 ? "" : ", while ",
                       fit(link.task.name, kSentenceNameWidth), owned_text(link.owns), awaited_text(link.waits_for));
  }
  if (prediction.links.size() > kTasksInSentence) {
    who += fmt::format(", and so on through {}", counted(prediction.links.size() - kTasksInSentence, "more task"));
  }
  return fmt::format("It did not hang, but it can come to this: {}. That is {}: {}.", who,
                     status_name(prediction.status), status_meaning(prediction.status));
}

std::string possible_text(const Verdict& verdict) {
  const auto counts = [&verdict](const PredictionInVerdict& prediction) {
    return prediction.open() || (verdict.order.counts_ordered && prediction.status == PredictionStatus::ordered);
  };
  const auto prediction = std::ranges::find_if(verdict.order.predictions, counts);
  if (prediction != verdict.order.predictions.end() && !prediction->links.empty()) {
    return prediction_sentences(*prediction);
  }
  if (verdict.proof.obligations.empty()) return {};
  const ObligationInVerdict& broken = verdict.proof.obligations.front();
  return fmt::format(
      "Among jobs that may do anything, {} comes to break what a proof needs, {}: {}, {}. No run of the job itself "
      "was found that does so, so it may be a false alarm.",
      fit(broken.job, kSentenceNameWidth), obligation_text(broken.rule), broken.what, at_text(verdict, broken.place));
}

std::string looked_at_text(const SearchInVerdict& search) {
  if (search.executions) return counted(*search.executions, "execution");
  return search.states ? counted(*search.states, "state") : "what was looked at";
}

std::string incomplete_text(const Verdict& verdict) {
  const SearchInVerdict& search = verdict.search;
  if (search.stopped_by == StoppedBy::not_repeatable) {
    return "The program does not do the same under the same schedule, so a search of its schedules says nothing. What "
           "two of its runs have in common is to be taken out of it.";
  }
  if (search.stopped_by == StoppedBy::nothing) {
    if (const auto idle = idle_jobs(search); !idle.empty()) {
      return fmt::format("Nothing hung in {}, but {} did no I/O in any of them, so of that nothing is known: {}.",
                         looked_at_text(search), fit(idle.front()->job, kSentenceNameWidth),
                         way_to_io(idle.front()->why_none));
    }
    if (search.exhaustive) {
      return "For jobs of the stated size everything was looked at, and nothing breaks. What larger jobs do does not "
             "follow from that.";
    }
  }
  if (search.executions && search.executions_cut == *search.executions && search.executions_cut > 0) {
    return fmt::format(
        "None of {} came to its end within {}, so nothing is known of how they end. They may go on for ever, or "
        "be longer than that.",
        looked_at_text(search), counted(search.step_limit, "scheduling point"));
  }
  return fmt::format("Nothing was found in {}. There is more that was not looked at, and it may hang or not.",
                     looked_at_text(search));
}

std::string clean_text(const Verdict& verdict) {
  const SearchInVerdict& search = verdict.search;
  if (!verdict.scene.rules.empty()) {
    return rule_text(verdict);
  }
  if (!search.executions) {
    return "What was recorded did not hang, and no other order of its events was found that does. Another run may take "
           "locks that this one did not.";
  }
  if (*search.executions == 1) {
    return "This run did not hang, and broke no rule. It is one schedule of many.";
  }
  if (search.exhaustive) {
    return fmt::format(
        "None of {} hung or broke a rule. They are all that the strategy makes; it leaves schedules out.",
        looked_at_text(search));
  }
  return fmt::format(
      "None of {} hung or broke a rule. That is evidence and no proof: there are schedules that nobody has tried.",
      looked_at_text(search));
}

}  // namespace

std::string sentences_of(const Verdict& verdict) {
  switch (verdict.word) {
    case VerdictWord::hang:
      return {};
    case VerdictWord::livelock:
      return livelock_text(verdict);
    case VerdictWord::abort:
      return abort_text(verdict);
    case VerdictWord::rule:
      return rule_text(verdict);
    case VerdictWord::early:
    case VerdictWord::late:
      return end_sentences(verdict);
    case VerdictWord::possible:
      return possible_text(verdict);
    case VerdictWord::incomplete:
      return incomplete_text(verdict);
    case VerdictWord::proved:
      return "Each of these jobs keeps the rules of the protocol whatever the others do, so no number of them, in any "
             "mix, can wait on each other for ever. That rests on what is assumed below, and says nothing of "
             "livelocks.";
    case VerdictWord::verified:
      return "Every interleaving of the jobs within the bounds was gone through, and none hangs or breaks a rule. Of "
             "more or larger jobs it says nothing.";
    case VerdictWord::clean:
      return clean_text(verdict);
  }
  return {};
}

}  // namespace zoneknot::lockcheck
