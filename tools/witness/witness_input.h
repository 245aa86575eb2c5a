// A witness as the command line names it, with the program it belongs to, and that program run again. Used by replay
// and shrink.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "sim/run/outcome.h"
#include "sim/run/strategy.h"
#include "sim/witness/witness.h"
#include "tools/cli/command_line.h"
#include "tools/cli/named_files.h"
#include "tools/instance/instance.h"
#include "tools/text/input_error.h"
#include "tools/witness/shrink_witness.h"

namespace zoneknot::tools {

struct LoadedWitness {
  Instance instance;
  sim::Witness witness;
  std::vector<std::string> steps;  // in words, if the witness has them
};

// "zk2:…", of any version, and not the name of a file.
bool is_witness_line(const std::string& input);

// For check_named_files().
std::vector<NamedFile> named_inputs(const WitnessOptions& options);

// The inputs of the command are a witness file, or a witness line and its job file, which takes the options of the
// search with it.
tl::expected<LoadedWitness, InputError> load_witness(const WitnessOptions& options);

// One execution, recorded and described.
struct Replayed {
  sim::Outcome outcome;
  sim::Recording recording;
  lockcheck::Verdict verdict;
  std::string trace;                // the event trace
  std::optional<FindingKind> kind;  // of what it came to

  // A recorded step as the event trace has it, without its number and who made it: "lock zone 3 block_adjuster.cc:32".
  [[nodiscard]] std::string words(std::size_t step) const;
};

// One execution of an instance under a strategy. `at_end` is called while the names of locks and tasks are known.
Replayed replay(const Instance& instance, sim::Strategy& strategy, std::uint64_t max_steps,
                const std::function<void(const lockcheck::LockWatch&)>& at_end = {});

// The witness under its own program. The program's identity and every step have to fit; the error names the first that
// does not. `input` is what the user called the witness.
tl::expected<Replayed, InputError> replay_exactly(const LoadedWitness& loaded, const std::string& input);

}  // namespace zoneknot::tools
