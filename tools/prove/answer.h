// How far the proof of a job file gets: at a small size, for any size where the cutoff applies, at sizes with one more
// of each, and of the job file as it is where that is small enough. The first break ends it.
#pragma once

#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "sim/proof/world.h"
#include "tools/prove/instance.h"
#include "tools/prove/run.h"

namespace zoneknot::tools {

struct ProofTask {
  ProofSize first;              // where it begins
  bool first_is_asked = false;  // by the user: no other size, but for one more of each
  bool limited = false;         // by the user; else larger sizes get a number of states that takes seconds
  sim::ProofFaults faults = sim::ProofFaults::none;
  sim::ProofLimits limits;
};

struct ProofAnswer {
  lockcheck::Verdict verdict;           // PROVED, POSSIBLE or INCOMPLETE; nothing was run but proofs
  std::vector<sim::ProofBreak> breaks;  // assertions included; by obligation of the verdict
  ProofSize size;                       // at which they were found
  std::string next_options;             // INCOMPLETE: what to add to the command for more
};

tl::expected<ProofAnswer, InputError> answer(const Instance& instance, const ProofTask& task);

// What can go wrong at least: a device with limits of open or active zones refuses I/O that reaches them.
sim::ProofFaults least_faults(const Instance& instance);

}  // namespace zoneknot::tools
