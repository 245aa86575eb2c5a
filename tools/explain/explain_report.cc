#include "tools/explain/explain_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/report_text.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTitlesShown = 4;

std::string place_text(const Together& group) {
  std::string text(stands_text(group.stands));
  if (group.stands == Stands::unknown) return text + ": " + group.function;
  text += (group.stands == Stands::helper ? ": " : " in ") + group.function;
  if (group.vague) text += " or what it calls (no symbols)";
  return text + (group.inside.empty() ? "" : ", called from " + group.inside);
}

std::string titles_text(const Together& group, bool all) {
  const std::size_t shown = all ? group.titles.size() : std::min(group.titles.size(), kTitlesShown);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ", ") + group.titles[i];
  if (shown < group.titles.size()) text += fmt::format(" and {} more", group.titles.size() - shown);
  return text;
}

std::string placement_text(const Explanation& explanation, bool all) {
  const Placement& placement = explanation.placement;
  std::string out = fmt::format(
      "the backtrace: {} of {}\n", lockcheck::counted(placement.threads.size(), "thread"),
      placement.processes == 1 ? std::string("1 process") : fmt::format("{} processes", placement.processes));
  for (const Together& group : explanation.groups) {
    out += lockcheck::hanging(fmt::format("{:>5} ", group.titles.size()), place_text(group));
    out += lockcheck::hanging("        ", titles_text(group, all));
  }
  if (!placement.dead_owner.empty()) out += lockcheck::hanging("dead owner: ", placement.dead_owner);
  return out;
}

enum class Came : std::uint8_t { left_out, refused, in_vain, found };

Came came_of(const TriedFixes& tried) {
  if (!tried.left_out.empty()) return Came::left_out;
  if (!tried.refused.empty()) return Came::refused;
  return tried.found() ? Came::found : Came::in_vain;
}

std::string first_of(const FixesToTry& fixes) { return fixes.first.empty() ? fixes.name : fixes.first; }
std::string last_of(const FixesToTry& fixes) { return fixes.last.empty() ? fixes.name : fixes.last; }

// "fio-3.20 to fio-3.33".
std::string span_text(const FixesToTry& first, const FixesToTry& last) {
  return first_of(first) == last_of(last) ? first_of(first) : first_of(first) + " to " + last_of(last);
}

// Sets of fixes, one behind the other, of which the same came.
struct TriedAlike {
  const TriedFixes* first;
  const TriedFixes* last;
};

std::vector<TriedAlike> tried_alike(const std::vector<TriedFixes>& tried) {
  std::vector<TriedAlike> alike;
  for (const TriedFixes& each : tried) {
    const bool same = !alike.empty() && came_of(*alike.back().last) == came_of(each) &&
                      alike.back().last->refused == each.refused && alike.back().last->left_out == each.left_out;
    same ? static_cast<void>(alike.back().last = &each) : alike.push_back({&each, &each});
  }
  return alike;
}

std::string searched_text(const TriedAlike& tried) {
  const bool several = tried.first != tried.last;
  if (tried.first->goes_round) return "goes round there without getting on";
  std::uint64_t executions = UINT64_MAX;
  std::uint64_t found = 0;
  std::uint64_t other_hangs = 0;
  std::uint32_t nearest = 0;
  for (const TriedFixes* each = tried.first; each <= tried.last; ++each) {
    executions = std::min(executions, each->result.executions);
    nearest = std::max(nearest, each->result.nearest);
    other_hangs += each->result.other_hangs;
    if (each->result.found) found = std::max(found, each->result.found->execution);
  }
  if (came_of(*tried.first) == Came::found) {
    return fmt::format("hangs there, in execution {} of the search{}", lockcheck::grouped(found),
                       several ? " at the latest" : "");
  }
  const bool loop = tried.first->result.wanted == 0;
  if (loop) return fmt::format("no such loop in {}", lockcheck::counted(executions, "execution"));
  std::string text = fmt::format("{}not reproduced in {}; at best {} of {} waited so", several ? "each " : "",
                                 lockcheck::counted(executions, "execution"), nearest,
                                 lockcheck::counted(tried.first->result.wanted, "thread"));
  return other_hangs > 0 ? text + fmt::format("; {} hung elsewhere", lockcheck::grouped(other_hangs)) : text;
}

std::string tried_text(const Explanation& explanation) {
  constexpr std::size_t kWidth = 24;
  std::string out;
  for (const TriedAlike& tried : tried_alike(explanation.tried)) {
    const TriedFixes& first = *tried.first;
    const std::string text = !first.left_out.empty()  ? "not searched: " + first.left_out
                             : !first.refused.empty() ? "refuses the job: " + first.refused
                                                      : searched_text(tried);
    out += lockcheck::hanging("  " + lockcheck::column(span_text(first.fixes, tried.last->fixes), kWidth) + "  ", text);
  }
  return out.empty() ? out : "\nthe job under\n" + out;
}

// "reproduced under fio-3.18 to fio-3.41; shown is fio-3.18".
std::string reproduced_text(const Explanation& explanation) {
  std::string text;
  for (const TriedAlike& tried : tried_alike(explanation.tried)) {
    if (came_of(*tried.first) == Came::found) {
      text += (text.empty() ? "" : ", ") + span_text(tried.first->fixes, tried.last->fixes);
    }
  }
  const std::string& shown = explanation.finding->fixes;
  if (text == shown) return "reproduced under " + text;
  return fmt::format("reproduced under {}; shown here: {} (--fixes=fio-3.N for yours)", text, shown);
}

std::string answer_text(const Explanation& explanation) {
  if (explanation.finding) return reproduced_text(explanation);
  if (!anybody_waits(explanation)) {
    return "no thread waits for a zone: this is no hang of the zone locking, or the backtrace was taken too early";
  }
  return "not reproduced";
}

std::string in_two_sentences(const Explanation& explanation) {
  const std::size_t threads = explanation.placement.threads.size();
  const auto waiting = static_cast<std::size_t>(std::ranges::count_if(
      explanation.placement.threads, [](const PlacedThread& thread) { return thread.may_be_stuck(); }));
  if (waiting == 0) {
    return fmt::format(
        "None of the {} of the backtrace waits for a lock of a zone or the table of zones, or in a job for a signal{}. "
        "Below is where each of them stands.",
        lockcheck::counted(threads, "thread"),
        explanation.tried.empty() ? ", so there is nothing to look for"
                                  : ", and none was found to go round for ever where they are");
  }
  std::uint64_t executions = 0;
  std::size_t nearest = 0;
  std::size_t wanted = 0;
  for (const TriedFixes& tried : explanation.tried) {
    executions += tried.result.executions;
    nearest = std::max<std::size_t>(nearest, tried.result.nearest);
    wanted = std::max<std::size_t>(wanted, tried.result.wanted);
  }
  return fmt::format(
      "{} of {} wait for locks or signals, but in {} of this job no state was found in which its threads wait so for "
      "ever. "
      "At best {} of {} waited there.",
      waiting, lockcheck::counted(threads, "thread"), lockcheck::counted(executions, "execution"), nearest, wanted);
}

std::string next_text(const Explanation& explanation) {
  if (explanation.finding) return {};
  const std::string hints = !anybody_waits(explanation)
                                ? "looks for everything else that the job may do under that release (--fixes=fio-3.N): "
                                  "loops without progress, "
                                  "assertions that fail, jobs that end early."
                                : "--fixes=fio-3.N with your release (fio --version) looks longer at one protocol; is "
                                  "JOB the very job that hung, "
                                  "with its device (--device=sim:zones=...,filled=... for zones with data)?";
  return "\nnext\n" + lockcheck::text_of_command(explanation.next) + lockcheck::hanging("  ", hints);
}

Json json_of(const Together& group) {
  return {{"stands", stands_text(group.stands)},
          {"function", group.function},
          {"inside", group.inside.empty() ? Json(nullptr) : Json(group.inside)},
          {"with_what_it_calls", group.vague},
          {"threads", group.titles}};
}

Json json_of(const TriedFixes& tried) {
  return {{"fixes", tried.fixes.name},
          {"fix_set", tried.fixes.set.to_string()},
          {"reproduced", tried.found()},
          {"refused", tried.refused.empty() ? Json(nullptr) : Json(tried.refused)},
          {"not_searched", tried.left_out.empty() ? Json(nullptr) : Json(tried.left_out)},
          {"executions", tried.result.executions},
          {"steps", tried.result.steps},
          {"other_hangs", tried.result.other_hangs},
          {"nearest", tried.result.nearest},
          {"wanted", tried.result.wanted}};
}

}  // namespace

bool anybody_waits(const Explanation& explanation) {
  return std::ranges::any_of(explanation.placement.threads,
                             [](const PlacedThread& thread) { return thread.may_be_stuck(); });
}

lockcheck::VerdictWord word_of(const Explanation& explanation) {
  return explanation.finding ? explanation.finding->verdict.word : lockcheck::VerdictWord::incomplete;
}

std::string explanation_text(const Explanation& explanation, bool verbose) {
  const std::string rule = std::string(lockcheck::kReportWidth, '-') + "\n";
  const std::string how = placement_text(explanation, verbose) + tried_text(explanation);
  if (!explanation.finding) {
    return lockcheck::hanging("", "INCOMPLETE: " + answer_text(explanation)) + rule +
           lockcheck::hanging("", in_two_sentences(explanation)) + next_text(explanation) + rule + how;
  }
  // The report's first line says of the backtrace what its verdict says of the job.
  const lockcheck::Verdict& verdict = explanation.finding->verdict;
  const std::string report = lockcheck::to_text(verdict, verbose ? lockcheck::Detail::full : lockcheck::Detail::brief);
  const std::size_t head = report.find(rule);
  const std::size_t screen = report.find(rule, head + rule.size());
  return lockcheck::hanging("", lockcheck::headline(verdict)) + lockcheck::hanging("", answer_text(explanation)) +
         report.substr(head, screen + rule.size() - head) + how + "\n" + report.substr(screen + rule.size());
}

std::string explanation_json(const Explanation& explanation) {
  Json json = {{"schema", "zoneknot.explain/1"},
               {"answer", answer_text(explanation)},
               {"reproduced", explanation.finding.has_value()},
               {"processes", explanation.placement.processes},
               {"dead_owner",
                explanation.placement.dead_owner.empty() ? Json(nullptr) : Json(explanation.placement.dead_owner)}};
  for (const Together& group : explanation.groups) json["groups"].push_back(json_of(group));
  json["tried"] = Json::array();
  for (const TriedFixes& tried : explanation.tried) json["tried"].push_back(json_of(tried));
  json["verdict"] = explanation.finding ? Json::parse(lockcheck::to_json(explanation.finding->verdict)) : Json(nullptr);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zoneknot::tools
