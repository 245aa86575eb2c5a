// What the fuzz targets do with one input: parse it, and check what every result must be. Shared by the libFuzzer
// targets and by fuzz_corpus_test, which runs them with any compiler. A broken promise aborts. Pure but for that.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "sim/witness/witness.h"
#include "tools/explain/backtrace.h"
#include "tools/explain/placement.h"
#include "tools/instance/instance.h"
#include "tools/jobfile/job_file.h"
#include "tools/option/fault_file.h"
#include "tools/witness/witness_file.h"

namespace zoneknot::fuzz {

inline void require(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

inline void check_error(const tools::InputError& error, std::string_view text) {
  const auto lines = static_cast<unsigned>(1 + std::count(text.begin(), text.end(), '\n'));
  require(error.file == "input", "an error names its file");
  require(!error.message.empty(), "an error says something");
  require(error.to_string().find('\n') == std::string::npos, "an error is one line");
  require(error.line <= lines, "an error's line is in the file");
  require(error.column <= text.size() + 1, "an error's column is in the file");
}

inline void check_job(const core::JobSpec& job, const tools::JobFile& file) {
  require(!job.filename.empty(), "a job has a filename");
  require(job.section < file.sections.size(), "a job's section is in the file");
  require(job.reads || job.writes || job.trims, "a job does something");
  for (std::size_t i = 0; i < job.min_bs.size(); ++i) {
    require(job.min_bs.at(i) >= 512 && job.min_bs.at(i) <= job.max_bs.at(i), "a block has a size");
  }
  require(job.iodepth >= 1 && job.iodepth <= core::kMaxIoDepth, "iodepth is in its range");
  require(job.batch >= 1 && job.batch <= job.iodepth, "batch is in its range");
  require(job.iodepth_low >= 1 && job.iodepth_low <= job.iodepth, "iodepth_low is in its range");
  require(job.complete_min <= job.complete_max && job.complete_min <= job.iodepth, "complete is in its range");
  require(job.offset <= INT64_MAX && job.size <= INT64_MAX - job.offset, "a range is a range of a file");
  require(job.zone_capacity <= job.zone_size || job.zone_size == 0, "a capacity fits in its zone");
  require(job.zone_reset_threshold >= 0 && job.zone_reset_threshold <= 1, "a threshold is a fraction");
  require(!job.time_based || job.runtime_ns != 0, "a time-based job ends");
  require(file.position_of(job, "bs").line != 0, "an option has a place");
}

inline void fuzz_job_file(std::string_view text) {
  tools::ParseContext context;
  context.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SIZE") return "4z";
    if (name == "LONG") return std::string(1U << 16U, 'x');
    return std::nullopt;
  };
  const auto file = tools::parse_job_file(text, "input", context);
  if (!file) return check_error(file.error(), text);
  require(!file->jobs.empty() && file->jobs.size() <= tools::kMaxJobs, "a file has jobs, but not too many");
  for (const core::JobSpec& job : file->jobs) check_job(job, *file);
}

inline void fuzz_backtrace(std::string_view text) {
  const auto backtrace = tools::parse_backtrace(text, "input");
  if (!backtrace) return check_error(backtrace.error(), text);
  require(!backtrace->threads.empty(), "a backtrace has threads");
  for (const tools::StackOfThread& thread : backtrace->threads) {
    require(!thread.frames.empty(), "a thread has frames");
    require(thread.process < backtrace->processes, "a thread's process was counted");
    require(!thread.title.empty(), "a thread has a title");
  }
  const tools::Placement placement = tools::place_threads(*backtrace);
  require(placement.threads.size() == backtrace->threads.size(), "every thread is placed");
  std::size_t together = 0;
  for (const tools::Together& group : tools::together(placement)) together += group.titles.size();
  require(together == placement.threads.size(), "every thread is in one group");
}

inline void fuzz_fault_file(std::string_view text) {
  const auto plan = tools::parse_fault_file(text, "input");
  if (!plan) return check_error(plan.error(), text);
  require(!plan->empty(), "a plan has faults");
  for (const device::Fault& fault : plan->faults) {
    require(fault.probability >= 0 && fault.probability <= 1, "a probability is one");
    require(fault.kind != device::FaultKind::error || fault.error > 0, "an error is an errno");
    require(fault.kind != device::FaultKind::busy || fault.moment == device::FaultMoment::queue,
            "busy is at the queue");
    require(!fault.count || *fault.count >= 1, "a count counts");
    require(fault.zones.kind != device::ZoneSelection::Kind::list || !fault.zones.list.empty(), "a list lists");
  }
  require(!plan->to_string().empty(), "a plan has a text");
}

inline void fuzz_witness_line(std::string_view text) {
  const auto witness = sim::parse_line(text);
  if (!witness) {
    require(!witness.error().empty(), "an error says something");
    return;
  }
  const auto& deviations = witness->schedule.deviations;
  require(std::ranges::is_sorted(deviations, {}, &core::Deviation::decision), "deviations are in order");
  require(witness->checks.hashes.size() <= sim::kMaxChecksInLine, "checks of a line are few");
  const auto line = sim::to_line(*witness);
  require(line.has_value(), "what fits in a line fits in a line again");
  require(*line == text, "a witness has one line");
  require(sim::parse_line(*line) == witness, "a witness is read as it was written");
}

inline void fuzz_witness_file(std::string_view text) {
  const auto file = tools::parse_witness_file(text, "input");
  if (!file) return check_error(file.error(), text);
  require(file->source.environment.has_value(), "a witness file brings its environment");
  const auto instance = tools::make_instance(file->source, file->job_text, file->faults_text);
  if (!instance) return require(!instance.error().message.empty(), "an error says something");
  const auto again = tools::parse_witness_file(
      tools::to_witness_file(*instance, file->witness, "{}", "0 main start main a.cc:1\n"), "input");
  require(again.has_value() && again->witness == file->witness, "a witness is read as it was written");
  require(again->steps.size() == 1, "steps are read as they were written");
  const auto same = tools::make_instance(again->source, again->job_text, again->faults_text);
  require(same && same->identity() == instance->identity(), "a witness brings the program that it belongs to");
}

}  // namespace zoneknot::fuzz
