// The inputs of a program as choices: a path is one answer for every question that an execution asks. Walks through all
// paths that begin with a fixed prefix, each time by running the program again from its start. Owned by a ProofRun,
// used by one thread.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace zoneknot::sim {

class ProofChoices {
 public:
  // From here on all executions begin with these answers.
  void fix_prefix(std::vector<std::uint32_t> prefix) {
    path_ = std::move(prefix);
    bounds_.assign(path_.size(), 0);
    fixed_ = path_.size();
  }
  void begin_execution() { asked_ = 0; }

  // An answer below `bound`, at least 1: the prefix's, the one that is due, or 0 where nothing was asked before. Throws
  // std::logic_error when the program does not repeat itself.
  std::uint32_t choose(std::uint32_t bound) {
    if (bound <= 1) return 0;
    if (asked_ == path_.size()) {
      path_.push_back(0);
      bounds_.push_back(bound);
    } else if (bounds_[asked_] == 0) {
      bounds_[asked_] = bound;
    }
    if (bounds_[asked_] != bound) throw std::logic_error("the program under proof does not repeat itself");
    return path_[asked_++];
  }

  // Readies the next path behind the prefix. False: all have been walked.
  bool advance() {
    while (path_.size() > fixed_) {
      if (++path_.back() < bounds_.back()) return true;
      path_.pop_back();
      bounds_.pop_back();
    }
    return false;
  }

  // What was answered in this execution.
  [[nodiscard]] std::vector<std::uint32_t> answered() const {
    return {path_.begin(), path_.begin() + static_cast<std::ptrdiff_t>(asked_)};
  }
  // answered() without the prefix.
  [[nodiscard]] std::vector<std::uint32_t> answered_behind_prefix() const {
    return {path_.begin() + static_cast<std::ptrdiff_t>(fixed_), path_.begin() + static_cast<std::ptrdiff_t>(asked_)};
  }

 private:
  std::vector<std::uint32_t> path_;
  std::vector<std::uint32_t> bounds_;  // of each answer; 0: not asked since the prefix was fixed
  std::size_t fixed_ = 0;
  std::size_t asked_ = 0;
};

}  // namespace zoneknot::sim
