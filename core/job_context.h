// What the routines of one job share: the job, the switches, the zones, and how the job fares. Owned by the Job, used
// by its task alone; others may read it once that task has ended or stands still.
#pragma once

#include <algorithm>
#include <initializer_list>
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

  // Where in a list of `count` open zones an offset belongs: the job's range is dealt out evenly over them.
  [[nodiscard]] std::uint64_t list_position(std::uint64_t offset, std::uint32_t count) const {
    return std::min<std::uint64_t>((offset - range.base) * count / range.length, kMaxOpenZonesListed - 1);
  }

  // A checkpoint of the job, and a landmark. `also`: what the routine that makes it, and those that called it, know
  // beside.
  void checkpoint(std::initializer_list<std::uint64_t> also = {}, Site site = Site::current()) const {
    runtime().checkpoint(begin, [&](StateSink& sink) { describe(sink, also); }, site);
  }
  void landmark(std::initializer_list<std::uint64_t> also = {}, Site site = Site::current()) const {
    runtime().landmark(begin, [&](StateSink& sink) { describe(sink, also); }, site);
  }
  void describe(StateSink& sink, std::initializer_list<std::uint64_t> also) const {
    live->describe(sink);
    for (const std::uint64_t value : also) sink.add(value);
  }

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
