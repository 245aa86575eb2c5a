#include "sim/proof/search.h"

#include <algorithm>
#include <deque>
#include <unordered_set>
#include <utility>

namespace zoneknot::sim {
namespace {

constexpr std::uint32_t kNoNode = UINT32_MAX;
constexpr std::uint64_t kBytesOfEntry = 48;  // of a hash table, about

// A state, by the way that was found to it.
struct Node {
  std::uint32_t before = kNoNode;
  std::uint32_t passed = 0;            // checkpoints on the way, its own included
  std::vector<std::uint16_t> answers;  // since the state before
};

struct HashOfState {
  std::size_t operator()(const StateHash& state) const { return state.low; }
};

class ProofSearch {
 public:
  ProofSearch(const ProofRuntime::Program& program, std::uint32_t subject, const ProofLimits& limits)
      : program_(program), limits_(limits) {
    runtime_.set_subject(subject);
  }

  ProofSearchResult walk() {
    nodes_.push_back({});
    for (std::uint32_t next = 0; next < nodes_.size(); ++next) {
      visit(next);
      if (result_.end != ProofEnd::closed) break;
      nodes_[next].answers.shrink_to_fit();
      ++visited_;
    }
    result_.states = nodes_.size() - 1;
    result_.unvisited = nodes_.size() - visited_;
    result_.findings = std::move(runtime_.findings());
    return std::move(result_);
  }

 private:
  // Everything that can follow on one state.
  void visit(std::uint32_t from) {
    const std::uint32_t passed = nodes_[from].passed;
    ProofChoices& choices = runtime_.choices();
    choices.fix_prefix(way_to(from));
    do {
      const std::size_t known = runtime_.findings().breaks.size();
      const auto arrived = runtime_.run(program_, passed);
      ++result_.executions;
      if (runtime_.findings().breaks.size() != known) explain(passed);
      if (arrived && seen_.insert(*arrived).second) add(from, passed + 1);
      if (limits_.stop && limits_.stop()) result_.end = ProofEnd::stopped;
      if (nodes_.size() > limits_.states || bytes_ > limits_.bytes) result_.end = ProofEnd::states;
      if (limits_.progress) limits_.progress(nodes_.size(), nodes_.size() - visited_, result_.executions);
    } while (result_.end == ProofEnd::closed && choices.advance());
  }

  void add(std::uint32_t from, std::uint32_t passed) {
    const std::vector<std::uint32_t> answers = runtime_.choices().answered_behind_prefix();
    nodes_.push_back({.before = from, .passed = passed, .answers = {answers.begin(), answers.end()}});
    bytes_ += sizeof(Node) + answers.size() * sizeof(answers[0]) + kBytesOfEntry;
    result_.loops = std::max<std::uint64_t>(result_.loops, passed);
  }

  [[nodiscard]] std::vector<std::uint32_t> way_to(std::uint32_t node) const {
    std::vector<std::uint32_t> backwards;
    for (; node != kNoNode; node = nodes_[node].before) {
      backwards.insert(backwards.end(), nodes_[node].answers.rbegin(), nodes_[node].answers.rend());
    }
    return {backwards.rbegin(), backwards.rend()};
  }

  // The last execution has broken something new: once more, told in words.
  void explain(std::uint32_t passed) {
    const ProofChoices kept = runtime_.choices();
    std::vector<lockcheck::StepInVerdict> story;
    runtime_.set_story(&story);
    runtime_.choices().fix_prefix(kept.answered());
    runtime_.run(program_, passed);
    runtime_.set_story(nullptr);
    runtime_.choices() = kept;
  }

  const ProofRuntime::Program& program_;
  const ProofLimits& limits_;
  ProofRuntime runtime_;
  ProofSearchResult result_;
  std::deque<Node> nodes_;
  std::unordered_set<StateHash, HashOfState> seen_;
  std::uint64_t visited_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

ProofSearchResult search_proof(const ProofRuntime::Program& program, std::uint32_t subject, const ProofLimits& limits) {
  return ProofSearch(program, subject, limits).walk();
}

}  // namespace zoneknot::sim
