// The list of open zones as programs since fio 3.20 keep it: one limit for the device and one for the job, and a zone
// leaves the list when it is full. Runs on the task of a job.
#pragma once

#include "core/workload/job_context.h"

namespace zoneknot::core {

// open_zone since fio 3.20: lists the zone, whose lock the task owns, if the limits leave room. False: it is not open
// and may not be.
bool open_zone(JobContext& job, Zone& zone);

// close_zone by the zone: takes it off the list if it is there, on the calling job's account, or on that of the job
// that has listed it. Under M and its lock.
void close_zone(JobContext& job, Zone& zone);

// A listed zone of the job's own range, from the place that belongs to `offset` upward, wrapping; without own-range the
// one at that place. Nothing: there is none. Under M.
std::optional<std::uint32_t> listed_zone_for(const JobContext& job, std::uint64_t offset);

// Where in a list of `count` zones an offset belongs.
std::uint64_t place_in_list(const JobContext& job, std::uint64_t offset, std::uint32_t count);

// The limit of the device, or that of the job, leaves no other zone to be opened. Under M.
bool slots_are_used_up(const JobContext& job);

// convert_to_open_zone goes by the list.
bool goes_by_list(const JobContext& job);

}  // namespace zoneknot::core
