#include "lockcheck/report/report_predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "lockcheck/text/columns.h"
#include "lockcheck/verdict/deadlock_kind.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kNameWidth = 40;
constexpr std::size_t kWaitColumn = (kReportWidth - 6) / 2;  // one of two columns, indented by four

struct Status {
  std::string_view name;
  std::string_view meaning;
};

// The surest first; that is also the order of the summary.
constexpr std::array<Status, 4> kStatuses = {{
    {"confirmed", "a schedule was found that hangs there"},
    {"sound", "another order of the very events that were seen leads there"},
    {"possible", "nothing that was seen rules it out"},
    {"refuted", "it cannot come to that"},
}};

std::size_t count_of(const Verdict& verdict, std::string_view status) {
  const auto has_it = [status](const PredictionInVerdict& prediction) { return prediction.status == status; };
  return static_cast<std::size_t>(std::ranges::count_if(verdict.predictions, has_it));
}

std::string text_of_place(std::string_view function, std::string_view site) {
  if (function.empty() && site.empty()) return {};
  return line("      at " + column(function, 42) + " " + fit(site, 28));
}

std::string text_of(const LinkInVerdict& link) {
  return hanging("  ", fmt::format("task {}", fit(link.task, kNameWidth))) +
         hanging("    has ", fit(link.owns, kNameWidth)) + text_of_place(link.owns_function, link.owns_site) +
         hanging("    waits for ", fit(link.waits_for, kNameWidth)) +
         text_of_place(link.waits_function, link.waits_site);
}

// Who would wait on whom; begins and ends with the same task.
std::string text_of_chain(const std::vector<LinkInVerdict>& links) {
  std::string chain;
  const std::size_t shown = std::min(links.size(), kLinksShown);
  for (std::size_t i = 0; i < shown; ++i) {
    chain += fmt::format("{} -[{}]-> ", fit(links[i].task, kNameWidth), fit(links[i].waits_for, kNameWidth));
  }
  if (shown < links.size()) chain += fmt::format("{} -> ", counted(links.size() - shown, "more task"));
  return hanging("  the circle: ", chain + fit(links.front().task, kNameWidth));
}

// Two tasks side by side, in the order in which they would have to come.
std::string text_of_scenario(const LinkInVerdict& first, const LinkInVerdict& second) {
  const auto left = [](const std::string& text) { return line("    " + fit(text, kWaitColumn)); };
  const auto right = [](const std::string& text) {
    return line("    " + column("", kWaitColumn + 2) + fit(text, kWaitColumn));
  };
  return "  it would come to that like this\n" +
         line("    " + column(fit(first.task, kNameWidth), kWaitColumn) + "  " + fit(second.task, kWaitColumn)) +
         left("has " + first.owns) + right("has " + second.owns) + left("waits for " + first.waits_for) +
         right("waits for " + second.waits_for);
}

std::string text_of_status(const PredictionInVerdict& prediction) {
  std::string text(status_meaning(prediction.status));
  if (!prediction.reason.empty()) text += fmt::format(" ({})", prediction.reason);
  return hanging("  ", fmt::format("{}: {}", prediction.status, text));
}

std::string text_of_kinds(const DeadlockKinds& kinds) {
  std::string text = counted(kinds.confirmed + kinds.open + kinds.refuted, "kind");
  if (kinds.hangs > 0) {
    text += fmt::format("; of {} that hung in the search {} among them", counted(kinds.hangs, "kind"),
                        kinds.hangs_predicted == 0   ? "none is"
                        : kinds.hangs_predicted == 1 ? "one is"
                                                     : grouped(kinds.hangs_predicted) + " are");
  }
  return hanging("by their places: ", text);
}

std::string text_of(const PredictionInVerdict& prediction) {
  const std::vector<LinkInVerdict>& links = prediction.links;
  std::string out = "\n" + hanging("", fmt::format("predicted [{}]: {}", prediction.status, prediction.what));
  const std::size_t shown = std::min(links.size(), kLinksShown);
  for (std::size_t i = 0; i < shown; ++i) out += text_of(links[i]);
  if (shown < links.size()) out += fmt::format("  and {}\n", counted(links.size() - shown, "more task"));
  if (!links.empty()) out += text_of_chain(links);
  if (links.size() == 2) out += text_of_scenario(links.front(), links.back());
  out += text_of_status(prediction);
  if (!prediction.witness.empty()) out += "  a schedule that hangs there\n" + prediction.witness + "\n";
  return out;
}

}  // namespace

std::string_view status_meaning(std::string_view status) {
  for (const Status& known : kStatuses) {
    if (known.name == status) return known.meaning;
  }
  return "a status this version does not know";
}

std::string predicted_in_words(const Verdict& verdict) {
  const std::size_t sound = count_of(verdict, "sound");
  const std::size_t open = sound + count_of(verdict, "possible");
  if (open == 0) return {};
  std::string out = counted(open, "predicted deadlock");
  if (sound > 0) out += open == 1 ? ", a sound one" : fmt::format(", {} of them sound", grouped(sound));
  return out + (open == 1 ? ": it was not driven to a hang" : ": none was driven to a hang");
}

std::string text_of_predictions(const Verdict& verdict) {
  if (verdict.predictions.empty()) return {};
  std::string counts;
  for (const Status& status : kStatuses) {
    const std::size_t count = count_of(verdict, status.name);
    if (count > 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", grouped(count), status.name);
  }
  std::string out = "\n" + hanging("deadlocks predicted: ", counts) + text_of_kinds(count_kinds(verdict));
  const bool searched = !verdict.strategies.empty();
  if (searched && verdict.word == VerdictWord::hang && count_of(verdict, "confirmed") == 0) {
    return out + "(not shown beside a hang; --predictions steers towards them)\n";
  }
  const std::size_t shown = std::min(verdict.predictions.size(), kPredictionsShown);
  for (std::size_t i = 0; i < shown; ++i) out += text_of(verdict.predictions[i]);
  if (shown < verdict.predictions.size()) {
    out += fmt::format("\nand {}\n", counted(verdict.predictions.size() - shown, "more prediction"));
  }
  return out;
}

}  // namespace zoneknot::lockcheck
