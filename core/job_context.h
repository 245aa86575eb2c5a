// What the routines of one job share: the job, the switches, the zones, and how the job fares. Owned by the Job, used
// by its task alone; others may read it once that task has ended or stands still.
#pragma once

#include <string_view>

#include "core/fix_set.h"
#include "core/job_spec.h"
#include "core/stats.h"
#include "core/world.h"
#include "core/zone_table.h"

namespace zoneknot::core {

struct JobContext {
  World& world;
  const JobSpec& spec;
  FixSet fixes;
  ZoneTable& table;
  Range range;                // zoneskip moves its base
  std::uint64_t random_seed;  // of this job's draws
  Stats stats;

  int error = 0;           // errno value of the first error that ends the job
  bool aborted = false;    // an assertion of the historic program failed
  bool verifying = false;  // the state VERIFYING of docs/protocol.md section 3

  // For checkpoints in the job's routines: the whole job, set while it runs, and the mark of its begin. Where a routine
  // describes itself and `live` since `begin`, none of its callers may have anything else that matters.
  const LiveState* live = nullptr;
  Mark begin;

  [[nodiscard]] Runtime& runtime() const { return world.runtime(); }

  void fail(int error_number) {
    if (error == 0) error = error_number;
  }

  // The historic program would abort here: reported, and the job stops.
  void program_aborts(std::string_view what, Site site = Site::current()) {
    aborted = true;
    world.observer().assertion_failed(runtime().current(), what, site);
  }
};

}  // namespace zoneknot::core
