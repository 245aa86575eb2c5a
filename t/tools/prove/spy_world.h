// A simulated world that writes down which locks every task waits for while it owns which others, and every value that
// it finds in a cell: what a proof says is possible can be compared with what happens. Everything goes on to the
// Simulation. One execution.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/world.h"
#include "sim/proof/findings.h"
#include "sim/world/sim_world.h"

namespace zoneknot::tools {

class SpyRuntime final : public core::Runtime {
 public:
  explicit SpyRuntime(sim::Simulation& simulation) : simulation_(simulation) {}

  struct Cell {
    core::CellInfo info;
    std::set<std::uint64_t> loaded;
  };
  [[nodiscard]] const std::set<sim::LockChain>& chains() const { return chains_; }
  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }

 private:
  core::TaskId do_spawn(std::string name, std::function<void()> body, core::Site site) override {
    return simulation_.spawn(std::move(name), std::move(body), site);
  }
  void do_join(core::TaskId task, core::Site site) override { simulation_.join(task, site); }
  core::TaskId do_current() const override { return simulation_.current(); }
  core::LockId do_create_lock(const core::LockInfo& info) override { return simulation_.create_lock(info); }
  void do_lock(core::LockId lock, core::Site site) override {
    std::map<core::LockId, std::uint32_t>& held = held_[simulation_.current()];
    if (!held.contains(lock)) {
      std::uint64_t owned = 0;
      for (const auto& [other, count] : held) owned |= std::uint64_t{1} << std::min<core::LockId>(other, 63);
      chains_.insert({.owned = owned, .wanted = lock, .line = site.line(), .file = site.file_name()});
    }
    simulation_.lock(lock, site);
    if (!simulation_.abandoned()) ++held[lock];
  }
  bool do_try_lock(core::LockId lock, core::Site site) override {
    const bool taken = simulation_.try_lock(lock, site);
    if (taken) ++held_[simulation_.current()][lock];
    return taken;
  }
  bool do_lock_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override {
    return simulation_.try_lock_for(lock, timeout_ns, site);
  }
  void do_unlock(core::LockId lock, core::Site site) noexcept override {
    std::map<core::LockId, std::uint32_t>& held = held_[simulation_.current()];
    if (const auto own = held.find(lock); own != held.end() && --own->second == 0) held.erase(own);
    simulation_.unlock(lock, site);
  }
  void do_lock_shared(core::LockId lock, core::Site site) override { simulation_.lock_shared(lock, site); }
  bool do_lock_shared_for(core::LockId lock, std::uint64_t timeout_ns, core::Site site) override {
    return simulation_.try_lock_shared_for(lock, timeout_ns, site);
  }
  void do_unlock_shared(core::LockId lock, core::Site site) noexcept override { simulation_.unlock_shared(lock, site); }
  core::ConditionId do_create_condition(std::string_view name) override { return simulation_.create_condition(name); }
  bool do_wait(core::ConditionId condition, core::LockId lock, std::uint64_t timeout_ns, core::Site site) override {
    return simulation_.wait(condition, lock, timeout_ns, site);
  }
  void do_wake(core::ConditionId condition, bool all, core::Site site) noexcept override {
    all ? simulation_.broadcast(condition, site) : simulation_.signal(condition, site);
  }
  core::SemaphoreId do_create_semaphore(std::string_view name, std::uint32_t count) override {
    return simulation_.create_semaphore(name, count);
  }
  bool do_acquire(core::SemaphoreId semaphore, std::uint64_t timeout_ns, core::Site site) override {
    return simulation_.acquire(semaphore, timeout_ns, site);
  }
  void do_release(core::SemaphoreId semaphore, std::uint32_t count, core::Site site) noexcept override {
    simulation_.release(semaphore, count, site);
  }
  core::CellId do_create_cell(const core::CellInfo& info) override {
    cells_.push_back({.info = info, .loaded = {}});
    return simulation_.create_cell(info);
  }
  void do_access(core::CellId cell, core::Access kind, core::Site site) override {
    simulation_.access(cell, kind, site);
  }
  std::uint64_t do_load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site) override {
    const std::uint64_t value = simulation_.load(cell, storage, site);
    if (simulation_.current() != 0) cells_[cell].loaded.insert(value);
    return value;
  }
  void do_stored(core::CellId cell, std::uint64_t value, core::Site site) override {
    simulation_.stored(cell, value, site);
  }
  core::Mark do_mark() const override { return simulation_.mark(); }
  void do_checkpoint(const core::LiveState* live, const core::Mark& since, core::Site site) override {
    if (live == nullptr) return simulation_.checkpoint(site);
    simulation_.checkpoint(since, [&](core::StateSink& sink) { live->describe(sink); }, site);
  }

  sim::Simulation& simulation_;
  std::map<core::TaskId, std::map<core::LockId, std::uint32_t>> held_;
  std::set<sim::LockChain> chains_;
  std::vector<Cell> cells_;
};

class SpyWorld final : public core::World {
 public:
  SpyWorld(sim::SimWorld& world, SpyRuntime& runtime) : world_(world), runtime_(runtime) {}

  core::Runtime& runtime() override { return runtime_; }
  core::Clock& clock() override { return world_.clock(); }
  core::LockObserver& observer() override { return world_.observer(); }
  core::ZonedDevice& device(const std::string& filename) override { return world_.device(filename); }
  std::unique_ptr<core::IoEngine> open_engine(const core::JobSpec& spec) override { return world_.open_engine(spec); }
  std::unique_ptr<core::Random> open_random(std::uint64_t seed) override { return world_.open_random(seed); }
  [[nodiscard]] bool moves_data() const override { return world_.moves_data(); }
  [[nodiscard]] bool stop_requested() const override { return world_.stop_requested(); }

 private:
  sim::SimWorld& world_;
  SpyRuntime& runtime_;
};

}  // namespace zoneknot::tools
