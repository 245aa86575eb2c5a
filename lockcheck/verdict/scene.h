// The execution that a verdict shows: how things stood when it hung, what led there, which rules were broken, what the
// jobs had done, and how to see it again. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/stats.h"
#include "lockcheck/verdict/cause_in_verdict.h"
#include "lockcheck/verdict/no_return_in_verdict.h"
#include "lockcheck/verdict/resource.h"
#include "lockcheck/verdict/rule.h"
#include "lockcheck/verdict/search_in_verdict.h"

namespace zoneknot::lockcheck {

// How a task stood: in the stuck core, stuck behind it, or neither.
enum class TaskStanding : std::uint8_t { stuck, bystander, running, waiting, ended };

struct TaskInVerdict {
  TaskRef task{};
  TaskStanding standing = TaskStanding::running;
  ResourceInVerdict waits_for{};
  TaskRef owner{};  // the task that owns what this one waits for
  Place place{};    // of the wait
  std::vector<HeldLock> holds{};
  std::uint32_t in_flight = 0;
  std::uint32_t unput = 0;
  bool by_anybody = false;              // any other task could have ended the wait
  std::vector<TaskRef> unit_holders{};  // it waits for a unit of a pool: the tasks that have one
  std::vector<TaskRef> readers{};       // it waits for a lock that has readers: these
  std::vector<TaskRef> writers{};       // it waits for a share of a lock: the writers that come first
};

// A zone that the hang is about.
struct ZoneInVerdict {
  std::string zone{};       // "zone 3"
  std::string condition{};  // the device's: "implicit-open"
  std::uint64_t start = 0;
  std::uint64_t wp = 0;  // the program's
  TaskRef owner{};
  std::uint32_t unput = 0;
};

// One break of a rule that is part of the hang itself.
struct RuleInKnot {
  TaskRef task{};
  std::string what{};
  std::optional<std::uint64_t> step{};  // nothing: not known
};

// A rule that was broken at one place.
struct RuleInVerdict {
  Rule rule = Rule::order;
  Place place{};
  TaskRef task{};      // the first that broke it
  std::string what{};  // the first time, in words
  std::uint64_t count = 0;
  std::optional<RuleInKnot> in_knot{};
};

// What a job has done, until it ended or the run was over.
struct JobInVerdict {
  std::string task{};  // "first", "stress.3"
  int error = 0;       // errno value
  bool aborted = false;
  core::Stats stats{};
};

// A job that has ended, and not as it was told.
enum class EndKind : std::uint8_t { early, late };

struct EndInVerdict {
  std::string task{};
  EndKind kind = EndKind::early;
  std::uint64_t bytes = 0;       // that it issued
  std::uint64_t bytes_told = 0;  // early: that it was to issue
  std::uint64_t ran_ns = 0;      // until its end; late: until its last I/O
  std::uint64_t runtime_ns = 0;  // 0: none
};

struct SceneInVerdict {
  std::string witness{};  // the line zk2:…; empty: none
  std::string replay_command{};
  std::vector<std::string> next{};     // commands to type, the most useful first
  std::vector<TaskInVerdict> tasks{};  // the stuck core first
  std::vector<ZoneInVerdict> zones{};
  std::vector<StepInVerdict> steps_to_hang{};
  std::optional<NoReturnInVerdict> no_return{};  // HANG, where it was looked for
  std::optional<CauseInVerdict> cause{};         // likewise
  std::uint64_t cycle_steps = 0;                 // LIVELOCK: scheduling points once around
  std::vector<TaskAtPlace> cycle{};              // LIVELOCK: who goes round where
  std::vector<RuleInVerdict> rules{};
  std::vector<EndInVerdict> ends{};  // EARLY, LATE: of the execution that is shown
  std::vector<JobInVerdict> jobs{};  // of a run of the workload
};

bool any_assertion_failed(const SceneInVerdict& scene);

}  // namespace zoneknot::lockcheck
