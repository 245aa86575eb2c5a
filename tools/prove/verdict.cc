#include "tools/prove/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/workload/workload.h"
#include "lockcheck/picture/resource_of.h"
#include "lockcheck/text/columns.h"
#include "lockcheck/text/site.h"
#include "tools/cli/interrupt.h"
#include "tools/instance/search_verdict.h"

namespace zoneknot::tools {
namespace {

using lockcheck::StoppedBy;
using lockcheck::Verdict;
using lockcheck::VerdictWord;

lockcheck::ObligationInVerdict obligation_of(const sim::ProofBreak& broken, const std::string& job) {
  return {.rule = broken.rule,
          .job = job,
          .place = lockcheck::place_of(broken.site),
          .what = broken.what,
          .waits_for = broken.waits_for,
          .holds = broken.holds,
          .steps = broken.steps};
}

VerdictWord word_of(const std::vector<JobProof>& proofs, bool whole) {
  const auto breaks = all_breaks(proofs);
  if (std::ranges::any_of(breaks, prevents_proof)) return VerdictWord::possible;
  const bool closed =
      std::ranges::all_of(proofs, [](const JobProof& proof) { return proof.result.end == sim::ProofEnd::closed; });
  return closed && whole && !any_idle(proofs) ? VerdictWord::proved : VerdictWord::incomplete;
}

std::string text_of_faults(sim::ProofFaults faults) {
  switch (faults) {
    case sim::ProofFaults::none:
      return "no I/O fails, is cut short or is refused as busy by the device, and no zone reset fails; --errors=device "
             "does without this";
    case sim::ProofFaults::device:
      return "handing over queued I/Os and waiting for completions never fail as such, single I/Os and resets may; "
             "--errors=engine does without this";
    case sim::ProofFaults::engine:
      break;
  }
  return {};
}

std::string text_of_size(const ProofSize& size, bool whole) {
  if (whole) return "nothing of the jobs was cut; their number, mix and work are without limit";
  return fmt::format(
      "each job has a queue depth of at most {}, at most {} zones in its range, and zones hold at most {} of "
      "its blocks; jobs, their mix and their work are without limit",
      size.depth, size.zones, size.blocks);
}

std::string text_of_cutoff(const std::vector<ProofSize>& sizes) {
  std::string text =
      "queue depth, zones and blocks are without limit, as the number, mix and work of the jobs: the "
      "cutoff of docs/proof.md, and everything was covered for";
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    text += fmt::format("{}{} I/Os, {} zones of {}", i == 0 ? " " : "; ", sizes[i].depth, sizes[i].zones,
                        lockcheck::counted(sizes[i].blocks, "block"));
  }
  return text;
}

std::vector<std::string> assumptions(std::string about_size, sim::ProofFaults faults) {
  std::vector<std::string> lines = {
      std::move(about_size), "the device ends every I/O that it has accepted (rule b), and mutexes do what mutexes do",
      "swd is only compared with a threshold, write_cnt with 0, and a verify_block beyond the device's end is like any "
      "other: a few values stand for all",
      "livelock and starvation are not covered"};
  if (std::string text = text_of_faults(faults); !text.empty()) lines.push_back(std::move(text));
  return lines;
}

// Ctrl-C and the time both end a proof by its `stop`.
StoppedBy stopped_by(const std::vector<JobProof>& proofs) {
  switch (proofs.back().result.end) {
    case sim::ProofEnd::states:
      return StoppedBy::states;
    case sim::ProofEnd::stopped:
      return interrupted() ? StoppedBy::user : StoppedBy::time;
    case sim::ProofEnd::closed:
      break;
  }
  return StoppedBy::nothing;
}

}  // namespace

namespace {

// Of a job that hands nothing to the device, whatever others do.
std::vector<core::NoIo> why_idle(const core::JobSpec& job, const ProofInstance& in) {
  if (job.create_only) return {core::NoIo::create_only};
  if (in.device.zone_capacity != 0 && job.smallest_bs() > in.device.zone_capacity) {
    return {core::NoIo::block_too_large};
  }
  if (!job.writes && !job.trims) return {core::NoIo::nothing_to_read};
  return {};
}

}  // namespace

bool any_idle(const std::vector<JobProof>& proofs) {
  return std::ranges::any_of(proofs, [](const JobProof& proof) { return !proof.result.findings.any_io; });
}

bool prevents_proof(const sim::ProofBreak& broken) { return broken.rule != lockcheck::Rule::assertion; }

tl::expected<sim::ProofFaults, InputError> parse_faults(const std::string& text) {
  if (text.empty() || text == "none") return sim::ProofFaults::none;
  if (text == "device") return sim::ProofFaults::device;
  if (text == "engine") return sim::ProofFaults::engine;
  return tl::make_unexpected(InputError{
      .file = "--errors", .message = "unknown class " + in_quotes(text) + ", expected none, device or engine"});
}

std::vector<sim::ProofBreak> all_breaks(const std::vector<JobProof>& proofs) {
  std::vector<sim::ProofBreak> all;
  for (const JobProof& proof : proofs) {
    for (const sim::ProofBreak& broken : proof.result.findings.breaks) {
      const auto same = [&](const sim::ProofBreak& other) {
        return other.rule == broken.rule && lockcheck::same_place(other.site, broken.site);
      };
      if (std::ranges::none_of(all, same)) all.push_back(broken);
    }
  }
  return all;
}

Verdict proof_verdict(const Instance& instance, const ProofInstance& small, const ProofSize& size,
                      sim::ProofFaults faults, const std::vector<JobProof>& proofs) {
  Verdict verdict = verdict_about(instance);
  verdict.subject.device = "sim:" + (small.whole ? instance.device : small.device).short_text();
  verdict.subject.draws_by = lockcheck::DrawsBy::proof;
  verdict.search.strategy = "each different job alone in the most general environment";
  if (!small.whole) verdict.subject.bounds = {.zones = size.zones, .depth = size.depth, .blocks = size.blocks};
  verdict.word = word_of(proofs, small.whole);
  verdict.search.exhaustive = stopped_by(proofs) == StoppedBy::nothing;
  verdict.search.states = 0;
  std::set<std::pair<lockcheck::Rule, lockcheck::Place>> known;
  for (const JobProof& proof : proofs) {
    *verdict.search.states += proof.result.states;
    const std::string name = core::task_name(small.jobs, proof.job);
    const core::JobSpec& job = small.jobs[proof.job];
    const bool idle = !proof.result.findings.any_io && proof.result.end == sim::ProofEnd::closed;
    verdict.search.work.push_back({.job = name,
                                   .ios = idle ? std::optional<std::uint64_t>(0) : std::nullopt,
                                   .why_none = idle ? why_idle(job, small) : std::vector<core::NoIo>{}});
    for (const sim::ProofBreak& broken : proof.result.findings.breaks) {
      if (!known.insert({broken.rule, lockcheck::place_of(broken.site)}).second) continue;
      verdict.proof.obligations.push_back(obligation_of(broken, name));
    }
  }
  if (verdict.word == VerdictWord::incomplete) verdict.search.stopped_by = stopped_by(proofs);
  if (idle_jobs(verdict.search).empty()) verdict.search.work.clear();
  verdict.assumptions = assumptions(text_of_size(size, small.whole), faults);
  const bool asserts =
      std::ranges::any_of(all_breaks(proofs), [](const auto& broken) { return !prevents_proof(broken); });
  if (asserts) verdict.assumptions.emplace_back("an assertion that fails ends the program, which is no deadlock");
  return verdict;
}

Verdict cutoff_verdict(Verdict small, const std::string& device, const std::vector<ProofSize>& sizes,
                       std::uint64_t states) {
  small.word = VerdictWord::proved;
  small.subject.bounds = {};
  small.subject.device = device;
  small.search.stopped_by = StoppedBy::nothing;
  small.search.exhaustive = true;
  small.search.states = states;
  small.assumptions.front() = text_of_cutoff(sizes);
  return small;
}

}  // namespace zoneknot::tools
