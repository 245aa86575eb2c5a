#include "tools/witness/shrink_report.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "lockcheck/text/columns.h"

namespace zoneknot::tools {
namespace {

struct Line {
  std::string_view text;
  std::string_view field;
  std::uint64_t number = 0;
};

std::array<Line, 10> lines_of(const WitnessSize& size) {
  const sim::ScheduleSize& schedule = size.schedule;
  return {{{"preemptions", "preemptions", schedule.preemptions},
           {"completions out of order", "completions_out_of_order", schedule.reordered},
           {"jobs", "jobs", size.jobs},
           {"queue depth", "depth", size.depth},
           {"zones", "zones", size.zones},
           {"I/Os", "ios", schedule.ios},
           {"blocks of a zone", "blocks", size.blocks},
           {"switches between tasks", "switches", schedule.switches},
           {"deviations from steady", "deviations", schedule.deviations},
           {"steps", "steps", schedule.steps}}};
}

struct Kept {
  std::string_view word;
  std::string_view in_words;
};

Kept kept(const ShrunkWitness& shrunk) {
  switch (shrunk.kind.what) {
    case FindingKind::What::hang:
      return {"hang", "a hang in which"};
    case FindingKind::What::livelock:
      return {"livelock", "a cycle without progress, through"};
    case FindingKind::What::abort:
      return {"abort", "an assertion that fails"};
    case FindingKind::What::rule:
      return {"rule", "a broken rule"};
    case FindingKind::What::early:
      return {"early", "an early end"};
    case FindingKind::What::late:
      return {"late", "a late end"};
  }
  return {};
}

std::string json_of(const WitnessSize& size) {
  std::string text;
  for (const Line& line : lines_of(size)) {
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", line.field, line.number);
  }
  return "{" + text + "}";
}

}  // namespace

std::string shrink_text(const ShrunkWitness& shrunk, double seconds) {
  std::string text = fmt::format("{:24} {:>12} {:>12}\n", "shrunk", "before", "after");
  const auto before = lines_of(shrunk.before);
  const auto after = lines_of(shrunk.after);
  for (std::size_t i = 0; i < before.size(); ++i) {
    text += fmt::format("{:24} {:>12} {:>12}\n", before.at(i).text, lockcheck::grouped(before.at(i).number),
                        lockcheck::grouped(after.at(i).number));
  }
  text += fmt::format("in {}, {:.1f} s; what was kept: {}\n", lockcheck::counted(shrunk.executions, "execution"),
                      seconds, kept(shrunk).in_words);
  // Each task of a kind has a line of its own.
  std::string_view kind = shrunk.kind.text;
  while (!kind.empty()) {
    const std::size_t end = kind.find("; ");
    text += fmt::format("  {}\n", kind.substr(0, end));
    kind.remove_prefix(end == std::string_view::npos ? kind.size() : end + 2);
  }
  if (shrunk.interrupted) text += "stopped before the end: it can perhaps be made smaller\n";
  return text;
}

// The kind is made of names in the program's source, which need no quoting.
std::string shrink_json(const ShrunkWitness& shrunk, double seconds, const std::string& verdict_json) {
  return fmt::format(
      "{{\n  \"schema\": \"zoneknot.shrink/1\",\n  \"kept\": \"{}\",\n  \"kind\": \"{}\",\n  \"before\": {},\n"
      "  \"after\": {},\n  \"executions\": {},\n  \"interrupted\": {},\n  \"seconds\": {:.3f},\n  \"verdict\": {}}}\n",
      kept(shrunk).word, shrunk.kind.text, json_of(shrunk.before), json_of(shrunk.after), shrunk.executions,
      shrunk.interrupted, seconds, verdict_json);
}

}  // namespace zoneknot::tools
