#include "sim/proof/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <exception>
#include <stdexcept>

namespace zoneknot::sim {
namespace {

// How many values a cell of this range can be read with.
std::uint64_t value_count(const core::CellValues& values) {
  const std::uint64_t steps = (values.most - values.least) / values.step;
  const bool inside = values.apart && *values.apart >= values.least && *values.apart <= values.most &&
                      (*values.apart - values.least) % values.step == 0;
  return steps + 1 + (values.apart && !inside ? 1 : 0);
}

// What a task tells of itself, but for counts of work.
class CountlessSink final : public core::StateSink {
 public:
  explicit CountlessSink(std::vector<std::uint64_t>& values) : values_(values) {}
  void add(std::uint64_t value) override { values_.push_back(value); }
  void count(std::uint64_t) override {}

 private:
  std::vector<std::uint64_t>& values_;
};

std::uint64_t value_at(const core::CellValues& values, std::uint64_t index) {
  const std::uint64_t steps = (values.most - values.least) / values.step;
  return index <= steps ? values.least + index * values.step : *values.apart;
}

bool is_stated(const core::CellValues& values, std::uint64_t value) {
  if (values.examples || value == values.apart) return true;
  return value >= values.least && value <= values.most && (value - values.least) % values.step == 0;
}

}  // namespace

ProofRuntime::ProofRuntime() : observer_(findings_) {}

std::optional<StateHash> ProofRuntime::run(const Program& program, std::uint64_t passed) {
  reset(passed);
  observer_.task_started(0, "main");
  try {
    program(*this);
    observer_.task_ended(0, core::Site::current());
  } catch (const core::Abandoned&) {
    assert(abandoned_);
  }
  return arrived_;
}

void ProofRuntime::reset(std::uint64_t passed) {
  choices_.begin_execution();
  observer_.reset();
  locks_.clear();
  cells_.clear();
  world_.clear();
  history_ = StateHash{};
  checkpoints_left_ = passed;
  arrived_.reset();
  current_ = 0;
  spawned_ = 0;
  calls_ = 0;
  conditions_ = 0;
  semaphores_ = 0;
  abandoned_ = false;
}

void ProofRuntime::end_path() {
  abandoned_ = true;
  observer_.freeze();
  throw core::Abandoned{};
}

void ProofRuntime::count_call(core::Site site) {
  if (++calls_ < kMostCallsBetweenCheckpoints) return;
  observer_.broken(lockcheck::Rule::loop, current_, site, "runs on without coming to a checkpoint");
  end_path();
}

std::uint32_t ProofRuntime::choose(std::uint32_t bound, std::string_view question) {
  if (abandoned_) return 0;
  count_call(core::Site::current());
  const std::uint32_t answer = choices_.choose(bound);
  if (bound > 1) {
    history_.add(answer);
    if (observer_.tells()) observer_.tell(fmt::format("{}: {} of {}", question, answer, bound));
  }
  return answer;
}

void ProofRuntime::await(const core::Wait& wait, core::Site site) {
  if (abandoned_) return;
  count_call(site);
  observer_.wait_began(current_, wait, site);
  if (!wait.can_end) end_path();
  observer_.wait_ended(current_);
}

core::TaskId ProofRuntime::do_spawn(std::string name, std::function<void()> body, core::Site site) {
  const std::uint32_t number = spawned_++;
  if (abandoned_ || number != subject_) return number + 1;
  const core::TaskId spawner = current_;
  // The tasks before it are part of the environment and have names, too.
  for (core::TaskId task = 1; task < number + 1; ++task) observer_.task_started(task, "another task");
  current_ = number + 1;
  observer_.task_started(current_, name);
  body();
  observer_.task_ended(current_, site);
  current_ = spawner;
  return number + 1;
}

void ProofRuntime::do_join(core::TaskId, core::Site) {}

// --- Locks ---

core::LockId ProofRuntime::do_create_lock(const core::LockInfo& info) {
  const auto lock = static_cast<core::LockId>(locks_.size());
  locks_.push_back({.info = info});
  observer_.lock_created(lock, info);
  return lock;
}

void ProofRuntime::do_lock(core::LockId id, core::Site site) {
  if (abandoned_) return;
  count_call(site);
  observer_.lock_requested(current_, id, site);
  if (!owns(id)) {
    std::uint64_t owned = 0;
    for (core::LockId other = 0; other < locks_.size(); ++other) {
      if (locks_[other].count > 0) owned |= std::uint64_t{1} << std::min<core::LockId>(other, 63);
    }
    findings_.note_wait(owned, id, site);
    findings_.waits_with_locks |= owned != 0 && locks_[id].info.role != core::LockRole::device_table;
    observer_.wait_began(current_, {core::WaitKind::lock, id, true}, site);
    observer_.wait_ended(current_);
  } else if (locks_[id].info.kind == core::LockKind::plain) {
    end_path();  // it waits for itself, which is reported
  }
  take(id, site);
}

bool ProofRuntime::do_try_lock(core::LockId id, core::Site site) {
  if (abandoned_) return false;
  count_call(site);
  if (owns(id) && locks_[id].info.kind == core::LockKind::plain) return false;
  const bool taken = owns(id) || choose(2, "try_lock fails") == 0;
  if (observer_.tells()) {
    observer_.tell((taken ? "try_lock takes " : "try_lock does not get ") + observer_.lock_text(id));
  }
  if (taken) take(id, site);
  return taken;
}

void ProofRuntime::take(core::LockId id, core::Site site) {
  ++locks_[id].count;
  observer_.lock_acquired(current_, id, site);
}

void ProofRuntime::do_unlock(core::LockId id, core::Site site) noexcept {
  if (abandoned_ || !observer_.lock_released(current_, id, site)) return;
  Lock& lock = locks_[id];
  assert(lock.count > 0);
  if (--lock.count > 0) return;
  for (const core::CellId cell : lock.guards) cells_[cell].known.reset();
  lock.guards.clear();
}

void ProofRuntime::not_covered(core::Site site, const std::string& what) {
  if (abandoned_) return;
  observer_.broken(lockcheck::Rule::theorem, current_, site, what + ", of which the theorem says nothing");
  end_path();
}

bool ProofRuntime::do_lock_for(core::LockId lock, std::uint64_t, core::Site site) {
  not_covered(site, "waits for " + observer_.lock_text(lock) + " with a time-out");
  return false;
}

bool ProofRuntime::do_wait(core::ConditionId, core::LockId, std::uint64_t, core::Site site) {
  not_covered(site, "waits for a condition variable");
  return false;
}

void ProofRuntime::do_lock_shared(core::LockId lock, core::Site site) {
  not_covered(site, "shares " + observer_.lock_text(lock));
}

bool ProofRuntime::do_lock_shared_for(core::LockId lock, std::uint64_t, core::Site site) {
  do_lock_shared(lock, site);
  return false;
}

bool ProofRuntime::do_acquire(core::SemaphoreId, std::uint64_t, core::Site site) {
  not_covered(site, "waits for a semaphore");
  return false;
}

// --- Shared data ---

core::CellId ProofRuntime::do_create_cell(const core::CellInfo& info) {
  cells_.push_back({.info = info});
  return static_cast<core::CellId>(cells_.size() - 1);
}

bool ProofRuntime::keeps_values_of(core::LockId guard) const {
  return owns(guard) && (!forgetful_ || locks_[guard].info.role == core::LockRole::device_table);
}

std::uint64_t ProofRuntime::draw(const Cell& cell) {
  const std::uint64_t count = value_count(cell.info.values);
  if (count == 0 || count > UINT32_MAX) {
    throw std::logic_error("the range of " + std::string(cell.info.name) + " is too large to be tried");
  }
  return value_at(cell.info.values, choose(static_cast<std::uint32_t>(count), cell.info.name));
}

std::uint64_t ProofRuntime::do_load(core::CellId id, std::atomic<std::uint64_t>& storage, core::Site site) {
  if (abandoned_) return storage.load(std::memory_order_relaxed);
  count_call(site);
  const Cell& cell = cells_[id];
  const std::uint64_t value = cell.known ? *cell.known : draw(cell);
  if (keeps_values_of(cell.info.guard)) know(id, value);
  storage.store(value, std::memory_order_relaxed);
  findings_.note_value(id, value);
  return value;
}

void ProofRuntime::know(core::CellId id, std::uint64_t value) {
  Cell& cell = cells_[id];
  const core::CellValues& values = cell.info.values;
  if (values.open_ended) value = std::min(value, values.most);
  if (!cell.known) locks_[cell.info.guard].guards.push_back(id);
  cell.known = value;
}

// Values that were stored before any task was spawned are those of the start.
void ProofRuntime::do_stored(core::CellId id, std::uint64_t value, core::Site site) {
  if (abandoned_) return;
  Cell& cell = cells_[id];
  check_store(cell, value, site);
  if (keeps_values_of(cell.info.guard)) know(id, value);
}

void ProofRuntime::check_store(const Cell& cell, std::uint64_t value, core::Site site) {
  const std::string name(cell.info.name);
  if (!is_stated(cell.info.values, value)) {
    observer_.broken(lockcheck::Rule::range, current_, site,
                     fmt::format("{} becomes {}, which is outside of its range", name, value));
  }
  const core::LockId guard = cell.info.guard;
  if (current_ != 0 && guard != core::kNoId && !owns(guard)) {
    observer_.broken(lockcheck::Rule::guard, current_, site,
                     name + " is written without " + observer_.lock_text(guard));
  }
}

// --- Loops ---

StateHash ProofRuntime::state_at(core::Site site) const {
  StateHash state = history_;
  state.add(std::string_view(site.file_name()));
  state.add(site.line());
  for (core::LockId id = 0; id < locks_.size(); ++id) {
    const Lock& lock = locks_[id];
    if (lock.count == 0) continue;
    state.add(std::uint64_t{id} << 32U | lock.count);
    StateHash values;
    for (const core::CellId cell : lock.guards) {
      StateHash one;
      one.add(cell);
      one.add(*cells_[cell].known);
      values.toggle(one);
    }
    state.add(values.high);
    state.add(values.low);
  }
  HashSink sink(state);
  for (const core::LiveState* part : world_) part->describe(sink);
  return sink.hash();
}

void ProofRuntime::do_checkpoint(const core::LiveState* live, const core::Mark& since, core::Site site) {
  if (abandoned_) return;
  calls_ = 0;
  if (live != nullptr) {
    values_.clear();
    CountlessSink sink(values_);
    live->describe(sink);
    history_ = StateHash::of(since);
    history_.add(std::span<const std::uint64_t>(values_));
    history_.add(std::string_view(site.file_name()));
    history_.add(site.line());
  }
  for (core::LockId id = 0; id < locks_.size(); ++id) {
    if (locks_[id].count == 0 || locks_[id].info.role != core::LockRole::device_table) continue;
    observer_.broken(lockcheck::Rule::leaves_m, current_, site,
                     "comes round a loop while it owns " + observer_.lock_text(id));
  }
  if (checkpoints_left_-- > 0) return;
  if (observer_.leaks() > kMostLeaks) end_path();
  arrived_ = state_at(site);
  end_path();
}

}  // namespace zoneknot::sim
