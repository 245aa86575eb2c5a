#include "core/workload.h"

#include <algorithm>
#include <numeric>

#include "core/zone_start.h"

namespace zoneknot::core {
namespace {

bool any(const std::vector<JobSpec>& specs, bool (*has)(const JobSpec&)) {
  return std::any_of(specs.begin(), specs.end(), has);
}

// Every length and offset of the job's I/O is a multiple of this.
std::uint32_t block_step(const JobSpec& spec) {
  std::uint32_t step = 0;
  if (spec.reads) step = std::gcd(step, spec.min_bs_of(Direction::read));
  if (spec.writes) step = std::gcd(step, spec.min_bs_of(Direction::write));
  if (spec.trims) step = std::gcd(step, spec.min_bs_of(Direction::trim));
  return step;
}

// Nobody raises it unless some job has exitall.
CellInfo stop_flag(bool raised) {
  return {.name = "stop",
          .sharing = raised ? Sharing::racy : Sharing::locked,
          .values = {.least = 0, .most = raised ? 1U : 0U}};
}

}  // namespace

std::string task_name(const std::vector<JobSpec>& specs, std::size_t index) {
  const JobSpec& spec = specs[index];
  const bool has_clones = std::count_if(specs.begin(), specs.end(),
                                        [&](const JobSpec& other) { return other.section == spec.section; }) > 1;
  return has_clones ? spec.name + "." + std::to_string(spec.clone) : spec.name;
}

Workload::Workload(World& world, const std::vector<JobSpec>& specs, FixSet fixes)
    : world_(world),
      specs_(specs),
      fixes_(fixes),
      stop_(world.runtime(), stop_flag(any(specs, [](const JobSpec& spec) { return spec.exitall; })), false) {
  jobs_.reserve(specs.size());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    jobs_.push_back(
        std::make_unique<Job>(world, specs[i], fixes, table_of(specs[i]), stop_, static_cast<std::uint32_t>(i)));
  }
  if (fixes.has(Fix::open_retry) && any(specs, [](const JobSpec& spec) { return spec.writes; })) {
    in_flight_ = std::make_unique<JobsInFlight>(world.runtime(), specs.size());
  }
  for (std::size_t i = 0; i < jobs_.size(); ++i) jobs_[i]->prepare(in_flight_.get(), i);
}

ZoneTable& Workload::table_of(const JobSpec& job) {
  const std::string& filename = job.filename;
  const auto known = std::find(filenames_.begin(), filenames_.end(), filename);
  if (known != filenames_.end()) return *tables_[static_cast<std::size_t>(known - filenames_.begin())];
  TableUse use{.block = 0};
  for (const JobSpec& spec : specs_) {
    use.wp_is_peeked |= spec.zone_skip != 0;
    use.most_open = std::max(use.most_open, spec.open_zone_limit());
    use.block = std::gcd(use.block, block_step(spec));
  }
  const auto group = static_cast<std::uint32_t>(tables_.size());
  filenames_.push_back(filename);
  ZonedDevice& device = world_.device(filename);
  make_table_for(fixes_, job, device.geometry(), use);
  tables_.push_back(std::make_unique<ZoneTable>(world_, device, group, use));
  return *tables_.back();
}

void Workload::run() {
  std::vector<TaskId> tasks;
  tasks.reserve(jobs_.size());
  const auto join_all = [&] {
    for (const TaskId task : tasks) world_.runtime().join(task);
    tasks.clear();
  };
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (specs_[i].stonewall) join_all();
    tasks.push_back(world_.runtime().spawn(task_name(specs_, i), [job = jobs_[i].get()] { job->run(); }));
  }
  join_all();
}

}  // namespace zoneknot::core
