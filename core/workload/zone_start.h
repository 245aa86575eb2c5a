// What becomes of zones, limits and ranges before the jobs of a program start, release by release. Called by the
// Workload, on its task.
#pragma once

#include <string>
#include <vector>

#include "core/workload/job_context.h"

namespace zoneknot::core {

// The part of the device that a job works on in a program with these switches. Length 0: nothing is left.
Range range_of_job(const JobSpec& spec, const std::vector<ZoneReport>& zones, FixSet fixes);

// Completes what is said of the jobs that share the table of a file: how the table is made for this program. `first` is
// the first of them.
void make_table_for(FixSet fixes, const JobSpec& first, const std::string& filename, const DeviceGeometry& geometry,
                    TableUse& use);

// The device has no zones of its own and is a file, not a disk.
[[nodiscard]] bool is_regular_file(const std::string& filename, const DeviceGeometry& geometry);

// Lists the zones of the job's range in a file that the device reports open, if the program does; those beyond a limit
// are reset, or the job is refused: false.
bool list_reported_open(JobContext& job);

// Sums the data of the range, in a file, of the first writer with a threshold, since fio 3.34. A later one with another
// range has an error, which it finds after its first I/O.
void sum_data_at_setup(JobContext& job);

}  // namespace zoneknot::core
