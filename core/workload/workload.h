// All jobs of a job file on one World: makes the zone tables, starts the jobs in their order, and keeps what they have
// done. Made and run on the program's first task; the results may be read by others once the jobs stand still or have
// ended.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/fix_set.h"
#include "core/job_spec.h"
#include "core/semaphore.h"
#include "core/workload/job.h"
#include "core/workload/jobs_in_flight.h"
#include "core/workload/zone_table.h"
#include "core/world.h"

namespace zoneknot::core {

class Workload {
 public:
  // `specs` must outlive this, and every job must have passed check_job().
  Workload(World& world, const std::vector<JobSpec>& specs, FixSet fixes);

  // Starts all jobs, each on a task of its own, and waits for them.
  void run();

  [[nodiscard]] std::size_t job_count() const { return jobs_.size(); }
  [[nodiscard]] const JobContext& job(std::size_t index) const { return jobs_[index]->context(); }
  // How many I/Os of a job own `zone`: prepared, accepted and not put. The job must stand still.
  [[nodiscard]] std::uint32_t unput_ios(std::size_t job, const Zone& zone) const { return jobs_[job]->unput_ios(zone); }
  // `group`: the one that the table's locks have, below table_count().
  [[nodiscard]] const ZoneTable& table(std::uint32_t group) const { return *tables_[group]; }
  [[nodiscard]] std::uint32_t table_count() const { return static_cast<std::uint32_t>(tables_.size()); }

 private:
  std::vector<ZoneTable*> tables_of(const JobSpec& job);
  ZoneTable& table_of(const JobSpec& job, const std::string& filename);
  [[nodiscard]] bool makes_its_own_table(const JobSpec& job) const;
  StopFlags stop_flags(std::size_t job);
  FlowGroup* flow_group(const JobSpec& spec);
  void begin(std::size_t job);

  World& world_;
  const std::vector<JobSpec>& specs_;
  const FixSet fixes_;
  std::vector<std::string> filenames_;  // by group
  std::vector<std::unique_ptr<ZoneTable>> tables_;
  std::unique_ptr<JobsInFlight> in_flight_;  // null: no routine of this program looks at it
  std::vector<std::uint32_t> groups_;        // of each job
  std::vector<std::uint32_t> phases_;        // of each job: how many stonewalls are before it
  std::vector<Shared<bool>> stop_;           // by group
  std::vector<std::unique_ptr<Semaphore>>
      ends_;  // of each job with wait_for: how many of those it waits for have ended
  std::map<std::int32_t, FlowGroup> flow_groups_;  // by flow_id
  std::vector<std::unique_ptr<Job>> jobs_;
};

// What a job's task is called: "first", or "stress.3" for the clones of a section.
std::string task_name(const std::vector<JobSpec>& specs, std::size_t index);

}  // namespace zoneknot::core
