#include "tools/witness/witness_input.h"

#include <fmt/core.h>

#include <algorithm>

#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/picture/resource_of.h"
#include "sim/search/event_trace.h"
#include "sim/states/revisits.h"
#include "sim/strategy/replay.h"
#include "tools/instance/search_verdict.h"
#include "tools/instance/simulated.h"
#include "tools/text/whole_file.h"
#include "tools/witness/witness_file.h"

namespace zoneknot::tools {
namespace {

using lockcheck::VerdictWord;

tl::expected<LoadedWitness, InputError> load_line(const WitnessOptions& options) {
  if (options.inputs.size() != 2) {
    return tl::make_unexpected(
        InputError{.file = "WITNESS", .message = "a witness line needs its job file: zoneknot replay zk2:... JOB"});
  }
  auto witness = sim::parse_line(options.inputs[0]);
  if (!witness) return tl::make_unexpected(InputError{.file = "WITNESS", .message = witness.error()});
  auto instance = load_instance({.job_path = options.inputs[1],
                                 .faults_path = options.program.faults,
                                 .fixes = options.program.fixes.value_or(""),
                                 .device = options.program.device,
                                 .bound = options.bound,
                                 .seed = options.seed});
  if (!instance) return tl::make_unexpected(instance.error());
  return LoadedWitness{std::move(*instance), std::move(*witness), {}};
}

tl::expected<LoadedWitness, InputError> load_file(const WitnessOptions& options) {
  const std::string& path = options.inputs[0];
  for (const auto& [given, option] :
       {std::pair{options.inputs.size() > 1, "JOB"}, std::pair{!options.program.device.empty(), "--device"},
        std::pair{!options.program.faults.empty(), "--faults"}, std::pair{!options.bound.empty(), "--bound"},
        std::pair{options.seed.has_value(), "--seed"}}) {
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
  return LoadedWitness{std::move(*instance), std::move(file->witness), std::move(file->steps)};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// "17 first lock zone 3 block_adjuster.cc:32" without the place, which may have moved.
std::string_view without_place(std::string_view step) { return step.substr(0, step.rfind(' ')); }
// And without the number.
std::string_view action_text(std::string_view step) { return step.substr(std::min(step.find(' ') + 1, step.size())); }

// The first step that is not in the words of the recorded one.
std::optional<std::string> departure_from_words(const std::vector<std::string>& recorded,
                                                const std::vector<std::string_view>& now, bool gave_up) {
  if (recorded.empty()) return std::nullopt;
  const auto [then, here] = std::ranges::mismatch(
      recorded, now, [](std::string_view a, std::string_view b) { return without_place(a) == without_place(b); });
  if (here == now.end() && (then == recorded.end() || gave_up)) return std::nullopt;
  return fmt::format("it departs at step {}: recorded was '{}', now it is '{}'", here - now.begin(),
                     then == recorded.end() ? "the end" : action_text(*then),
                     here == now.end() ? "the end" : action_text(*here));
}

// Draws stand among the recorded steps and are none for the checks.
std::size_t index_of_step(const sim::Recording& recording, std::uint64_t step) {
  std::size_t index = 0;
  for (; index < recording.steps.size(); ++index) {
    if (recording.steps[index].op.kind != sim::OpKind::draw && step-- == 0) break;
  }
  return index;
}

std::string departure_in_words(const LoadedWitness& loaded, const Replayed& replayed,
                               const std::optional<sim::DepartedSteps>& departed) {
  const std::vector<std::string_view> now = lines_of(replayed.trace);
  const bool gave_up = replayed.outcome.kind == sim::OutcomeKind::diverged;
  if (const auto text = departure_from_words(loaded.steps, now, gave_up)) return *text;
  if (departed) {
    const std::size_t first = index_of_step(replayed.recording, departed->first);
    const std::size_t last = index_of_step(replayed.recording, departed->last + 1) - 1;
    if (first == last) return fmt::format("it departs at step {}: now it is '{}'", first, action_text(now[first]));
    return fmt::format("it departs between steps {} and {}, from '{}' to '{}'", first, last, action_text(now[first]),
                       action_text(now[last]));
  }
  if (gave_up) {
    return fmt::format("it departs at step {}: the schedule names an alternative that is not there", now.size());
  }
  return fmt::format("it ends after {} steps instead of {}, or otherwise", replayed.outcome.steps,
                     loaded.witness.steps);
}

InputError not_the_same(const std::string& input, const std::string& what) {
  return {.file = is_witness_line(input) ? "WITNESS" : input,
          .message = what + ": the witness belongs to another program or another version of it"};
}

}  // namespace

// A line of any version: parse_line() says which ones it reads.
bool is_witness_line(const std::string& input) {
  const std::size_t colon = input.find(':');
  return input.starts_with("zk") && colon != std::string::npos && colon > 2 &&
         input.find_first_not_of("0123456789", 2) == colon;
}

std::string Replayed::words(std::size_t step) const {
  const std::string_view line = action_text(lines_of(trace).at(step));
  return std::string(line.substr(line.find(' ') + 1));
}

std::vector<NamedFile> named_inputs(const WitnessOptions& options) {
  std::vector<NamedFile> files = {{"--faults", options.program.faults}};
  for (const std::string& input : options.inputs) {
    if (!is_witness_line(input)) files.push_back({"WITNESS", input});
  }
  return files;
}

tl::expected<LoadedWitness, InputError> load_witness(const WitnessOptions& options) {
  return is_witness_line(options.inputs[0]) ? load_line(options) : load_file(options);
}

Replayed replay(const Instance& instance, sim::Strategy& strategy, std::uint64_t max_steps,
                const std::function<void(const lockcheck::LockWatch&)>& at_end) {
  SimulatedWorkload workload(instance);
  sim::Simulation& simulation = workload.simulation();
  Replayed replayed{.verdict = verdict_about(instance)};
  (void)strategy.begin();
  replayed.outcome = simulation.run([&] { workload.program()(simulation); }, strategy,
                                    {.max_steps = max_steps, .recording = &replayed.recording});
  replayed.trace = sim::event_trace_text(replayed.recording, simulation.watch());
  if (at_end) at_end(simulation.watch());
  replayed.kind = finding_kind(replayed.outcome, simulation.watch(), workload.ending(replayed.outcome));
  lockcheck::Verdict& verdict = replayed.verdict;
  sim::conclude_execution(workload.examined(), replayed.outcome, &replayed.recording, sim::AtLimit::the_end, verdict);
  verdict.search.strategy = "replay";
  verdict.search.executions_cut = replayed.outcome.kind == sim::OutcomeKind::cut ? 1 : 0;
  verdict.search.step_limit = max_steps;
  return replayed;
}

namespace {

// Tells of the cycle at the end of a witness's execution, if it ends where it has been before.
void describe_cycle(const LoadedWitness& loaded, Replayed& replayed) {
  SimulatedWorkload workload(loaded.instance);
  sim::Simulation& simulation = workload.simulation();
  sim::Replay strategy(loaded.witness.schedule);
  sim::Revisits revisits(simulation, strategy);
  (void)revisits.begin();
  const sim::Outcome outcome =
      simulation.run([&] { workload.program()(simulation); }, revisits,
                     {.max_steps = std::max<std::uint64_t>(loaded.witness.steps, 1), .tracking = true});
  const auto round = revisits.round(outcome);
  if (!round) return;
  replayed.kind = livelock_kind(*round);
  lockcheck::Verdict& verdict = replayed.verdict;
  verdict.word = VerdictWord::livelock;
  verdict.scene.cycle_steps = round->steps;
  for (const sim::CutPlace& place : round->places.named(simulation.watch())) {
    verdict.scene.cycle.push_back({.task = place.task, .place = lockcheck::place_of(place.site)});
  }
}

}  // namespace

tl::expected<Replayed, InputError> replay_exactly(const LoadedWitness& loaded, const std::string& input) {
  if (loaded.witness.identity != loaded.instance.identity()) {
    return tl::make_unexpected(not_the_same(input, "job, fixes, device, faults or bounds differ"));
  }
  sim::Replay strategy(loaded.witness.schedule, loaded.witness.checks);
  Replayed replayed = replay(loaded.instance, strategy, std::max<std::uint64_t>(loaded.witness.steps, 1));
  const bool same = replayed.outcome.kind != sim::OutcomeKind::diverged &&
                    replayed.outcome.steps == loaded.witness.steps &&
                    replayed.outcome.decisions == loaded.witness.decisions &&
                    replayed.outcome.trace_hash == loaded.witness.trace_hash;
  if (same) {
    describe_cycle(loaded, replayed);
    return replayed;
  }
  return tl::make_unexpected(not_the_same(input, departure_in_words(loaded, replayed, strategy.departed())));
}

}  // namespace zoneknot::tools
