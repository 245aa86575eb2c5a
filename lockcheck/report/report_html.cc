#include "lockcheck/report/report_html.h"

#include <cctype>

#include "lockcheck/report/html_text.h"
#include "lockcheck/report/page_run.h"
#include "lockcheck/report/report_html_tables.h"
#include "lockcheck/report/report_no_return.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/report_text.h"

namespace zoneknot::lockcheck {
namespace {

std::string paragraph(const char* label, const std::string& text) {
  if (text.empty()) return {};
  return std::string("<p><b>") + label + "</b> " + html_escaped(text) + "</p>\n";
}

std::string command_lines(const std::vector<std::string>& commands) {
  std::string out;
  for (const std::string& command : commands) out += "<pre class=\"command\">" + html_escaped(command) + "</pre>\n";
  return out;
}

// Commands that do more than to write this page again.
std::vector<std::string> next_of_page(const Verdict& verdict) {
  std::vector<std::string> commands;
  for (const std::string& command : verdict.scene.next) {
    if (command.find(" --html=") == std::string::npos) commands.push_back(command);
  }
  return commands;
}

std::string see_again(const Verdict& verdict) {
  const SceneInVerdict& scene = verdict.scene;
  if (scene.replay_command.empty()) return {};
  std::string out = "<h2>To see it again</h2>\n" + command_lines({scene.replay_command});
  const bool named = scene.witness.empty() || scene.replay_command.find(scene.witness) != std::string::npos;
  return named ? out : out + "<p>The witness itself:</p>\n" + command_lines({scene.witness});
}

std::string what_to_do(const Verdict& verdict) {
  std::string out;
  if (const auto& cause = verdict.scene.cause) {
    std::string label = workaround_label(*cause) + ":";
    label.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(label.front())));
    out += paragraph("Fix:", fix_sentence(*cause));
    out += paragraph(label.c_str(), workaround_sentence(*cause));
    out += paragraph("Known by:", fix_worth(*cause));
  }
  const bool predicts = verdict.word == VerdictWord::possible && !verdict.order.predictions.empty();
  if (predicts) {
    out +=
        "<p>Let every task take these locks in the same order, or give the first back before it asks for the next; "
        "then run and record the program again.</p>\n";
  }
  const std::vector<std::string> commands = next_of_page(verdict);
  if (!commands.empty()) out += "<p>To go on from here, type:</p>\n" + command_lines(commands);
  return out.empty() ? out : "<h2>What to do</h2>\n" + out;
}

std::string head_of(const Verdict& verdict) {
  std::string out = "<h1>" + html_escaped(headline(verdict)) + "</h1>\n";
  if (const std::string told = story(verdict); !told.empty()) out += "<p>" + html_escaped(told) + "</p>\n";
  if (const auto& no_return = verdict.scene.no_return) {
    out += paragraph("Point of no return:", no_return_sentence(*no_return) + " (" + no_return_worth(*no_return) + ")");
    out += paragraph("Avoidable:", no_return_instead(*no_return));
  }
  return out + what_to_do(verdict);
}

// What the lanes are, in a sentence.
std::string shown_text(const Verdict& verdict, const std::optional<RunInVerdict>& run) {
  if (!run) return "Of the run only its end is known.";
  const bool trace = run->steps_are == StepsAre::events_of_trace || run->steps_are == StepsAre::lines_of_trace;
  const bool hangs = verdict.word == VerdictWord::hang;
  std::string text = "The run that was made";
  if (run->shown == RunShown::predicted) {
    text =
        "Nobody has seen this run: it is put together from events of the trace. It has those that prediction " +
        std::to_string(run->prediction + 1) +
        " needs, in the order in which they were recorded, until its tasks wait on each other. The waits come behind "
        "all of them; where the trace has asked for these locks stands in the table above";
  } else if (trace) {
    text = "The run as it was recorded";
    if (!hangs && !verdict.order.predictions.empty())
      text += ". It did not hang; what is predicted is in the table above";
  }
  switch (run->steps_are) {
    case StepsAre::scheduling_points:
      break;
    case StepsAre::events:
      return text + ". A step is whatever began or ended, in the order in which that was seen.";
    case StepsAre::events_of_trace:
      return text + ". Steps are numbered by events of the trace.";
    case StepsAre::lines_of_trace:
      return text + ". Steps are numbered by lines of the trace.";
  }
  return text +
         ". A step is a scheduling point of the simulator or a draw of a random number, numbered from 0, here and "
         "in the report; something that begins or ends with a step is so from it on.";
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string to_html(const Verdict& verdict, const std::optional<RunInVerdict>& run) {
  constexpr std::size_t kForTheRest = 300'000;
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>";
  out += html_escaped(headline(verdict)) + "</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n<style>";
  out += html_style();
  out += "</style></head><body>\n" + head_of(verdict) + html_tables(verdict);
  const bool constructed = run && run->shown == RunShown::predicted;
  out += constructed ? "<h2>A run that deadlocks, put together from the trace</h2>\n<p>"
                     : "<h2>The run, step by step</h2>\n<p>";
  out += html_escaped(shown_text(verdict, run)) + "</p>\n";
  out += html_body();
  out += "<h2>The report</h2>\n<pre id=\"report\">" + html_escaped(to_text(verdict, Detail::on_page)) + "</pre>\n";
  out += see_again(verdict);
  out += "<script>\nconst verdict = " + page_facts(verdict);
  out += ";\nconst run = " + (run ? page_run(verdict, *run, kMostOfAPage - kForTheRest) : "null") + ";\n";
  out += html_script();
  return out + "</script></body></html>\n";
}

}  // namespace zoneknot::lockcheck
