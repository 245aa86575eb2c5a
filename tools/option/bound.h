// The option --bound: a job file made small enough to be searched to the end. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "core/job_spec.h"
#include "device/model/zone_model.h"
#include "lockcheck/verdict/verdict.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// "jobs=2,zones=2,depth=2,ios=4,blocks=2" and "skip=1", any of them, each at least 1.
tl::expected<lockcheck::Bounds, InputError> parse_bound(std::string_view text);

// The text that parse_bound() reads again: "jobs=2,ios=4"; empty without bounds.
std::string bound_text(const lockcheck::Bounds& bounds);

// Makes the jobs and the device as small as `bounds` says; without bounds nothing changes.
// - skip: the first so many jobs are left out; an error if that is all of them.
// - jobs: the first so many of the others stay.
// - zones: each range is at most so many zones from its offset on, and limits of open zones of the jobs that have one
//   are below that number, but at least 1.
// - depth: iodepth and what is counted in it (batch, low, complete) are at most that.
// - ios: max_ios.
// - blocks: a zone's capacity is so many of the jobs' largest blocks; an error if that is more than a zone.
// - any: runtime is gone; time_based stays, because it decides what an exhausted random map does. thinktime is as short
//   as can be: what a job does before a pause stays, and what happens meanwhile is up to the search.
// The device keeps its zones, and gets more if the ranges need them. Returns what was taken from the jobs besides what
// `bounds` names: "runtime (of 2 jobs)".
tl::expected<std::vector<std::string>, InputError> apply_bound(const lockcheck::Bounds& bounds,
                                                               std::vector<core::JobSpec>& jobs,
                                                               device::DeviceConfig& device);

}  // namespace zoneknot::tools
