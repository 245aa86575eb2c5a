#include "lockcheck/report/report_html.h"

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

std::string head_of(const Verdict& verdict) {
  std::string out = "<h1>" + html_escaped(headline(verdict)) + "</h1>\n";
  if (const std::string told = story(verdict); !told.empty()) out += "<p>" + html_escaped(told) + "</p>\n";
  if (const auto& no_return = verdict.scene.no_return) {
    out += paragraph("Point of no return:", no_return_sentence(*no_return) + " (" + no_return_worth(*no_return) + ")");
    out += paragraph("Avoided by:", no_return_instead(*no_return));
  }
  if (verdict.scene.cause) out += paragraph("Cause:", cause_sentence(*verdict.scene.cause));
  return out;
}

// What the lanes are, in a sentence.
std::string shown_text(const Verdict& verdict, const std::optional<RunInVerdict>& run) {
  if (!run) return "Of the run only its end is known.";
  const bool trace = run->steps_are == StepsAre::events_of_trace || run->steps_are == StepsAre::lines_of_trace;
  const bool hangs = verdict.word == VerdictWord::hang;
  std::string text = "The run that was made";
  if (run->shown == RunShown::predicted) {
    text = "The run that prediction " + std::to_string(run->prediction + 1) +
           " speaks of: of what was recorded those events that it needs, in their order, until its tasks wait on each "
           "other. Nobody has seen it";
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
  return text + ". A step is a scheduling point, numbered as in the report.";
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
  out += "<h2>The run, step by step</h2>\n<p>" + html_escaped(shown_text(verdict, run)) + "</p>\n";
  out += html_body();
  out += "<h2>The report</h2>\n<pre id=\"report\">" + html_escaped(to_text(verdict, Detail::full)) + "</pre>\n";
  out += "<script>\nconst verdict = " + page_facts(verdict);
  out += ";\nconst run = " + (run ? page_run(verdict, *run, kMostOfAPage - kForTheRest) : "null") + ";\n";
  out += html_script();
  return out + "</script></body></html>\n";
}

}  // namespace zoneknot::lockcheck
