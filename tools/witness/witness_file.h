// The file form of a witness: JSON that holds the whole program under test (job file, fault plan, fixes, device, bound;
// no paths), the schedule, what was found, and every step in words, so that one file replays in one command and a
// reader who has nothing else can follow it. docs/replay.md describes it. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/witness/witness.h"
#include "tools/instance/instance.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct WitnessFile {
  InstanceSource source;
  std::string job_text;
  std::string faults_text;
  sim::Witness witness;
  std::vector<std::string> steps;  // in words, as event_trace_text() has them; empty: left out
};

// An execution of more steps is embedded without their words.
inline constexpr std::size_t kMaxStepsInWords = 5000;

// `verdict_json` is embedded for readers; replay does not look at it. `trace` is the event trace.
std::string to_witness_file(const Instance& instance, const sim::Witness& witness, std::string_view verdict_json,
                            std::string_view trace);

// Of any version; the rest of the file may be damaged.
bool looks_like_witness_file(std::string_view text);

// Errors: what is no JSON (with line and column), another schema, a field that is missing or of the wrong type.
tl::expected<WitnessFile, InputError> parse_witness_file(std::string_view text, const std::string& file_name);

}  // namespace zoneknot::tools
