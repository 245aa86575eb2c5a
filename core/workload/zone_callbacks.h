// The two callbacks that adjust_block installs on an accepted I/O: queue_done, right after queue(), and put.
#pragma once

#include "core/workload/io_unit.h"
#include "core/workload/job_context.h"

namespace zoneknot::core {

// What queue() said, as far as the zone is concerned. An I/O that carries an error releases its zone whatever the
// status is.
void queue_done(JobContext& job, IoUnit& unit, QueueStatus status);

// Releases the zone of an I/O that has ended. Does nothing if queue_done released it.
void put_zone(JobContext& job, IoUnit& unit);

// The remainder of an I/O that the engine was too busy for: it waits without its zone, as any I/O does for which the
// engine was busy.
void give_zone_back(JobContext& job, IoUnit& unit);

}  // namespace zoneknot::core
