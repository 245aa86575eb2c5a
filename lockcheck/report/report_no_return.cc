#include "lockcheck/report/report_no_return.h"

#include <fmt/format.h>

#include <string_view>

#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kTasksNamed = 4;
constexpr std::size_t kLocksNamed = 3;

std::string owned_by(const TaskAtNoReturn& task) {
  std::string names;
  for (std::size_t i = 0; i < task.holds.size() && i < kLocksNamed; ++i) {
    names += (i == 0 ? "" : ", ") + task.holds[i].lock.name;
  }
  if (task.holds.size() > kLocksNamed) names += fmt::format(" and {} more", task.holds.size() - kLocksNamed);
  return names;
}

// "rd5 owns zone 6 and waits for zone 2", "rd3 will want zone 6".
std::string standing_of(const TaskAtNoReturn& task) {
  std::string text = task.holds.empty() ? "" : " owns " + owned_by(task);
  const auto add = [&text](const std::string& what) { text += (text.empty() ? " " : " and ") + what; };
  if (!task.waits_for.none()) {
    add("waits for " + awaited_text(task.waits_for));
  } else if (!task.wants.none()) {
    add("is to ask for " + awaited_text(task.wants));
  }
  return task.task.name + text;
}

std::string actor_of(const StepInVerdict& step) { return step.task.none() ? "an I/O" : step.task.name; }

std::string action_of(const StepInVerdict& step) { return actor_of(step) + ": " + step.what; }

// What is chosen where numbers are drawn, as far as readers know a word for it.
std::string drawn_thing(const StepInVerdict& step) {
  return step.what.find("  next_free:") != std::string::npos ? "block" : "random number";
}

// "had second gone on before first (unlock zone 3)".
std::string other_choice(const NoReturnInVerdict& no_return) {
  const StepInVerdict& made = no_return.step;
  const StepInVerdict& other = *no_return.instead;
  if (other.draws && made.draws) {
    constexpr std::size_t kVerb = std::string_view("draws ").size();
    return fmt::format("had {} chosen another {} at random there ({}, not {})", actor_of(other), drawn_thing(other),
                       other.what, made.what.substr(kVerb, made.what.find(" of ") - kVerb));
  }
  if (other.task == made.task) return fmt::format("had {} done something else ({})", actor_of(other), other.what);
  return fmt::format("had {} gone on before {} ({})", actor_of(other), actor_of(made), other.what);
}

}  // namespace

std::string no_return_sentence(const NoReturnInVerdict& no_return) {
  if (no_return.from_the_start) {
    return no_return.exhausted ? "none: it hangs from its first step on, whatever the schedule"
                               : "none: from its first step on every continuation that was tried hangs";
  }
  std::string tasks;
  for (std::size_t i = 0; i < no_return.tasks.size() && i < kTasksNamed; ++i) {
    const bool last = i + 1 == no_return.tasks.size();
    tasks += (i == 0 ? "" : last ? ", and " : ", ") + standing_of(no_return.tasks[i]);
  }
  if (no_return.tasks.size() > kTasksNamed) {
    tasks += fmt::format(", and {}", counted(no_return.tasks.size() - kTasksNamed, "more task"));
  }
  return fmt::format(
      "after step {}{}{}{}: from here on {}", grouped(no_return.step.step), no_return.at_latest ? " at the latest" : "",
      tasks.empty() ? "" : " ", tasks,
      no_return.exhausted ? "it hangs whatever the schedule" : "every continuation that was tried hangs");
}

std::string no_return_worth(const NoReturnInVerdict& no_return) {
  if (no_return.exhausted && no_return.continuations == 1) {
    return "there is only one way to go on from there, and it hangs";
  }
  if (no_return.exhausted) {
    return fmt::format("every continuation was tried, in {}", counted(no_return.continuations, "execution"));
  }
  return fmt::format("none of {} got away; {}", counted(no_return.continuations, "random continuation"),
                     no_return.at_latest ? "for earlier steps there was no time" : "there are more");
}

std::string no_return_instead(const NoReturnInVerdict& no_return) {
  if (!no_return.instead) return {};
  return fmt::format("{}, the run would {} steps", other_choice(no_return),
                     no_return.instead_ended ? "have ended well after " + grouped(no_return.instead_steps)
                                             : "not have hung within " + grouped(no_return.instead_steps));
}

std::string text_of_no_return(const Verdict& verdict) {
  if (!verdict.scene.no_return) return {};
  const NoReturnInVerdict& no_return = *verdict.scene.no_return;
  std::string out = "\n" + hanging("point of no return: ", no_return_sentence(no_return));
  if (!no_return.from_the_start) out += hanging("  the step: ", action_of(no_return.step));
  const std::string instead = no_return_instead(no_return);
  if (!instead.empty()) out += hanging("  avoidable: ", instead);
  return out + hanging("  known by: ", no_return_worth(no_return));
}

}  // namespace zoneknot::lockcheck
