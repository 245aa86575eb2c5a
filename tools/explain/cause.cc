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

constexpr std::uint64_t kExecutions = 64;  // without any change, or fewer of long ones:
constexpr std::uint64_t kLeastExecutions = 12;
constexpr std::uint64_t kMostSteps = 4'000'000;  // of those, about
constexpr std::uint64_t kLeastHangs = 4;         // of these
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
    {"io_submit_mode=inline",
     [](core::JobSpec& job) {
       if (!job.offload) return false;
       job.offload = false;
       return true;
     }},
    {"latency_target=0",
     [](core::JobSpec& job) {
       if (job.latency_target_ns == 0) return false;
       job.latency_target_ns = job.latency_window_ns = 0;
       return true;
     }},
    {"verify_async=0",
     [](core::JobSpec& job) {
       if (job.verify_async == 0) return false;
       job.verify_async = 0;
       return true;
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
      : instance_(instance), places_(places_of(hang)), limits_(limits) {
    // A hang that comes late needs long executions.
    constexpr std::uint64_t kRoom = 2;
    if (!hang.steps_to_hang.empty()) first_steps_ = std::max(first_steps_, kRoom * hang.steps_to_hang.back().step);
    limits_.steps = std::max(limits_.steps, kRoom * kLeastExecutions * first_steps_);
  }

  std::optional<lockcheck::CauseInVerdict> find() {
    const std::uint64_t executions = std::clamp(kMostSteps / first_steps_, kLeastExecutions, kExecutions);
    const Reproduced without = run(instance_, executions, UINT64_MAX);
    if (without.hangs < kLeastHangs) return std::nullopt;
    const double rate = static_cast<double>(without.hangs) / static_cast<double>(without.executions);
    executions_ = std::min(kMostExecutions, static_cast<std::uint64_t>(std::ceil(kLogOfDoubt / rate)));
    executions_ = std::max(executions_, without.executions);
    cause_.executions = without.executions;
    cause_.hung = without.hangs;
    // There are many switches; where each takes long, what helps at once goes first.
    const bool long_ones = first_steps_ > ReproduceLimits{}.first_steps;
    if (long_ones) find_change();
    find_switch();
    if (!long_ones) find_change();
    return cause_;
  }

 private:
  Reproduced run(const Instance& instance, std::uint64_t executions, std::uint64_t hangs) {
    const std::uint64_t left = limits_.steps > steps_ ? limits_.steps - steps_ : 0;
    Reproduced result = reproduce(instance, places_,
                                  {.executions = executions,
                                   .steps = left,
                                   .first_steps = first_steps_,
                                   .hangs = hangs,
                                   .time_is_over = limits_.time_is_over});
    steps_ += result.steps;
    return result;
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
      const Reproduced seen = run(with, executions_, 1);
      cause_.cut = seen.hangs == 0 && seen.executions < executions_;
      if (cause_.cut) return;
      ++cause_.switches_tried;
      if (seen.hangs > 0) continue;
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
      if (!any) continue;
      // What is advised must not lead to another evil.
      const Reproduced seen = run(with, executions_, 1);
      if (seen.hangs > 0 || seen.other_hangs > 0 || seen.aborted > 0 || seen.finished == 0) continue;
      if (seen.executions < executions_) return;
      cause_.meanwhile = change.text;
      return;
    }
  }

  const Instance& instance_;
  const std::vector<WaitingPlace> places_;
  CauseLimits limits_;
  std::uint64_t first_steps_ = ReproduceLimits{}.first_steps;
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
