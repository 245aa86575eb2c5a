#include "core/workload.h"

#include <algorithm>

namespace zoneknot::core {
namespace {

bool any(const std::vector<JobSpec>& specs, bool (*has)(const JobSpec&)) {
  return std::any_of(specs.begin(), specs.end(), has);
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
      stop_(world.runtime(), "stop",
            any(specs, [](const JobSpec& spec) { return spec.exitall; }) ? Sharing::racy : Sharing::locked, false) {
  jobs_.reserve(specs.size());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    jobs_.push_back(std::make_unique<Job>(world, specs[i], fixes, table_of(specs[i].filename), stop_,
                                          static_cast<std::uint32_t>(i)));
  }
}

ZoneTable& Workload::table_of(const std::string& filename) {
  const auto known = std::find(filenames_.begin(), filenames_.end(), filename);
  if (known != filenames_.end()) return *tables_[static_cast<std::size_t>(known - filenames_.begin())];
  TableUse use;
  for (const JobSpec& spec : specs_) {
    use.wp_is_peeked |= spec.zone_skip != 0;
    use.most_open = std::max(use.most_open, spec.open_zone_limit());
  }
  const auto group = static_cast<std::uint32_t>(tables_.size());
  filenames_.push_back(filename);
  tables_.push_back(std::make_unique<ZoneTable>(world_, world_.device(filename), group, use));
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
