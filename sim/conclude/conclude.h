// The one way from executions to a verdict: which word it is, what of it is shown, what a witness is kept of, and what
// is predicted beside. Every command and the library end here; they add what they call the program, and its zones. Used
// by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"
#include "sim/conclude/search_plan.h"
#include "sim/run/outcome.h"
#include "sim/run/simulation.h"
#include "sim/search/explorer.h"
#include "sim/witness/witness.h"

namespace zoneknot::sim {

// A program that is looked at, and what a report has to know of it. All that is referred to must outlive it.
struct Examined {
  Simulation& simulation;
  const Program& program;
  std::uint64_t identity = 0;             // of its witnesses
  std::vector<std::string> task_names{};  // by TaskId; empty: as the execution that was made last calls them
  std::function<std::vector<lockcheck::ZoneInVerdict>()> zones{};  // of the last hang; empty: it has no zones
  std::function<std::vector<lockcheck::WorkInVerdict>()> work{};   // of all executions so far; empty: it does no I/O
  // The jobs that did not end as they were told, of the last execution that finished. Empty: it has no such jobs.
  std::function<std::vector<lockcheck::EndInVerdict>()> ends{};
};

// A finding that can be run again.
struct Finding {
  Witness witness;
  std::string line;   // empty: the schedule is too long for a line
  std::string trace;  // the event trace
};

struct Conclusion {
  lockcheck::Verdict verdict;
  std::optional<Finding> finding;
};

// Searches, and says what came of it; `about` is a verdict of which the subject is filled. What is found is kept from
// then on: a program that takes the process with it (search_guard.h) does not take its witness. Throws what the program
// throws, and std::runtime_error, which says where, for a program that does not repeat itself.
Conclusion conclude(const Examined& examined, const SearchPlan& plan, lockcheck::Verdict about);

// How a whole execution ended.
Ending worst_of(const std::vector<lockcheck::EndInVerdict>& ends);

// What an execution that was made for itself has come to at the limit of its steps.
enum class AtLimit : std::uint8_t {
  the_end,    // more was not asked for: that of a witness
  unfinished  // INCOMPLETE, if nothing worse was seen
};

// Says what one execution, which was made last, came to. `verdict` may have predictions already, which count. Without a
// recording the steps to a hang are not shown.
void conclude_execution(const Examined& examined, const Outcome& outcome, const Recording* recording, AtLimit at_limit,
                        lockcheck::Verdict& verdict);

// The word of a run of which the broken rules, ends and predictions are known, also of one on real threads.
lockcheck::VerdictWord word_of_run(bool hang, const lockcheck::Verdict& verdict);

}  // namespace zoneknot::sim
