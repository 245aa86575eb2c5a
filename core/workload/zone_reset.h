// What changes one zone's place in the books: reset_zone of each era, finish, and the sums of bytes with data. Each
// runs on a job's task, which is assumed to own the zone.
#pragma once

#include "core/workload/job_context.h"

namespace zoneknot::core {

// reset_zone: empties the zone; the one for TRIM and reset_zones takes it off the list of open zones where trim-delists
// says so. False: the device refused, and the job has an error.
bool reset_zone(JobContext& job, Zone& zone);

// What TRIM does since fio 3.28, inside of queue(): resets the zone that begins at `offset`. At any other place it
// fails with an errno that nobody notices.
void reset_by_trim(JobContext& job, std::uint64_t offset);

// The part of it that the reset inside of a WRITE is made of: the zone stays listed.
bool reset_in_place(JobContext& job, Zone& zone);

// Makes the zone full. A device that refuses leaves the job with an error.
void finish_zone(JobContext& job, Zone& zone);

// Adds to the bytes with data; may pass below 0 where data is older than the count, which then compares as huge, as in
// the historic program. Under M.
void count_data(JobContext& job, std::uint64_t bytes);

// What zone_reset_threshold is compared with, read without M.
[[nodiscard]] std::uint64_t peek_data(const JobContext& job);

}  // namespace zoneknot::core
