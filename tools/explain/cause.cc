#include "tools/explain/cause.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "core/fix_table.h"
#include "tools/explain/reproduce.h"

namespace zoneknot::tools {
namespace {

using core::Fix;
using core::FixRow;

constexpr std::uint64_t kExecutions = 64;  // without any change
constexpr std::uint64_t kLeastHangs = 4;   // of these
constexpr std::uint64_t kMostExecutions = 1000;
// That none of so many executions hang by chance, if as many do as without the change, is less likely than 1 in 100.
constexpr double kLogOfDoubt = 4.6;

// What could be written into a job file instead.
struct JobChange {
  const char* text;
  bool (*apply)(core::JobSpec& job);  // false: it says so already, or it does not concern the job
};

constexpr JobChange kChanges[] = {
    {"read_beyond_wp=1",
     [](core::JobSpec& job) {
       if (job.read_beyond_wp || !job.reads) return false;
       return job.read_beyond_wp = true;
     }},
    {"iodepth=1",
     [](core::JobSpec& job) {
       if (job.iodepth == 1) return false;
       job.iodepth = job.batch = job.complete_min = job.complete_max = 1;
       job.iodepth_low = 0;
       return true;
     }},
    {"ioengine=psync",
     [](core::JobSpec& job) {
       if (job.engine == core::EngineKind::psync) return false;
       job.engine = core::EngineKind::psync;
       return true;
     }},
};

// "3.26"; empty: none has it.
std::string first_release_with(Fix fix) {
  constexpr std::string_view kRelease = "fio-";
  for (const core::Preset& preset : core::presets()) {
    if (preset.name.starts_with(kRelease) && preset.set.has(fix)) return preset.name.substr(kRelease.size());
  }
  return {};
}

class CauseSearch {
 public:
  CauseSearch(const Instance& instance, const lockcheck::SceneInVerdict& hang, const CauseLimits& limits)
      : instance_(instance), places_(places_of(hang)), limits_(limits) {}

  std::optional<lockcheck::CauseInVerdict> find() {
    const Reproduced without = run(instance_, kExecutions, UINT64_MAX);
    if (without.hangs < kLeastHangs) return std::nullopt;
    const double rate = static_cast<double>(without.hangs) / static_cast<double>(without.executions);
    executions_ = std::min(kMostExecutions, static_cast<std::uint64_t>(std::ceil(kLogOfDoubt / rate)));
    executions_ = std::max(executions_, without.executions);
    cause_.executions = without.executions;
    cause_.hung = without.hangs;
    find_switch();
    find_change();
    return cause_;
  }

 private:
  Reproduced run(const Instance& instance, std::uint64_t executions, std::uint64_t hangs) {
    const std::uint64_t left = limits_.steps > steps_ ? limits_.steps - steps_ : 0;
    Reproduced result =
        reproduce(instance, places_,
                  {.executions = executions, .steps = left, .hangs = hangs, .time_is_over = limits_.time_is_over});
    steps_ += result.steps;
    return result;
  }

  // Made often enough, and never hung so; nothing: there was no time to see.
  bool ends(const Instance& instance, bool whatever_kind) {
    const Reproduced with = run(instance, executions_, 1);
    return with.executions == executions_ && with.hangs == 0 && (!whatever_kind || with.other_hangs == 0);
  }

  // First what fio's users can have by another release, and of that what changes a routine in which somebody waits.
  [[nodiscard]] std::vector<const FixRow*> switches() const {
    const auto is_there = [this](const FixRow& row) {
      return std::ranges::any_of(places_, [&](const WaitingPlace& place) {
        return !place.functions.empty() && row.routine.find(place.functions) != std::string_view::npos;
      });
    };
    std::vector<const FixRow*> rows;
    for (const bool released : {true, false}) {
      for (const bool there : {true, false}) {
        for (const FixRow& row : core::fix_table()) {
          const bool is_released = !first_release_with(row.fix).empty();
          if (!instance_.fixes.has(row.fix) && is_released == released && is_there(row) == there) rows.push_back(&row);
        }
      }
    }
    return rows;
  }

  void find_switch() {
    for (const FixRow* row : switches()) {
      Instance with = instance_;
      with.fixes = core::turned(instance_.fixes, row->fix);
      if (with.fixes == instance_.fixes || core::contradiction(with.fixes)) continue;
      ++cause_.switches_tried;
      if (!ends(with, false)) continue;
      cause_.ended_by = row->name;
      cause_.routine = row->routine;
      cause_.does = row->on;
      cause_.since = first_release_with(row->fix);
      return;
    }
  }

  void find_change() {
    for (const JobChange& change : kChanges) {
      Instance with = instance_;
      bool any = false;
      for (core::JobSpec& job : with.jobs) any = change.apply(job) || any;
      if (!any || !ends(with, true)) continue;
      cause_.meanwhile = change.text;
      return;
    }
  }

  const Instance& instance_;
  const std::vector<WaitingPlace> places_;
  const CauseLimits& limits_;
  std::uint64_t executions_ = 0;
  std::uint64_t steps_ = 0;
  lockcheck::CauseInVerdict cause_;
};

}  // namespace

std::optional<lockcheck::CauseInVerdict> cause_of(const Instance& instance, const lockcheck::SceneInVerdict& hang,
                                                  const CauseLimits& limits) {
  return CauseSearch(instance, hang, limits).find();
}

}  // namespace zoneknot::tools
