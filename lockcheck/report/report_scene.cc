#include "lockcheck/report/report_scene.h"

#include <fmt/format.h>

#include <algorithm>

#include "lockcheck/report/report_callers.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kStepWidth = 8;
constexpr std::size_t kTaskWidth = 14;
constexpr std::size_t kStepColumn = (kReportWidth - kStepWidth - 4) / 2;  // one of two columns of steps

std::string text_of_holds(const TaskInVerdict& task) {
  std::string out;
  const std::size_t shown = std::min(task.holds.size(), kHoldsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const HeldLock& held = task.holds[i];
    const std::string name = held.lock.name + (held.lock.shared ? ", shared" : "");
    const std::string label = fmt::format("    {} x{} since ", width_of(name) <= 14 ? column(name, 14) : fit(name, 40),
                                          column(std::to_string(held.count), 4));
    const std::string where = place_text(held.since);
    const bool fits = width_of(name) <= 14 && width_of(held.since.function) <= 24 && width_of(where) <= 24;
    if (held.since.function.empty()) {
      out += hanging(label, where);
      continue;
    }
    out += fits ? line(fmt::format("{}{} {}", label, column(held.since.function, 24), where))
                : hanging(label, fmt::format("{} {}", held.since.function, where));
    out += text_of_callers(held.since, 6);
    for (const PlaceOfHold& each : places_of(held)) {
      out += hanging(fmt::format("{:19}x{} in ", "", column(std::to_string(each.count), 4)),
                     fmt::format("{} {}", each.place->function, place_text(*each.place)));
    }
  }
  if (shown < task.holds.size()) out += fmt::format("    and {}\n", counted(task.holds.size() - shown, "more lock"));
  return out;
}

// "a", "a and b", "a, b and 7 more".
std::string names_of(const std::vector<TaskRef>& tasks) {
  constexpr std::size_t kNamesShown = 8;
  const std::size_t shown = std::min(tasks.size(), kNamesShown);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == tasks.size();
    out += (i == 0 ? "" : last ? " and " : ", ") + fit(tasks[i].name, 40);
  }
  return shown == tasks.size() ? out : out + fmt::format(" and {} more", tasks.size() - shown);
}

std::string text_of_place(const std::string& function, const Place& place) {
  const std::string where = place_text(place);
  if (function.empty()) return where.empty() ? "" : hanging("  at ", where);
  if (width_of(function) <= 46 && width_of(where) <= 28) return line("  at " + column(function, 46) + " " + where);
  return hanging("  at ", function + " " + where);
}

std::string text_of_stuck(const Verdict& verdict, const TaskInVerdict& task) {
  std::string title = "task " + fit(task.task.name, 40) + " waits for ever for " + awaited_text(task.waits_for);
  if (!task.owner.none()) title += ", owned by " + fit(task.owner.name, 40);
  if (!task.unit_holders.empty()) title += ", all with " + names_of(task.unit_holders);
  if (!task.readers.empty()) title += ", shared by " + names_of(task.readers);
  if (!task.writers.empty()) title += ", for which " + names_of(task.writers) + " waited before";
  std::string out = hanging("", title);
  out += text_of_place(function_text(verdict, task.place.function), task.place) + text_of_callers(task.place, 4);
  if (task.holds.empty()) {
    out += "  owns nothing\n";
  } else {
    out += fmt::format("  owns {}:\n", counted(task.holds.size(), "lock")) + text_of_holds(task);
  }
  if (task.in_flight > 0 || task.unput > 0) {
    out += fmt::format("  has {} in flight and {} un-put\n", counted(task.in_flight, "I/O"), grouped(task.unput));
  }
  return out + "\n";
}

// A task that has ended, and that a task of the core waits for.
std::string text_of_ended_owner(const TaskInVerdict& task) {
  return hanging("", fmt::format("task {} has ended and still owns {}:", fit(task.task.name, 40),
                                 counted(task.holds.size(), "lock"))) +
         text_of_holds(task) + "\n";
}

bool owns_what_the_core_waits_for(const TaskInVerdict& task, const std::vector<const TaskInVerdict*>& core) {
  return std::any_of(core.begin(), core.end(), [&](const TaskInVerdict* stuck) {
    return stuck->owner == task.task || std::ranges::find(stuck->readers, task.task) != stuck->readers.end();
  });
}

// The waits of a core in which one task waits for any of several others.
std::string text_of_waits(std::string_view what, const std::vector<const TaskInVerdict*>& core) {
  std::string waits;
  for (const TaskInVerdict* task : core) {
    waits +=
        fmt::format("{}{} -[{}]", waits.empty() ? "" : ", ", fit(task->task.name, 40), awaited_text(task->waits_for));
    if (!task->owner.none()) waits += "-> " + fit(task->owner.name, 40);
    if (!task->unit_holders.empty()) waits += "-> " + names_of(task->unit_holders);
  }
  return hanging("the knot: ", std::string(what) + waits);
}

// Whom the last one waits for.
std::string end_of_knot(const std::vector<const TaskInVerdict*>& core) {
  const TaskInVerdict& last = *core.back();
  const TaskRef& first = core.front()->task;
  const auto is_first = [&first](const TaskRef& task) { return task == first; };
  if (std::ranges::any_of(last.readers, is_first) || std::ranges::any_of(last.writers, is_first)) {
    return fit(first.name, 40);
  }
  if (!last.owner.none()) return fit(last.owner.name, 40);
  return last.readers.empty() ? "nobody" : names_of(last.readers);
}

std::string text_of_knot(const std::vector<const TaskInVerdict*>& core) {
  if (std::any_of(core.begin(), core.end(), [](const TaskInVerdict* task) { return task->by_anybody; })) {
    return text_of_waits("nobody is left to signal or release: ", core);
  }
  if (std::any_of(core.begin(), core.end(), [](const TaskInVerdict* task) { return !task->unit_holders.empty(); })) {
    return text_of_waits("", core);
  }
  std::string chain;
  for (const TaskInVerdict* task : core) {
    chain += fmt::format("{} -[{}]-> ", fit(task->task.name, 40), awaited_text(task->waits_for));
  }
  return hanging("the knot: ", chain + end_of_knot(core));
}

std::string text_of_bystanders(const Verdict& verdict) {
  std::string names;
  std::size_t count = 0;
  for (const TaskInVerdict& task : verdict.scene.tasks) {
    if (task.standing != TaskStanding::bystander) continue;
    if (++count > kBystandersShown) continue;
    names += fmt::format("{}{} ({})", count == 1 ? "" : ", ", fit(task.task.name, 40), awaited_text(task.waits_for));
  }
  if (count == 0) return {};
  if (count > kBystandersShown) names += fmt::format(" and {} more", count - kBystandersShown);
  return hanging("behind it: ", fmt::format("{}: {}", counted(count, "more stuck task"), names));
}

std::string text_of_the_rest(const Verdict& verdict) {
  using Standing = std::pair<TaskStanding, std::string_view>;
  std::string text;
  for (const auto& [standing, words] :
       {Standing{TaskStanding::running, "running"}, Standing{TaskStanding::waiting, "waiting for what can still come"},
        Standing{TaskStanding::ended, "ended"}}) {
    std::vector<TaskRef> tasks;
    for (const TaskInVerdict& task : verdict.scene.tasks) {
      if (task.standing != standing) continue;
      tasks.push_back(task.task);
      if (standing == TaskStanding::waiting) tasks.back().name += " (" + awaited_text(task.waits_for) + ")";
    }
    if (tasks.empty()) continue;
    text += fmt::format("{}{} {}: {}", text.empty() ? "" : "; ", tasks.size(), words, names_of(tasks));
  }
  return text.empty() ? text : hanging("others:    ", text);
}

std::string text_of_zone_row(std::string_view zone, std::string_view condition, std::string_view start,
                             std::string_view wp, std::string_view owner, std::string_view unput) {
  return line(fmt::format("  {} {} {:>14} {:>14}  {} {:>6}", column(zone, 10), column(condition, 13), fit(start, 14),
                          fit(wp, 14), column(owner, 14), fit(unput, 6)));
}

// `text` behind `label`, and on from there in as many lines as it needs.
std::string in_column(std::string label, std::string_view text, std::size_t width) {
  std::string out;
  // Two blanks before a place are part of the text.
  const std::size_t gap = text.find("  ");
  if (width_of(text) <= width && gap != std::string_view::npos) return line(label + std::string(text));
  for (const std::string& part : wrap(text, width)) {
    out += line(label + part);
    label.assign(width_of(label), ' ');
  }
  return out;
}

std::string text_of_step(const StepInVerdict& step, const std::vector<const TaskInVerdict*>& core) {
  std::string out = fmt::format("{:>{}}  ", step.step, kStepWidth);
  if (core.empty() || core.size() > 2) {
    return in_column(out + column(step.task.name, kTaskWidth) + "  ", step.what,
                     kReportWidth - kStepWidth - kTaskWidth - 4);
  }
  const std::string second = out + std::string(kStepColumn + 2, ' ');
  if (step.task == core.front()->task) return in_column(out, step.what, kStepColumn);
  if (core.size() == 2 && step.task == core.back()->task) return in_column(second, step.what, kStepColumn);
  const std::string other = fmt::format("{}: {}", step.task.name, step.what);
  if (core.size() == 1) return in_column(second, other, kStepColumn);
  return in_column(out + "    ", "( " + other + " )", 2 * kStepColumn - 2);
}

// The last ones, and of those before them what lasts to the end.
std::vector<bool> steps_shown(const std::vector<StepInVerdict>& steps, std::size_t most) {
  std::vector<bool> shown(steps.size(), steps.size() <= most);
  if (steps.size() <= most) return shown;
  std::size_t room = most;
  for (std::size_t i = steps.size(); i-- > 0 && room > most / 2;) {
    if (!steps[i].lasts) continue;
    shown[i] = true;
    --room;
  }
  for (std::size_t i = steps.size(); i-- > 0 && room > 0;) {
    if (shown[i]) continue;
    shown[i] = true;
    --room;
  }
  return shown;
}

std::string head_of_steps(const std::vector<const TaskInVerdict*>& core) {
  const std::string out = fmt::format("{:>{}}  ", "step", kStepWidth);
  if (core.empty() || core.size() > 2) return out + column("task", kTaskWidth) + "  what it did\n";
  return line(out + column(core.front()->task.name, kStepColumn) + "  " +
              fit(core.size() == 2 ? core.back()->task.name : "others", kStepColumn));
}

}  // namespace

bool merely_joins(const TaskInVerdict* task) {
  return task->waits_for.kind == ResourceType::task_end && task->holds.empty();
}

std::vector<const TaskInVerdict*> core_of(const Verdict& verdict) {
  std::vector<const TaskInVerdict*> core;
  std::vector<const TaskInVerdict*> joining;
  for (const TaskInVerdict& task : verdict.scene.tasks) {
    if (task.standing == TaskStanding::stuck) (merely_joins(&task) ? joining : core).push_back(&task);
  }
  core.insert(core.end(), joining.begin(), joining.end());
  return core;
}

std::string text_of_tasks(const Verdict& verdict) {
  const std::vector<const TaskInVerdict*> core = core_of(verdict);
  if (core.empty()) return {};
  std::string out = "\n";
  for (const TaskInVerdict* task : core) out += text_of_stuck(verdict, *task);
  for (const TaskInVerdict& task : verdict.scene.tasks) {
    if (task.standing == TaskStanding::ended && owns_what_the_core_waits_for(task, core))
      out += text_of_ended_owner(task);
  }
  return out + text_of_knot(core) + text_of_bystanders(verdict) + text_of_the_rest(verdict);
}

std::vector<PlaceOfHold> places_of(const HeldLock& held) {
  std::vector<PlaceOfHold> places;
  for (const Place& place : held.taken) {
    const auto seen =
        std::ranges::find_if(places, [&place](const PlaceOfHold& other) { return *other.place == place; });
    seen == places.end() ? places.push_back({&place, 1}) : static_cast<void>(++seen->count);
  }
  if (places.size() < 2) places.clear();
  return places;
}

std::uint32_t unput_of(const Verdict& verdict, const ZoneInVerdict& zone) {
  for (const TaskInVerdict& task : verdict.scene.tasks) {
    if (task.standing != TaskStanding::ended || task.task != zone.owner) continue;
    for (const HeldLock& held : task.holds) {
      if (held.lock.name == zone.zone) return held.count;
    }
  }
  return zone.unput;
}

std::string text_of_zones(const Verdict& verdict) {
  if (verdict.scene.zones.empty()) return {};
  std::string out = "\nzones (in bytes; un-put: I/Os by which the owner keeps it)\n" +
                    text_of_zone_row("zone", "condition", "start", "wp", "owner", "un-put");
  const std::size_t shown = std::min(verdict.scene.zones.size(), kZonesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const ZoneInVerdict& zone = verdict.scene.zones[i];
    const bool past_start = zone.wp >= zone.start;
    out += text_of_zone_row(zone.zone, zone.condition, std::to_string(zone.start),
                            past_start ? fmt::format("start+{}", zone.wp - zone.start) : std::to_string(zone.wp),
                            zone.owner.none() ? "-" : zone.owner.name, std::to_string(unput_of(verdict, zone)));
  }
  if (shown < verdict.scene.zones.size())
    out += fmt::format("  and {}\n", counted(verdict.scene.zones.size() - shown, "more zone"));
  return out;
}

std::string text_of_steps(const Verdict& verdict, std::size_t most) {
  const std::vector<StepInVerdict>& steps = verdict.scene.steps_to_hang;
  if (steps.empty()) return {};
  const std::vector<const TaskInVerdict*> core = core_of(verdict);
  std::string out = "\nthe interleaving that led there (a step is a scheduling point or a draw)\n";
  out += head_of_steps(core);
  const std::vector<bool> shown = steps_shown(steps, most);
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!shown[i]) {
      ++left_out;
      continue;
    }
    if (left_out > 0) out += fmt::format("{:>{}}  ({} left out)\n", "...", kStepWidth, counted(left_out, "step"));
    left_out = 0;
    out += text_of_step(steps[i], core);
  }
  return out;
}

}  // namespace zoneknot::lockcheck
