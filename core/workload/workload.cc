#include "core/workload/workload.h"

#include <algorithm>
#include <numeric>

#include "core/workload/zone_start.h"

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

bool may_end_others(const JobSpec& spec) { return spec.exitall || spec.exitall_on_error; }

// Nobody raises it unless some job has exitall.
CellInfo stop_flag(bool raised) {
  return {.name = "stop",
          .sharing = raised ? Sharing::racy : Sharing::locked,
          .values = {.least = 0, .most = raised ? 1U : 0U}};
}

// How many of the jobs up to each one begin something new.
std::vector<std::uint32_t> counted(const std::vector<JobSpec>& specs, bool (*begins)(const JobSpec&)) {
  std::vector<std::uint32_t> counts;
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (i > 0 && begins(specs[i])) ++count;
    counts.push_back(count);
  }
  return counts;
}

bool begins_phase(const JobSpec& spec) { return spec.stonewall; }
bool begins_group(const JobSpec& spec) { return spec.begins_group(); }

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
      groups_(counted(specs, begins_group)),
      phases_(counted(specs, begins_phase)) {
  const bool raised = any(specs, may_end_others);
  const std::uint32_t groups = groups_.empty() || !raised ? 1 : groups_.back() + 1;
  stop_.reserve(groups);
  for (std::uint32_t group = 0; group < groups; ++group) stop_.emplace_back(world.runtime(), stop_flag(raised), false);
  jobs_.reserve(specs.size());
  ends_.resize(specs.size());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].wait_for && world.remembers_places())
      ends_[i] = std::make_unique<Semaphore>(world.runtime(), "wait_for", 0);
    jobs_.push_back(std::make_unique<Job>(world, specs[i], fixes, tables_of(specs[i]), stop_flags(i),
                                          flow_group(specs[i]), static_cast<std::uint32_t>(i)));
  }
  if (fixes.has(Fix::open_retry) && any(specs, [](const JobSpec& spec) { return spec.writes; })) {
    in_flight_ = std::make_unique<JobsInFlight>(world.runtime(), specs.size());
  }
  for (std::size_t i = 0; i < jobs_.size(); ++i) jobs_[i]->prepare(in_flight_.get(), i);
}

FlowGroup* Workload::flow_group(const JobSpec& spec) {
  if (spec.flow == 0) return nullptr;
  std::uint64_t weights = 0;
  for (const JobSpec& other : specs_) {
    if (other.flow_id == spec.flow_id) weights += static_cast<std::uint64_t>(std::max(other.flow, 0));
  }
  return &flow_groups_.try_emplace(spec.flow_id, world_.runtime(), weights).first->second;
}

// exit_what: the job's group; all that have begun, which no stonewall keeps; or all.
StopFlags Workload::stop_flags(std::size_t job) {
  if (stop_.size() == 1) return {.own = &stop_.front(), .raised = {&stop_.front()}};
  StopFlags flags{.own = &stop_[groups_[job]], .raised = {}};
  for (std::size_t other = 0; other < specs_.size(); ++other) {
    const ExitScope scope = specs_[job].exit_what;
    const bool ends = scope == ExitScope::all || (scope == ExitScope::group && groups_[other] == groups_[job]) ||
                      (scope == ExitScope::stonewall && phases_[other] <= phases_[job]);
    Shared<bool>* const flag = &stop_[groups_[other]];
    if (ends && std::ranges::find(flags.raised, flag) == flags.raised.end()) flags.raised.push_back(flag);
  }
  return flags;
}

// create_serialize=0 before fio 3.27: jobs that begin at the same time do not see each other's tables. Whether it comes
// to that is a race, here a draw.
bool Workload::makes_its_own_table(const JobSpec& job) const {
  if (job.create_serialize || fixes_.has(Fix::one_info)) return false;
  return world_.open_random(job.randseed + tables_.size())->below(2) != 0;
}

std::vector<ZoneTable*> Workload::tables_of(const JobSpec& job) {
  std::vector<ZoneTable*> tables;
  tables.reserve(job.file_count());
  for (std::size_t file = 0; file < job.file_count(); ++file) tables.push_back(&table_of(job, job.file(file)));
  return tables;
}

ZoneTable& Workload::table_of(const JobSpec& job, const std::string& filename) {
  const auto known = std::find(filenames_.begin(), filenames_.end(), filename);
  if (known != filenames_.end() && !makes_its_own_table(job))
    return *tables_[static_cast<std::size_t>(known - filenames_.begin())];
  TableUse use{.block = 0, .slot_owners = static_cast<std::uint32_t>(specs_.size())};
  for (const JobSpec& spec : specs_) {
    use.wp_is_peeked |= spec.zone_skip != 0;
    use.most_open = std::max(use.most_open, spec.open_zone_limit());
    use.block = std::gcd(use.block, block_step(spec));
    if (spec.recover_zbd_write_error && fixes_.has(Fix::recover))
      use.most_mended = std::max(use.most_mended, spec.iodepth);
  }
  const auto group = static_cast<std::uint32_t>(tables_.size());
  filenames_.push_back(filename);
  ZonedDevice& device = world_.device(filename);
  make_table_for(fixes_, job, filename, device.geometry(), use);
  tables_.push_back(std::make_unique<ZoneTable>(world_, device, group, use));
  return *tables_.back();
}

// The body of a job's task.
void Workload::begin(std::size_t job) {
  if (ends_[job] != nullptr) {
    const auto awaited = std::ranges::count(specs_, *specs_[job].wait_for, &JobSpec::section);
    for (std::ptrdiff_t ended = 0; ended < awaited; ++ended) ends_[job]->acquire();
  }
  jobs_[job]->run();
  for (std::size_t other = 0; other < specs_.size(); ++other) {
    if (ends_[other] != nullptr && *specs_[other].wait_for == specs_[job].section) ends_[other]->release();
  }
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
    tasks.push_back(world_.runtime().spawn(task_name(specs_, i), [this, i] { begin(i); }));
  }
  join_all();
}

}  // namespace zoneknot::core
