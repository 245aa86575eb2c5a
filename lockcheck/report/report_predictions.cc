#include "lockcheck/report/report_predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"
#include "lockcheck/verdict/deadlock_kind.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kNameWidth = 40;
constexpr std::size_t kWaitColumn = (kReportWidth - 6) / 2;  // one of two columns, indented by four

std::size_t count_of(const Verdict& verdict, PredictionStatus status) {
  return static_cast<std::size_t>(std::ranges::count(verdict.order.predictions, status, &PredictionInVerdict::status));
}

std::string text_of_place(const Place& place) {
  if (place.function.empty() && !place.known()) return {};
  return line("      at " + column(place.function, 42) + " " + fit(place_text(place), 28));
}

std::string text_of(const LinkInVerdict& link) {
  return hanging("  ", fmt::format("task {}", fit(link.task.name, kNameWidth))) +
         hanging("    has ", fit(owned_text(link.owns), kNameWidth)) + text_of_place(link.owned_at) +
         hanging("    waits for ", fit(awaited_text(link.waits_for), kNameWidth)) + text_of_place(link.asked_at);
}

// Who would wait on whom; begins and ends with the same task.
std::string text_of_chain(const std::vector<LinkInVerdict>& links) {
  std::string chain;
  const std::size_t shown = std::min(links.size(), kLinksShown);
  for (std::size_t i = 0; i < shown; ++i) {
    chain += fmt::format("{} -[{}]-> ", fit(links[i].task.name, kNameWidth),
                         fit(awaited_text(links[i].waits_for), kNameWidth));
  }
  if (shown < links.size()) chain += fmt::format("{} -> ", counted(links.size() - shown, "more task"));
  return hanging("  the circle: ", chain + fit(links.front().task.name, kNameWidth));
}

// Two tasks side by side, in the order in which they would have to come.
std::string text_of_scenario(const LinkInVerdict& first, const LinkInVerdict& second) {
  const auto left = [](const std::string& text) { return line("    " + fit(text, kWaitColumn)); };
  const auto right = [](const std::string& text) {
    return line("    " + column("", kWaitColumn + 2) + fit(text, kWaitColumn));
  };
  return "  it would come to that like this\n" +
         line("    " + column(fit(first.task.name, kNameWidth), kWaitColumn) + "  " +
              fit(second.task.name, kWaitColumn)) +
         left("has " + owned_text(first.owns)) + right("has " + owned_text(second.owns)) +
         left("waits for " + awaited_text(first.waits_for)) + right("waits for " + awaited_text(second.waits_for));
}

std::string text_of_status(const PredictionInVerdict& prediction) {
  std::string text(status_meaning(prediction.status));
  if (const std::string grounds = grounds_text(prediction); !grounds.empty()) text += fmt::format(" ({})", grounds);
  return hanging("  ", fmt::format("{}: {}", status_name(prediction.status), text));
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
  std::string out = "\n" + hanging("", fmt::format("predicted [{}]: {}", status_name(prediction.status),
                                                   prediction_text(prediction)));
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

std::string predicted_in_words(const Verdict& verdict) {
  const std::size_t sound = count_of(verdict, PredictionStatus::sound);
  const std::size_t open = sound + count_of(verdict, PredictionStatus::possible);
  if (open == 0) return {};
  std::string out = counted(open, "predicted deadlock");
  if (sound > 0) out += open == 1 ? ", a sound one" : fmt::format(", {} of them sound", grouped(sound));
  return out + (open == 1 ? ": it was not driven to a hang" : ": none was driven to a hang");
}

std::string text_of_predictions(const Verdict& verdict) {
  if (verdict.order.predictions.empty()) return {};
  std::string counts;
  for (std::size_t i = 0; i < kPredictionStatuses; ++i) {
    const auto status = static_cast<PredictionStatus>(i);
    const std::size_t count = count_of(verdict, status);
    if (count > 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", grouped(count), status_name(status));
  }
  std::string out = "\n" + hanging("deadlocks predicted: ", counts) + text_of_kinds(count_kinds(verdict));
  const bool searched = !verdict.search.strategies.empty();
  if (searched && verdict.word == VerdictWord::hang && count_of(verdict, PredictionStatus::confirmed) == 0) {
    return out + "(not shown beside a hang; --predictions steers towards them)\n";
  }
  const std::size_t shown = std::min(verdict.order.predictions.size(), kPredictionsShown);
  for (std::size_t i = 0; i < shown; ++i) out += text_of(verdict.order.predictions[i]);
  if (shown < verdict.order.predictions.size()) {
    out += fmt::format("\nand {}\n", counted(verdict.order.predictions.size() - shown, "more prediction"));
  }
  return out;
}

}  // namespace zoneknot::lockcheck
