#include "lockcheck/report/report_story.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "lockcheck/report/report_scene.h"
#include "lockcheck/report/report_sentences.h"
#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"
#include "lockcheck/text/fio_names.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kTasksTold = 4;
constexpr std::size_t kToldNameWidth = 40;

std::string list_of(const std::vector<std::string>& parts, std::size_t left_out, std::string_view of_what) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size() && left_out == 0;
    text += (i == 0 ? "" : last ? ", and " : ", ") + parts[i];
  }
  return left_out == 0 ? text : text + fmt::format(", and so do {}", counted(left_out, of_what));
}

bool has_ended(const Verdict& verdict, const TaskRef& task) {
  return std::ranges::any_of(verdict.scene.tasks, [&task](const TaskInVerdict& other) {
    return other.task == task && other.standing == TaskStanding::ended;
  });
}

std::string owner_text(const Verdict& verdict, const TaskInVerdict& task) {
  if (has_ended(verdict, task.owner)) {
    return ", which " + fit(task.owner.name, kToldNameWidth) + " has not given back and never will, for it has ended";
  }
  if (!task.owner.none()) return ", which " + fit(task.owner.name, kToldNameWidth) + " owns";
  if (!task.unit_holders.empty()) return ", all of whose units are taken";
  if (!task.readers.empty()) return ", which others share";
  if (!task.writers.empty()) return ", for which " + fit(task.writers.front().name, kToldNameWidth) + " waited before";
  return task.by_anybody ? ", which nobody is left to give" : "";
}

// "first waits for zone 1, which second owns, and second waits for zone 0, which first owns."
std::string who_waits(const Verdict& verdict, const std::vector<const TaskInVerdict*>& core) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < core.size() && i < kTasksTold; ++i) {
    parts.push_back(fmt::format("{} waits for {}{}", fit(core[i]->task.name, kToldNameWidth),
                                awaited_text(core[i]->waits_for), owner_text(verdict, *core[i])));
  }
  return list_of(parts, core.size() - parts.size(), "more task") + ".";
}

// What a task has of what others of the core wait for, or what it had taken last.
const HeldLock* awaited_hold(const TaskInVerdict& task, const std::vector<const TaskInVerdict*>& core) {
  for (const HeldLock& held : task.holds) {
    const bool awaited = std::ranges::any_of(
        core, [&](const TaskInVerdict* other) { return same_resource(other->waits_for, held.lock); });
    if (awaited) return &held;
  }
  return task.holds.empty() ? nullptr : &task.holds.back();
}

// " in adjust_block (fio: zbd_adjust_block)", or what else is known of it: " at reader.c:12", " in line 7".
std::string where_text(const Verdict& verdict, const Place& place) {
  if (!place.function.empty()) return " in " + function_text(verdict, place.function);
  if (!place.known()) return "";
  return (place.file.empty() ? " in line " : " at ") + place_text(place);
}

std::string way_of(const Verdict& verdict, const TaskInVerdict& task, const std::vector<const TaskInVerdict*>& core) {
  const std::string asks = fmt::format("asks for {}{}", awaited_text(task.waits_for), where_text(verdict, task.place));
  const HeldLock* held = awaited_hold(task, core);
  const std::string name = fit(task.task.name, kToldNameWidth);
  if (held == nullptr) {
    return fmt::format("{} {}{}", name, asks,
                       task.by_anybody ? ", and all who could give it have ended or wait themselves" : "");
  }
  const std::string ios = task.unput > 0 ? fmt::format(" for {} it has not reaped", counted(task.unput, "I/O")) : "";
  return fmt::format("{} took {}{}, keeps it{}, and {}", name, awaited_text(held->lock),
                     where_text(verdict, held->since), ios, asks);
}

// "It came to that because first took zone 0 in …, keeps it, and asks for zone 1 in …; second …"
std::string how_it_came(const Verdict& verdict, const std::vector<const TaskInVerdict*>& core) {
  std::string text;
  for (std::size_t i = 0; i < core.size() && i < kTasksTold; ++i) {
    text += (i == 0 ? "" : "; ") + way_of(verdict, *core[i], core);
  }
  if (core.size() > kTasksTold) text += fmt::format("; and {} likewise", core.size() - kTasksTold);
  for (const TaskInVerdict& owner : verdict.scene.tasks) {
    const HeldLock* held = owner.standing == TaskStanding::ended ? awaited_hold(owner, core) : nullptr;
    if (held == nullptr) continue;
    text = fmt::format("{} took {} in {} and ended with it; {}", fit(owner.task.name, kToldNameWidth), held->lock.name,
                       function_text(verdict, held->since.function), text);
  }
  return "It came to that because " + text + ".";
}

}  // namespace

std::string function_text(const Verdict& verdict, const std::string& function) {
  if (verdict.subject.fix_set.empty()) return function;
  const std::string_view fio = fio_function_of(function);
  return fio.empty() ? function : fmt::format("{} (fio: {})", function, fio);
}

std::string story(const Verdict& verdict) {
  const std::vector<const TaskInVerdict*> core = core_of(verdict);
  if (core.empty() || verdict.word != VerdictWord::hang) return sentences_of(verdict);
  // Who only waits for the others' end has not brought it about.
  std::vector<const TaskInVerdict*> told;
  std::ranges::copy_if(core, std::back_inserter(told), std::not_fn(&merely_joins));
  if (told.empty()) told = core;
  return who_waits(verdict, told) + " " + how_it_came(verdict, told);
}

std::string text_of_story(const Verdict& verdict) {
  const std::string text = story(verdict);
  return text.empty() ? text : hanging("", text);
}

std::string fix_sentence(const CauseInVerdict& cause) {
  std::string text;
  if (!cause.ended_by.empty()) {
    const std::string since = cause.since.empty() ? "in no release of fio" : "in fio since " + cause.since;
    text = fmt::format("{}, {}: {} {}", cause.ended_by, since, cause.routine, cause.does);
  } else {
    text = cause.switches_tried == 1 ? "the one switch that was tried does not end it"
                                     : fmt::format("none of {} switches that were tried ends it", cause.switches_tried);
    if (cause.cut) text += ", and for others there was no time";
  }
  return text;
}

std::string cause_sentence(const CauseInVerdict& cause) {
  const std::string text = (cause.ended_by.empty() ? "" : "ended by ") + fix_sentence(cause);
  return cause.meanwhile.empty() ? text : text + "; " + workaround_label(cause) + ": " + cause.meanwhile;
}

std::string workaround_label(const CauseInVerdict& cause) {
  return cause.ended_by.empty() ? "meanwhile" : "until then";
}

std::string workaround_sentence(const CauseInVerdict& cause) {
  return cause.meanwhile.empty() ? "" : cause.meanwhile + " in the job file";
}

std::string fix_worth(const CauseInVerdict& cause) {
  const bool named = !cause.ended_by.empty() || !cause.meanwhile.empty();
  return fmt::format("steered to this hang, {} of {} hung so{}", grouped(cause.hung),
                     counted(cause.executions, "execution"), named ? ", and none with what is named" : "");
}

std::string text_of_cause(const Verdict& verdict) {
  if (!verdict.scene.cause) return {};
  const CauseInVerdict& cause = *verdict.scene.cause;
  std::string out = "\n" + hanging("fix: ", fix_sentence(cause));
  if (const std::string sentence = workaround_sentence(cause); !sentence.empty()) {
    out += hanging("  " + workaround_label(cause) + ": ", sentence);
  }
  return out + hanging("  known by: ", fix_worth(cause));
}

namespace {

// Blanks within quotes are part of a word.
std::vector<std::string> words_of_command(const std::string& command) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : command) {
    if (c == '\'') quoted = !quoted;
    if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace

std::string text_of_command(const std::string& command) {
  constexpr std::size_t kRoom = kReportWidth - 2;  // for " \\"
  std::string out;
  std::string line = " ";
  for (const std::string& word : words_of_command(command)) {
    if (width_of(line) + 1 + width_of(word) > kRoom && line.find_first_not_of(' ') != std::string::npos) {
      out += line + " \\\n";
      line = "     ";
    }
    line += " " + word;
  }
  return out + line + "\n";
}

std::string text_of_next(const Verdict& verdict) {
  if (verdict.scene.next.empty()) return {};
  std::string out = "\nnext\n";
  for (const std::string& command : verdict.scene.next) out += text_of_command(command);
  return out;
}

}  // namespace zoneknot::lockcheck
