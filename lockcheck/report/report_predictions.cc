#include "lockcheck/report/report_predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lockcheck/report/report_callers.h"
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
  const std::string where = fit(place_text(place), 28);
  return line("      at " + (place.function.empty() ? where : column(place.function, 42) + " " + where)) +
         text_of_callers(place, 8);
}

// "since line 98"; empty: it is not known.
std::string where(std::string_view since, std::uint64_t at, bool lines) {
  return at == 0 ? "" : fmt::format(" {} {} {}", since, lines ? "line" : "event", at);
}

std::string text_of(const LinkInVerdict& link, const LinkSeen& seen, bool lines) {
  return hanging("  ", fmt::format("task {}", fit(link.task.name, kNameWidth))) +
         hanging("    has ", fit(owned_text(link.owns), kNameWidth) + where("since", seen.owned_at, lines)) +
         text_of_place(link.owned_at) +
         hanging("    waits for ", fit(awaited_text(link.waits_for), kNameWidth) + where("in", seen.asked_at, lines)) +
         text_of_place(link.asked_at);
}

// How often it was done at all, in this order and in the others.
std::string text_of_counts(const PredictionInVerdict& prediction) {
  std::string counts;
  const std::size_t shown = std::min(prediction.seen.size(), kLinksShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const LinkSeen& seen = prediction.seen[i];
    const LinkInVerdict& link = prediction.links[i];
    const std::string place = place_text(link.asked_at);
    counts += fmt::format("{}{} -> {} {}", counts.empty() ? "" : ", ", fit(owned_text(link.owns), kNameWidth),
                          fit(awaited_text(link.waits_for), kNameWidth),
                          seen.times == 1 ? "once" : grouped(seen.times) + " times");
    if (seen.places > 1) counts += fmt::format(" at {} places", grouped(seen.places));
    if (seen.places == 1 && !place.empty()) counts += " at " + place;
  }
  return counts.empty() ? "" : hanging("  seen: ", counts);
}

std::string text_of_run(const PredictionInVerdict& prediction) {
  if (prediction.run.empty()) return {};
  std::string run;
  const std::size_t shown = std::min({prediction.run.size(), prediction.links.size(), kLinksShown});
  for (std::size_t i = 0; i < shown; ++i) {
    const TaskInRun& task = prediction.run[i];
    run += fmt::format("{}{} makes {} of {}", run.empty() ? "" : ", ", fit(task.task, kNameWidth), grouped(task.events),
                       counted(task.of, "event"));
  }
  std::uint64_t others = 0;
  for (std::size_t i = shown; i < prediction.run.size(); ++i) others += prediction.run[i].events;
  if (shown < prediction.run.size()) {
    run += fmt::format(", {} {}", counted(prediction.run.size() - shown, "other task"), grouped(others));
  }
  return hanging("  the run: ", run + ", in the recorded order; then they wait");
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

std::string text_of_status(const PredictionInVerdict& prediction, bool counts_ordered) {
  std::string text(status_meaning(prediction.status));
  if (prediction.status == PredictionStatus::ordered) {
    text += fmt::format(": {}. If that read is not a hand-off, this is a deadlock. {}", grounds_text(prediction),
                        counts_ordered ? "Counted, as --inversions says" : "Not counted; --inversions counts it");
  } else if (const std::string grounds = grounds_text(prediction); !grounds.empty()) {
    text += fmt::format(" ({})", grounds);
  }
  return hanging("  ", fmt::format("{}: {}", status_name(prediction.status), text));
}

std::string text_of_kinds(const DeadlockKinds& kinds) {
  std::string text = counted(kinds.confirmed + kinds.open + kinds.refuted, "kind");
  if (kinds.hangs > 0) {
    // "the search hung in 1 kind, which is one of them".
    const std::string which = kinds.hangs == 1 ? "which is" : grouped(kinds.hangs_predicted) + " of which are";
    text += fmt::format("; the search hung in {}, {}", counted(kinds.hangs, "kind"),
                        kinds.hangs_predicted == 0 ? "none of them predicted" : which + " among them");
  }
  return hanging("by their places: ", text);
}

std::string text_of(const PredictionInVerdict& prediction, const OrderInVerdict& order) {
  const std::vector<LinkInVerdict>& links = prediction.links;
  std::string out = "\n" + hanging("", fmt::format("predicted [{}]: {}", status_name(prediction.status),
                                                   prediction_text(prediction)));
  const std::size_t shown = std::min(links.size(), kLinksShown);
  for (std::size_t i = 0; i < shown; ++i) {
    out += text_of(links[i], i < prediction.seen.size() ? prediction.seen[i] : LinkSeen(), order.counts_lines);
  }
  if (shown < links.size()) out += fmt::format("  and {}\n", counted(links.size() - shown, "more task"));
  if (!links.empty()) out += text_of_chain(links);
  if (links.size() == 2) out += text_of_scenario(links.front(), links.back());
  out += text_of_counts(prediction) + text_of_run(prediction) + text_of_status(prediction, order.counts_ordered);
  if (!prediction.witness.empty()) out += "  a schedule that hangs there\n" + prediction.witness + "\n";
  return out;
}

}  // namespace

std::string predicted_in_words(const Verdict& verdict) {
  const std::size_t sound = count_of(verdict, PredictionStatus::sound);
  std::size_t open = sound + count_of(verdict, PredictionStatus::possible);
  if (verdict.order.counts_ordered) open += count_of(verdict, PredictionStatus::ordered);
  if (open == 0) return {};
  std::string out = counted(open, "predicted deadlock");
  // Only of a trace is it asked what is sound.
  const bool recorded = std::ranges::any_of(verdict.order.predictions,
                                            [](const PredictionInVerdict& each) { return !each.seen.empty(); });
  if (sound > 0) {
    return out + (open == 1 ? ", a sound one" : fmt::format(", {} of them sound", grouped(sound))) +
           ": this very run can end in " + (sound == 1 ? "it" : "them");
  }
  if (recorded) {
    return out + (open == 1 ? ", not a sound one: no run was found that ends in it"
                            : ", none of them sound: no run was found that ends in one");
  }
  return out + (open == 1 ? ": it was not driven to a hang" : ": none was driven to a hang");
}

std::string ordered_in_words(const Verdict& verdict) {
  const std::size_t ordered = count_of(verdict, PredictionStatus::ordered);
  if (ordered == 0 || verdict.order.counts_ordered) return {};
  return counted(ordered, "inversion") + (ordered == 1 ? " is kept apart by data" : " are kept apart by data");
}

std::string text_of_what_is_apart(const Verdict& verdict) {
  const std::vector<ApartInVerdict>& apart = verdict.order.apart;
  if (apart.empty()) return {};
  std::string out = "\nno deadlock, because the tasks cannot come together\n";
  const std::size_t shown = std::min(apart.size(), kPredictionsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    out += hanging("  - ", fmt::format("{} ({}): {}", apart_name(apart[i].because), apart_meaning(apart[i]),
                                       apart_text(apart[i])));
  }
  if (shown < apart.size()) out += fmt::format("  and {}\n", counted(apart.size() - shown, "more pair"));
  return out;
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
  for (std::size_t i = 0; i < shown; ++i) out += text_of(verdict.order.predictions[i], verdict.order);
  if (shown < verdict.order.predictions.size()) {
    out += fmt::format("\nand {}\n", counted(verdict.order.predictions.size() - shown, "more prediction"));
  }
  return out;
}

}  // namespace zoneknot::lockcheck
