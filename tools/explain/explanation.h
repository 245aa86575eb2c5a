// From a placed backtrace and a job to an answer: which release hangs so, or goes round so, with a witness that is as
// small as it gets, or how near the search has come. Used by one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/fix_set.h"
#include "lockcheck/verdict/verdict.h"
#include "sim/witness/witness.h"
#include "tools/explain/placement.h"
#include "tools/explain/reproduce.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// A protocol to look under.
struct FixesToTry {
  std::string name;             // "fio-3.20 to fio-3.22", or what --fixes said
  std::string first{}, last{};  // these two releases; empty: not told
  core::FixSet set;
};

// The releases of fio, oldest first; neighbours that behave the same are one.
std::vector<FixesToTry> released_fixes();

struct TriedFixes {
  FixesToTry fixes;
  Reproduced result;
  std::string refused{};    // why the job cannot run under them; empty: it can
  bool goes_round = false;  // there is the loop without progress that the backtrace shows

  [[nodiscard]] bool found() const { return goes_round || result.found.has_value(); }
  std::string left_out{};  // why the backtrace is of none of them, so that they were not searched; empty: it may be
};

struct Explanation {
  Placement placement;
  std::vector<Together> groups;
  std::vector<TriedFixes> tried;  // in the order of the search
  // Of what was reproduced first, shrunk: the program, its witness and what it comes to.
  struct Finding {
    std::string fixes;
    Instance instance;
    sim::Witness witness;
    std::string trace;
    lockcheck::Verdict verdict;
  };
  std::optional<Finding> finding;
  std::string next{};  // without a finding: the command that looks further
};

// `instance` is the job with any set of fixes. `time` is what all of it may take, about: the searches, and of what they
// find the smallest form, the point of no return and the cause. These have a third of it, and not less than a twelfth
// however late the searches come to something.
Explanation explain(const Instance& instance, Placement placement, const std::vector<FixesToTry>& fixes,
                    std::chrono::milliseconds time);

}  // namespace zoneknot::tools
