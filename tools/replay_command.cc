#include <fmt/core.h>

#include <cstdio>

#include "lockcheck/report_json.h"
#include "lockcheck/report_text.h"
#include "lockcheck/site.h"
#include "sim/follow.h"
#include "tools/commands.h"
#include "tools/search_limits.h"
#include "tools/witness_input.h"

namespace zoneknot::tools {
namespace {

int report(const Replayed& replayed, const CommandLine& line) {
  if (!line.trace.empty()) {
    if (const auto error = write_file(line.trace, replayed.trace)) return refuse(*error);
  }
  const lockcheck::Verdict& verdict = replayed.verdict;
  return deliver(line.format == Format::json ? lockcheck::to_json(verdict) : lockcheck::to_text(verdict), line.output,
                 lockcheck::exit_code(verdict.word));
}

std::string departure_text(const std::optional<sim::Departure>& departure, const Instance& instance) {
  if (!departure) return "followed to the end: the recorded steps fit these fixes as well\n";
  std::string text = fmt::format("followed for {} steps; ", departure->step);
  if (!departure->wanted) return text + "then the record had ended\n";
  const auto what = [](const sim::Op& op) {
    return fmt::format("{} of {} {} at {}", sim::op_name(op.kind), sim::object_class_name(op.object_class), op.object,
                       lockcheck::site_text(op.site));
  };
  const sim::ActorId actor = departure->wanted->actor;
  const std::string who = actor < instance.task_names.size() ? instance.task_names[actor] : "an I/O";
  text += fmt::format("then {} departs: recorded was {}", who, what(departure->wanted->op));
  return text + (departure->instead ? fmt::format(", with these fixes it is {}\n", what(*departure->instead))
                                    : ", with these fixes it cannot go on there\n");
}

// The same steps under other fixes, as long as they fit.
int follow(const LoadedWitness& loaded, const Replayed& recorded, const CommandLine& line) {
  Instance other = loaded.instance;
  const auto fixes = core::FixSet::parse(*line.fixes);
  if (!fixes) return refuse({.file = "--fixes", .message = fixes.error()});
  other.fixes = *fixes;
  sim::Follow strategy(recorded.recording.steps);
  const Replayed replayed = replay(other, strategy, kDefaultMaxSteps);
  std::fputs(departure_text(strategy.departure(), other).c_str(), stderr);
  return report(replayed, line);
}

}  // namespace

int run_replay(const CommandLine& line) {
  const std::string& input = line.inputs[0];
  const auto loaded = load_witness(line);
  if (!loaded) return refuse(loaded.error());
  for (const std::string& path : {line.trace, line.output}) {
    if (const auto error = check_writable(path)) return refuse(*error);
  }
  const auto replayed = replay_exactly(*loaded, input);
  if (!replayed) return refuse(replayed.error());
  // A line is looked up with the fixes that belong to it; with a file, other fixes are a question of their own.
  if (!is_witness_line(input) && line.fixes) return follow(*loaded, *replayed, line);
  return report(*replayed, line);
}

}  // namespace zoneknot::tools
