#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "lockcheck/hang_picture.h"
#include "lockcheck/report_json.h"
#include "lockcheck/report_text.h"
#include "lockcheck/site.h"
#include "sim/follow.h"
#include "sim/replay.h"
#include "tools/commands.h"
#include "tools/event_trace.h"
#include "tools/search_limits.h"
#include "tools/search_verdict.h"
#include "tools/witness_file.h"

namespace zoneknot::tools {
namespace {

using lockcheck::VerdictWord;

struct Loaded {
  Instance instance;
  sim::Witness witness;
};

tl::expected<Loaded, InputError> load_line(const CommandLine& line) {
  if (line.inputs.size() != 2) {
    return tl::make_unexpected(
        InputError{.file = "WITNESS", .message = "a witness line needs its job file: zoneknot replay zk1:... JOB"});
  }
  auto witness = sim::parse_line(line.inputs[0]);
  if (!witness) return tl::make_unexpected(InputError{.file = "WITNESS", .message = witness.error()});
  auto instance = load_instance({.job_path = line.inputs[1],
                                 .faults_path = line.faults,
                                 .fixes = line.fixes.value_or("series"),
                                 .device = line.device,
                                 .bound = line.bound,
                                 .seed = line.seed});
  if (!instance) return tl::make_unexpected(instance.error());
  return Loaded{std::move(*instance), std::move(*witness)};
}

tl::expected<Loaded, InputError> load_file(const CommandLine& line) {
  const std::string& path = line.inputs[0];
  for (const auto& [given, option] :
       {std::pair{line.inputs.size() > 1, "JOB"}, std::pair{!line.device.empty(), "--device"},
        std::pair{!line.faults.empty(), "--faults"}, std::pair{!line.bound.empty(), "--bound"},
        std::pair{line.seed.has_value(), "--seed"}}) {
    if (given)
      return tl::make_unexpected(
          InputError{.file = option, .message = "belongs to a witness line; a witness file brings its own"});
  }
  const auto text = read_file(path);
  if (!text) return tl::make_unexpected(text.error());
  auto file = parse_witness_file(*text, path);
  if (!file) return tl::make_unexpected(file.error());
  auto instance = make_instance(file->source, file->job_text, file->faults_text);
  if (!instance) return tl::make_unexpected(instance.error());
  return Loaded{std::move(*instance), std::move(file->witness)};
}

// Of any version: parse_line() says which ones it reads.
bool is_line(const std::string& input) {
  const std::size_t colon = input.find(':');
  return input.starts_with("zk") && colon != std::string::npos && colon > 2 &&
         input.find_first_not_of("0123456789", 2) == colon;
}

// One execution under a strategy, recorded and described.
struct Replayed {
  sim::Outcome outcome;
  sim::Recording recording;
  lockcheck::Verdict verdict;
  std::string trace;
};

Replayed replay(const Instance& instance, sim::Strategy& strategy, std::uint64_t max_steps) {
  SimulatedWorkload workload(instance);
  sim::Simulation& simulation = workload.simulation();
  Replayed replayed{.verdict = verdict_about(instance)};
  simulation.set_max_steps(max_steps);
  simulation.set_recording(&replayed.recording);
  workload.describe_hangs_in(&replayed.verdict);
  (void)strategy.begin();
  replayed.outcome = simulation.run([&] { workload.program()(simulation); }, strategy);
  replayed.trace = event_trace_text(replayed.recording, simulation.watch());
  lockcheck::Verdict& verdict = replayed.verdict;
  const bool hangs = replayed.outcome.kind == sim::OutcomeKind::hang;
  if (hangs) verdict.steps_to_hang = steps_to_hang(replayed.recording, simulation.watch(), workload.stuck());
  lockcheck::describe_rules(simulation.watch().broken_rules(), instance.task_names, verdict);
  verdict.word = hangs ? VerdictWord::hang : verdict.rules.empty() ? VerdictWord::clean : VerdictWord::rule;
  verdict.strategy = "replay";
  verdict.executions = 1;
  verdict.executions_cut = replayed.outcome.kind == sim::OutcomeKind::cut ? 1 : 0;
  verdict.step_limit = max_steps;
  verdict.steps = replayed.outcome.steps;
  return replayed;
}

int report(const Replayed& replayed, const CommandLine& line) {
  if (!line.trace.empty()) {
    if (const auto error = write_file(line.trace, replayed.trace)) return refuse(*error);
  }
  const lockcheck::Verdict& verdict = replayed.verdict;
  return deliver(line.format == Format::json ? lockcheck::to_json(verdict) : lockcheck::to_text(verdict), line.output,
                 lockcheck::exit_code(verdict.word));
}

std::string not_the_same(const std::string& input, const std::string& what) {
  return fmt::format("{}: {}: the witness belongs to another program or another version of it",
                     is_line(input) ? "WITNESS" : input, what);
}

// The witness under its own program. Every checkpoint and the whole trace have to fit.
tl::expected<Replayed, std::string> replay_exactly(const Loaded& loaded, const std::string& input) {
  if (loaded.witness.identity != loaded.instance.identity()) {
    return tl::make_unexpected(not_the_same(input, "job, fixes, device, faults or bounds differ"));
  }
  sim::Replay strategy(loaded.witness.schedule, loaded.witness.checkpoints);
  Replayed replayed = replay(loaded.instance, strategy, std::max<std::uint64_t>(loaded.witness.steps, 1));
  if (replayed.outcome.kind == sim::OutcomeKind::diverged) {
    return tl::make_unexpected(
        not_the_same(input, fmt::format("it departs before decision {}", replayed.outcome.decisions)));
  }
  if (replayed.outcome.steps != loaded.witness.steps || replayed.outcome.decisions != loaded.witness.decisions ||
      replayed.outcome.trace_hash != loaded.witness.trace_hash) {
    return tl::make_unexpected(not_the_same(input, fmt::format("it ends after {} steps instead of {}, or otherwise",
                                                               replayed.outcome.steps, loaded.witness.steps)));
  }
  return replayed;
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
int follow(const Loaded& loaded, const Replayed& recorded, const CommandLine& line) {
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
  const auto loaded = is_line(input) ? load_line(line) : load_file(line);
  if (!loaded) return refuse(loaded.error());
  for (const std::string& path : {line.trace, line.output}) {
    if (const auto error = check_writable(path)) return refuse(*error);
  }
  const auto replayed = replay_exactly(*loaded, input);
  if (!replayed) {
    std::fprintf(stderr, "zoneknot: %s\n", replayed.error().c_str());
    return kExitBadInput;
  }
  // A line is looked up with the fixes that belong to it; with a file, other fixes are a question of their own.
  if (!is_line(input) && line.fixes) return follow(*loaded, *replayed, line);
  return report(*replayed, line);
}

}  // namespace zoneknot::tools
