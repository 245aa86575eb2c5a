#include "lockcheck/report/words.h"

#include <fmt/format.h>

#include <array>

#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

struct Status {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array<Status, kPredictionStatuses> kStatuses = {{
    {"confirmed", "a schedule was found that hangs there"},
    {"sound", "another order of the very events that were seen leads there"},
    {"possible", "nothing that was seen rules it out"},
    {"ordered", "lock order inverted, kept apart by data"},
    {"refuted", "it cannot come to that"},
}};

// As a report on wait chains names it, without saying what of it somebody has or wants.
std::string bare_name(const ResourceInVerdict& resource) {
  switch (resource.kind) {
    case ResourceType::condition:
      return fmt::format("condition variable '{}'", resource.name);
    case ResourceType::semaphore:
    case ResourceType::unit:
      return fmt::format("semaphore '{}'", resource.name);
    case ResourceType::pool:
      return fmt::format("pool '{}'", resource.name);
    default:
      return resource.name;
  }
}

std::string listed(const std::vector<ResourceInVerdict>& resources) {
  std::string text;
  for (const ResourceInVerdict& resource : resources) text += (text.empty() ? "" : ", ") + awaited_text(resource);
  return text;
}

std::string data_text(const PredictionInVerdict& prediction) {
  if (!prediction.data) return "one of the tasks comes that far only after another one is past its wait";
  const DataInVerdict& data = *prediction.data;
  const auto at = [](const Place& place) { return place.known() ? " at " + place_text(place) : std::string(); };
  return fmt::format("{} is read{} and written{} by another task", data.cell, at(data.read_at), at(data.written_at));
}

std::string hang_text(std::string_view who, const std::vector<ResourceInVerdict>& elsewhere) {
  if (elsewhere.empty()) return fmt::format("{} hangs on it", who);
  return fmt::format("{} hangs at these places, on {}", who, listed(elsewhere));
}

}  // namespace

std::string place_text(const Place& place) {
  if (place.file.empty()) return place.line == 0 ? "" : std::to_string(place.line);
  const std::string base = place.file.substr(place.file.find_last_of('/') + 1);
  return place.line == 0 ? base : fmt::format("{}:{}", base, place.line);
}

std::string place_text(const TaskAtPlace& task) {
  return fmt::format("{} at {} ({})", task.task, place_text(task.place), task.place.function);
}

std::string awaited_text(const ResourceInVerdict& resource) {
  switch (resource.kind) {
    case ResourceType::completion:
      return "completion";
    case ResourceType::lost_completion:
      return resource.name.empty() ? "completion that cannot come"
                                   : fmt::format("completion that {} never sends", resource.name);
    case ResourceType::timer:
      return "timer";
    case ResourceType::task_end:
      return "the end of " + resource.name;
    case ResourceType::condition:
      return bare_name(resource) + (resource.released.empty() ? "" : fmt::format(" ({} released)", resource.released));
    case ResourceType::unit:
    case ResourceType::pool:
      return "a unit of " + bare_name(resource);
    case ResourceType::turn:
      return "the next turn at " + bare_name(resource);
    default:
      return (resource.shared ? "a share of " : "") + bare_name(resource);
  }
}

std::string owned_text(const ResourceInVerdict& resource) {
  return (resource.kind == ResourceType::condition ? "the signal of " : "") + awaited_text(resource);
}

std::string prediction_text(const PredictionInVerdict& prediction) {
  std::string text = fmt::format("{} tasks could wait on each other", prediction.links.size());
  for (const LinkInVerdict& link : prediction.links) {
    const bool of_readers = link.owns.shared || link.owns.kind == ResourceType::turn;
    text += (&link == &prediction.links.front() ? ": " : ", ") +
            (of_readers ? owned_text(link.owns) : bare_name(link.owns));
  }
  return text;
}

std::string_view status_name(PredictionStatus status) { return kStatuses.at(static_cast<std::size_t>(status)).name; }

std::string_view status_meaning(PredictionStatus status) {
  return kStatuses.at(static_cast<std::size_t>(status)).meaning;
}

std::string grounds_text(const PredictionInVerdict& prediction) {
  switch (prediction.grounds) {
    case Grounds::not_said:
      return {};
    case Grounds::no_common_gate:
      return "owned meanwhile, but not by all: " + listed(prediction.resources);
    case Grounds::covered:
      return "every interleaving of this instance was searched, and none hangs there";
    case Grounds::found_by_search:
      return hang_text("an execution of the search", prediction.resources);
    case Grounds::found_by_steering:
      return hang_text("an execution that was steered there", prediction.resources);
    case Grounds::reordered_run:
      return fmt::format(
          "a run that makes {} of the {} recorded events, in their order, ends in it, and every recorded read sees "
          "what it saw",
          prediction.run_events, prediction.events);
    case Grounds::not_asked:
      return "it was not asked whether a run in the recorded order comes to it";
    case Grounds::not_in_order:
      return "no run that keeps the recorded order of events comes to it; one that does not might";
    case Grounds::not_all_asked:
      return fmt::format(
          "of the times that it could have come to it {} were looked at, and no run in the recorded order comes to "
          "them; there are more",
          prediction.asked);
    case Grounds::kept_by_data:
      return data_text(prediction);
  }
  return {};
}

std::string apart_text(const ApartInVerdict& apart) {
  std::string links;
  for (const LinkInVerdict& link : apart.links) {
    const std::string place = place_text(link.asked_at);
    links += fmt::format("{}{} waits for {} with {}{}", links.empty() ? "" : ", ", link.task.name,
                         awaited_text(link.waits_for), owned_text(link.owns), place.empty() ? "" : " at " + place);
  }
  return links;
}

std::string_view apart_name(ApartBecause because) {
  static constexpr std::array<std::string_view, 4> kNames = {"gate", "one task", "fork", "join"};
  return kNames.at(static_cast<std::size_t>(because));
}

std::string apart_meaning(const ApartInVerdict& apart) {
  switch (apart.because) {
    case ApartBecause::gate:
      return "under one gate, " + awaited_text(apart.gate);
    case ApartBecause::one_task:
      return "by one task alone";
    case ApartBecause::fork:
      return "one is started when the other is past it";
    case ApartBecause::join:
      return "one is waited for to end before the other comes to it";
  }
  return {};
}

std::string_view standing_name(TaskStanding standing) {
  static constexpr std::array<std::string_view, 5> kNames = {"stuck", "bystander", "running", "waiting", "ended"};
  return kNames.at(static_cast<std::size_t>(standing));
}

std::string draws_text(const SubjectInVerdict& subject) {
  switch (subject.draws_by) {
    case DrawsBy::not_said:
      return {};
    case DrawsBy::search:
      return "choices of the search";
    case DrawsBy::one_seed:
      return fmt::format("fixed by --seed={}", subject.seed);
    case DrawsBy::job_seeds:
      return "by the jobs' seeds";
    case DrawsBy::proof:
      return "all of them";
  }
  return {};
}

std::string_view stopped_by_text(StoppedBy stopped_by) {
  switch (stopped_by) {
    case StoppedBy::nothing:
      return {};
    case StoppedBy::user:
      return "the user";
    case StoppedBy::time:
      return "time";
    case StoppedBy::memory:
      return "memory";
    case StoppedBy::states:
      return "the limit of memory";
    case StoppedBy::executions:
      return "the limit of executions";
    case StoppedBy::steps:
      return "the limit of scheduling points";
    case StoppedBy::not_repeatable:
      return "a program that does not repeat itself";
  }
  return {};
}

std::string_view rule_meaning(Rule rule) {
  static constexpr std::array<std::string_view, kRules> kMeanings = {
      "a job can always reap its own I/O",
      "a reap that waits ends",
      "an I/O on the requeue list owns no lock",
      "no lock outlives its task",
      "a lock is released by its owner",
      "no zone is owned during other waits; M's owner waits for nothing",
      "zone locks are waited for in ascending order",
      "an assertion of the historic program",
      "nobody waits for a plain lock that he owns",
      "a task stays within its stack",
      "nobody waits for a unit of a pool of which he owns one",
      "nobody waits between the reap of an I/O and its put",
      "whoever owns M leaves it in finitely many steps",
      "a job comes to a checkpoint again in finitely many steps",
      "a cell is used only by the owner of its lock",
      "a cell keeps to its stated range",
      "a job waits for zone locks, M, completions and timers alone",
  };
  return kMeanings.at(static_cast<std::size_t>(rule));
}

std::string obligation_text(Rule rule) {
  switch (rule) {
    case Rule::order:
      return "(O1) a job waits for a zone lock only while every zone lock it owns has a smaller key";
    case Rule::leaves_m:
      return "(O2) whoever owns M leaves it in finitely many steps";
    case Rule::self_wait:
      return "(O2) a job does not wait for a plain lock that it owns";
    case Rule::waits_owning:
      return "(O2, O3) whoever owns M waits for nothing, whoever owns a zone for locks and completions alone";
    case Rule::lock_outlives_task:
      return "(O4) a job ends owning nothing";
    case Rule::released_by_owner:
      return "(O5) a lock is released by its owner";
    case Rule::own_io_reapable:
      return "(a) a job's own I/O can always be reaped by that job";
    case Rule::reap_ends:
      return "(b) a reap waits only for I/O that is under way";
    case Rule::requeued_owns_none:
      return "(c) an I/O on the requeue list, or the rest of a short one, owns no lock";
    case Rule::loop:
      return "a job comes to a checkpoint again in finitely many steps";
    case Rule::guard:
      return "environment: a cell is written only by the owner of its lock";
    case Rule::range:
      return "environment: a cell keeps to its stated range";
    case Rule::theorem:
      return "a job waits for zone locks, M, completions and timers alone";
    case Rule::assertion:
      return "an assertion of the program holds";
    case Rule::stack:
    case Rule::pool:
    case Rule::completion:
      break;
  }
  return fmt::format("rule {}", rule_name(rule));
}

std::string_view confirmation_text(Confirmation confirmation) {
  static constexpr std::array<std::string_view, 4> kTexts = {"not searched", "confirmed by a hang",
                                                             "confirmed: broken in a real run", "not confirmed"};
  return kTexts.at(static_cast<std::size_t>(confirmation));
}

std::string end_text(const EndInVerdict& end) {
  const auto seconds = [](std::uint64_t ns) { return fmt::format("{:.4g} s", static_cast<double>(ns) / 1e9); };
  if (end.kind == EndKind::late) {
    return fmt::format("still issued I/O {} after it began, with a runtime of {}", seconds(end.ran_ns),
                       seconds(end.runtime_ns));
  }
  if (end.runtime_ns != 0) {
    return fmt::format("ended without an error after {} of its {}, {} bytes issued", seconds(end.ran_ns),
                       seconds(end.runtime_ns), grouped(end.bytes));
  }
  return fmt::format("ended without an error after {} of {} bytes", grouped(end.bytes), grouped(end.bytes_told));
}

}  // namespace zoneknot::lockcheck
