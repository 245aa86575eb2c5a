#include "sim/witness/witness.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>

namespace zoneknot::sim {

std::uint64_t identity_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

core::Schedule make_schedule(const std::vector<std::uint32_t>& decisions, const std::vector<DecisionRecord>& records,
                             const std::optional<core::Schedule>& same) {
  // A seed takes eight bytes of a line, a deviation or a parameter two or three.
  constexpr std::size_t kDeviationsOfOneSeed = 3;
  const std::size_t most = same ? kDeviationsOfOneSeed + same->parameters.size() : decisions.size();
  core::Schedule steady;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (decisions[i] == records[i].steady) continue;
    if (same && steady.deviations.size() == most) return *same;
    steady.deviations.push_back({static_cast<std::uint32_t>(i), decisions[i]});
  }
  return steady;
}

Witness record_witness(Simulation& simulation, const Program& program, const FirstSeen& execution,
                       std::uint64_t identity, ExecutionOptions options, Recording& recording, Outcome* ended) {
  CheckedScript script(execution.decisions);
  (void)script.begin();
  options.recording = &recording;
  options.stop = nullptr;
  options.time_is_over = nullptr;
  options.max_steps = std::min(options.max_steps, execution.max_steps);
  const Outcome outcome = simulation.run([&] { program(simulation); }, script, options);
  if (simulation.decisions() != execution.decisions) {
    throw NotRepeated("an execution that was to be recorded did not repeat itself");
  }
  Witness witness;
  witness.identity = identity;
  witness.schedule = make_schedule(execution.decisions, recording.decisions, execution.schedule);
  witness.decisions = outcome.decisions;
  witness.steps = outcome.steps;
  witness.trace_hash = outcome.trace_hash;
  witness.checks = script.checks();
  if (ended != nullptr) *ended = outcome;
  return witness;
}

Witness for_line(Witness witness) {
  witness.checks = thinned(std::move(witness.checks), kMaxChecksInLine);
  return witness;
}

}  // namespace zoneknot::sim
