#include "tools/prove/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/prove/cutoff.h"
#include "tools/prove/verdict.h"

namespace zoneknot::tools {
namespace {

using sim::ProofEnd;

// Without a limit of the user's, a size is given up after so many states.
constexpr std::uint64_t kStatesBeyond = 50'000;
constexpr std::uint64_t kStatesOfCutoff = 500'000;
// Every block is a draw.
constexpr std::uint64_t kMostBlocksOfWhole = 4096;

std::string text_of(const ProofSize& size) {
  return fmt::format("depth {}, zones {}, blocks of a zone {}", size.depth, size.zones, size.blocks);
}

bool is_small(const ProofSize& size) { return std::uint64_t{size.zones} * size.blocks <= kMostBlocksOfWhole; }

// What to try next where the word is INCOMPLETE: any size, the jobs as they are, or one more of each.
std::string next_options(const ProofSize& reached, const ProofSize& whole, bool closed, bool asked) {
  const std::string longer = " --time=10m --memory=8g";
  if (closed && asked) return "";
  if (!closed || is_small(whole)) return longer;
  return fmt::format(" --bound=depth={},zones={},blocks={}", reached.depth + 1, reached.zones + 1, reached.blocks + 1) +
         longer;
}

class Answering {
 public:
  Answering(const Instance& instance, const ProofTask& task)
      : instance_(instance), task_(task), whole_(whole_size(instance)) {}

  tl::expected<ProofAnswer, InputError> run() {
    const ProofSize first = smaller_of(task_.first, whole_);
    auto small = proof_instance(instance_, first);
    if (!small) return tl::make_unexpected(small.error());
    const auto proofs = run_proof(*small, instance_.fixes, task_.faults, limits(kStatesBeyond));
    if (settled(*small, first, proofs)) return std::move(answer_);
    const bool closed = is_closed(proofs);
    conclude(proof_verdict(instance_, *small, first, task_.faults, proofs), proofs, first);
    if (!task_.first_is_asked && holds_by_cutoff()) return std::move(answer_);
    if (closed && goes_further(first)) return std::move(answer_);
    answer_.next_options = next_options(first, whole_, closed, task_.first_is_asked);
    answer_.verdict.proof.evidence = std::move(evidence_);
    return std::move(answer_);
  }

 private:
  [[nodiscard]] sim::ProofLimits limits(std::uint64_t most_states) const {
    sim::ProofLimits limits = task_.limits;
    if (!task_.limited) limits.states = std::min(limits.states, most_states);
    return limits;
  }

  [[nodiscard]] static bool is_closed(const std::vector<JobProof>& proofs) {
    return proofs.back().result.end == ProofEnd::closed;
  }

  void conclude(lockcheck::Verdict verdict, const std::vector<JobProof>& proofs, const ProofSize& size) {
    answer_ = {.verdict = std::move(verdict), .breaks = all_breaks(proofs), .size = size};
  }

  // A break, or a proof of the jobs as they are.
  bool settled(const ProofInstance& small, const ProofSize& size, const std::vector<JobProof>& proofs) {
    lockcheck::Verdict verdict = proof_verdict(instance_, small, size, task_.faults, proofs);
    if (verdict.word == lockcheck::VerdictWord::incomplete) return false;
    conclude(std::move(verdict), proofs, size);
    answer_.verdict.proof.evidence = std::move(evidence_);
    return true;
  }

  bool holds_by_cutoff() {
    if (const auto reason = outside_of_cutoff(instance_, task_.faults)) {
      evidence_.push_back("for other sizes nothing is known: " + *reason);
      return false;
    }
    const std::vector<ProofSize> sizes = cutoff_sizes(instance_, task_.faults);
    std::uint64_t states = 0;
    for (const ProofSize& size : sizes) {
      const auto small = cutoff_instance(instance_, size);
      if (!small) return false;
      const auto proofs = run_proof(*small, instance_.fixes, task_.faults, limits(kStatesOfCutoff));
      for (const JobProof& proof : proofs) states += proof.result.states;
      const std::string fails = why_no_cutoff(proofs);
      if (fails.empty()) continue;
      evidence_.push_back(fmt::format("for any size ({}, with what is in zones forgotten): {}", text_of(size), fails));
      return false;
    }
    answer_.verdict = cutoff_verdict(std::move(answer_.verdict), "sim:" + instance_.device.short_text(), sizes, states);
    return true;
  }

  [[nodiscard]] static std::string why_no_cutoff(const std::vector<JobProof>& proofs) {
    for (const sim::ProofBreak& broken : all_breaks(proofs)) {
      if (prevents_proof(broken)) return "a rule may break";
    }
    if (!is_closed(proofs)) return "not everything was covered";
    if (any_idle(proofs)) return "a job does no I/O";
    return waits_empty_handed(proofs) ? "" : "a job may own a zone while it waits for another";
  }

  // True: settled.
  bool goes_further(const ProofSize& first) {
    std::vector<ProofSize> tried = {first};
    const auto try_size = [&](const ProofSize& wanted, std::uint64_t most_states) {
      const ProofSize size = smaller_of(wanted, whole_);
      if (std::ranges::find(tried, size) != tried.end()) return false;
      tried.push_back(size);
      const auto larger = proof_instance(instance_, size);
      if (!larger) return false;
      const auto proofs = run_proof(*larger, instance_.fixes, task_.faults, limits(most_states));
      if (settled(*larger, size, proofs)) return true;
      evidence_.push_back(text_of(size) + ": nothing breaks, " + (is_closed(proofs) ? "everything" : "not everything") +
                          " was covered");
      return false;
    };
    for (const ProofSize& size : one_more_of_each(first)) {
      if (try_size(size, kStatesBeyond)) return true;
    }
    return !task_.first_is_asked && is_small(whole_) && try_size(whole_, kStatesBeyond);
  }

  const Instance& instance_;
  const ProofTask& task_;
  const ProofSize whole_;
  std::vector<std::string> evidence_;
  ProofAnswer answer_;
};

}  // namespace

tl::expected<ProofAnswer, InputError> answer(const Instance& instance, const ProofTask& task) {
  const auto several = std::ranges::find_if(instance.jobs, [](const auto& job) { return job.file_count() > 1; });
  if (several != instance.jobs.end()) {
    return tl::make_unexpected(
        InputError{.file = instance.source.job_path,
                   .message = "job " + several->name + " has several files, and a proof is about jobs of one"});
  }
  return Answering(instance, task).run();
}

sim::ProofFaults least_faults(const Instance& instance) {
  const bool refuses = instance.device.max_open != 0 || instance.device.max_active != 0 ||
                       instance.device.host != device::HostLayer::write_lock;
  return refuses ? sim::ProofFaults::device : sim::ProofFaults::none;
}

}  // namespace zoneknot::tools
