// A workload on real threads and engines, on a file or a block device: opened, run once under the watchdog, and
// described. Used by run and replay.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "device/real/perturbation.h"
#include "device/real/real_world.h"
#include "lockcheck/verdict/run_in_verdict.h"
#include "lockcheck/verdict/verdict.h"
#include "tools/cli/command_line.h"
#include "tools/instance/instance.h"
#include "tools/instance/run_report.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// What came of one run, simulated or real.
struct RunOutcome {
  lockcheck::Verdict verdict;
  std::vector<JobResult> results;
  std::uint64_t end_ns = 0;
  RunTime time = RunTime::real;
  bool interrupted = false;
  std::vector<std::string> lines;  // below the statistics: what stood still, and whether zones are where jobs left them
  std::optional<InputError> trace_error;         // the lock trace could not be written
  std::optional<lockcheck::RunInVerdict> shown;  // if pictures want it
};

// What the options make of the source of an instance.
void add_real_options(const RealRunOptions& options, InstanceSource& source);

// Device, size, and what the jobs overwrite; a line each. Of a file: nothing.
std::vector<std::string> overwritten_lines(const Instance& instance);

// Opens what the jobs run on. With dry_run everything is looked at and nothing is changed.
// With a gate the run follows its list, from zones that are as the instance's. The gate outlives the world.
tl::expected<std::unique_ptr<device::RealWorld>, InputError> open_real_world(const Instance& instance,
                                                                             const RealRunOptions& options,
                                                                             device::ScheduleGate* gate = nullptr,
                                                                             device::StepHook* hook = nullptr);

// Once, on real threads. A hang becomes a report; the threads are then taken out of it, so that the statistics can be
// read.
struct RunFollowed {
  std::string lock_trace;  // where to record it; empty: nowhere
  bool order_check = true;
  bool shown = false;  // fills RunOutcome::shown
};
RunOutcome run_for_real(const Instance& instance, device::RealWorld& world, const RealRunOptions& options,
                        const RunFollowed& followed);

// How a run is reported.
struct RunReport {
  Format format = Format::text;
  std::string output;
  GraphOptions graphs;
  bool verbose = false;
  std::string strategy = "one run";
  std::string head;  // before the text
};

// Prints it, and returns the exit code.
int report_run(RunOutcome& run, const RunReport& as);

// --perturb: nothing, or the seed, which is drawn if none was given and added to the notes.
tl::expected<std::unique_ptr<device::Perturbation>, InputError> perturbation_of(const RealRunOptions& options,
                                                                                std::vector<std::string>& notes);

// A run that came to its end has not been harmed by an order of locks that could have: it is told, and no failure.
void forgive_order(lockcheck::Verdict& verdict);

}  // namespace zoneknot::tools
