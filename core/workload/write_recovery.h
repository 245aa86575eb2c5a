// recover_zbd_write_error, since fio 3.40: when a WRITE has failed and no other one is under way in its zone, the
// device is asked how far it came, and what is missing is written anew, so that the zone's write pointer is again where
// the program believes it to be. Each runs on a job's task, which is assumed to own the zone; none does anything for a
// job that did not ask for it.
#pragma once

#include "core/workload/io_unit.h"
#include "core/workload/job_context.h"

namespace zoneknot::core {

// The job mends its zones: it asked for that, and the program is one that can.
[[nodiscard]] bool mends_zones(const JobContext& job);

// A WRITE to the zone was accepted.
void count_accepted_write(const JobContext& job, Zone& zone);
// It is over, one way or the other. With the last of them a zone that is being mended is mended, or given up.
void count_ended_write(const JobContext& job, Zone& zone);

// Some write of the zone has failed, and others are still to end before it is mended.
[[nodiscard]] bool is_being_mended(const JobContext& job, const Zone& zone);

// A WRITE has failed.
void mend_zone(JobContext& job, const IoUnit& unit);

}  // namespace zoneknot::core
