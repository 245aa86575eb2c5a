#include "device/real/real_world.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cassert>
#include <exception>
#include <latch>
#include <system_error>
#include <thread>
#include <utility>

#include "device/block/block_facts.h"
#include "device/block/order_notes.h"
#include "device/real/block_device.h"
#include "device/real/engine_factory.h"
#include "device/real/file_device.h"
#include "device/real/gated_device.h"
#include "device/real/gated_engine.h"
#include "device/real/gated_random.h"

namespace zoneknot::device {
namespace {

// Stands in for an engine that could not be opened: every I/O ends at once with that error.
class RefusedEngine final : public core::IoEngine {
 public:
  explicit RefusedEngine(int error) : error_(error) {}

 private:
  bool do_synchronous() const override { return true; }
  core::QueueStatus do_queue(core::IoRequest& request, core::Site) override {
    request.error = error_;
    request.transferred = 0;
    return core::QueueStatus::completed;
  }
  int do_commit(core::Site) override { return 0; }
  int do_reap(std::span<core::IoRequest*>, std::size_t, core::Site) override { return 0; }
  bool do_cancel(core::IoRequest&, core::Site) override { return false; }

  int error_;
};

// The jobs between two stonewalls.
std::size_t most_at_once(std::span<const core::JobSpec> jobs) {
  std::size_t most = 0;
  std::size_t together = 0;
  for (const core::JobSpec& job : jobs) {
    together = job.stonewall ? 1 : together + 1;
    most = std::max(most, together);
  }
  return most;
}

// Throws std::system_error where there are not so many threads, and two that a run needs besides.
void try_threads(std::size_t jobs) {
  std::latch all_there(1);
  std::vector<std::jthread> threads;
  std::exception_ptr failure;
  threads.reserve(jobs + 2);
  try {
    while (threads.size() < jobs + 2) threads.emplace_back([&all_there] { all_there.wait(); });
  } catch (const std::system_error& error) {
    failure =
        std::make_exception_ptr(std::system_error(error.code(), "no more than " + std::to_string(threads.size()) +
                                                                    " of " + std::to_string(jobs + 2) + " threads"));
  }
  all_there.count_down();
  threads.clear();
  if (failure) std::rethrow_exception(failure);
}

bool all_direct(std::span<const core::JobSpec> jobs, const std::string& filename, bool any_name) {
  return std::ranges::all_of(
      jobs, [&](const core::JobSpec& job) { return job.direct || (!any_name && job.filename != filename); });
}

using OpenedDevice = tl::expected<std::unique_ptr<RealDevice>, std::string>;

template <class Device>
OpenedDevice as_device(tl::expected<std::unique_ptr<Device>, std::string> opened) {
  if (!opened) return tl::unexpected(std::move(opened.error()));
  return std::unique_ptr<RealDevice>(std::move(*opened));
}

OpenedDevice open_device(const std::string& path, const RealWorldOptions& options, bool direct,
                         std::function<bool(double)> chance) {
  if (options.backing == Backing::zoned_block) {
    return as_device(BlockDevice::open(path, {.destroy_data = options.destroy_data,
                                              .destroy_partitions = options.destroy_partitions,
                                              .only_look = options.dry_run,
                                              .start = options.zones_by_config ? ZoneModel(options.config).report()
                                                                               : std::vector<core::ZoneReport>{}}));
  }
  return as_device(FileDevice::open(path, {.config = options.config,
                                           .faults = options.faults,
                                           .fault_seed = options.fault_seed,
                                           .destroy_data = options.destroy_data,
                                           .direct = direct,
                                           .on_block = options.backing == Backing::emulated_block,
                                           .destroy_partitions = options.destroy_partitions,
                                           .keep_state = options.keep_state,
                                           .only_look = options.dry_run,
                                           .chance = std::move(chance)}));
}

}  // namespace

RealWorld::RealWorld(const RealWorldOptions& options)
    : stop_(options.stop),
      gate_(options.gate),
      draws_in_list_(options.draws_in_list),
      watch_(lockcheck::Threads::many),
      runtime_(watch_),
      clock_(runtime_, gate_) {
  if (gate_ != nullptr) {
    gate_->attach([this] { runtime_.abandon(); }, [this] { return runtime_.abandoned(); });
    runtime_.set_hook(*gate_);
  } else if (options.hook != nullptr) {
    runtime_.set_hook(*options.hook);
  }
}

tl::expected<std::unique_ptr<RealWorld>, std::string> RealWorld::open(std::span<const core::JobSpec> jobs,
                                                                      const RealWorldOptions& options) {
  std::unique_ptr<RealWorld> world(new RealWorld(options));
  std::string error = world->open_devices(jobs, options);
  if (error.empty()) error = world->open_engines(jobs);
  if (error.empty()) try_threads(most_at_once(jobs));
  for (const auto& device : world->devices_) {
    if (error.empty() && !options.dry_run) error = device->begin();
    if (!error.empty() || options.dry_run) break;
    for (std::string& note : device->notes()) world->notes_.push_back(std::move(note));
  }
  if (error.empty() && options.backing == Backing::zoned_block) world->note_order(jobs);
  if (!error.empty()) return tl::unexpected(std::move(error));
  return world;
}

void RealWorld::note_order(std::span<const core::JobSpec> jobs) {
  utsname kernel{};
  if (uname(&kernel) != 0) return;
  for (const auto& device : devices_) {
    const auto facts = block_facts(device->path());
    if (!facts) continue;
    for (std::string& note : order_notes(device->path(), *facts, kernel.release, jobs)) {
      notes_.push_back(std::move(note));
    }
  }
}

// Where the list has drawn whether a fault strikes: that.
std::function<bool(double)> RealWorld::chance_of_faults() {
  if (gate_ == nullptr || !draws_in_list_) return nullptr;
  return [this](double) { return gate_->draw(runtime_.current()).value_or(0) == 1; };
}

std::string RealWorld::open_devices(std::span<const core::JobSpec> jobs, const RealWorldOptions& options) {
  const bool one_file = !options.path.empty();
  for (const core::JobSpec& job : jobs) {
    if (device_of_.contains(job.filename)) continue;
    if (!one_file || devices_.empty()) {
      const std::string& path = one_file ? options.path : job.filename;
      auto device = open_device(path, options, all_direct(jobs, job.filename, one_file), chance_of_faults());
      if (!device) return std::move(device.error());
      devices_.push_back(std::move(*device));
      if (gate_ != nullptr) {
        gated_[devices_.back().get()] = std::make_unique<GatedDevice>(*devices_.back(), runtime_);
      }
    }
    device_of_[job.filename] = devices_.back().get();
  }
  return {};
}

// Jobs behind a stonewall begin when those before it have given back theirs: for each need as many are kept as are
// wanted at once. Where that is more than there are, those that begin later have to do with what they get alone.
std::string RealWorld::open_engines(std::span<const core::JobSpec> jobs) {
  for (std::size_t begin = 0; begin < jobs.size();) {
    std::size_t end = begin + 1;
    while (end < jobs.size() && !jobs[end].stonewall) ++end;
    const auto together = jobs.subspan(begin, end - begin);
    std::string error = open_engines_at_once(together);
    if (!error.empty() && begin > 0) {
      engines_.clear();
      error = open_engines_at_once(together);
    }
    if (!error.empty()) return error;
    begin = end;
  }
  return {};
}

std::string RealWorld::open_engines_at_once(std::span<const core::JobSpec> jobs) {
  std::map<EngineNeed, std::size_t> wanted;
  for (const core::JobSpec& job : jobs) {
    const EngineNeed need{job.engine, real_device(job.filename).fd(), job.iodepth};
    if (engines_.count(need) >= ++wanted[need]) continue;
    auto engine = open_real_engine(need.kind, need.fd, need.depth, runtime_);
    if (!engine) {
      const std::string many = engines_.empty() ? "" : ", " + std::to_string(engines_.size()) + " are open already";
      return "ioengine=" + std::string(engine_name(job.engine)) + " with iodepth=" + std::to_string(job.iodepth) +
             " is not to be had here: " + std::generic_category().message(engine.error()) + many;
    }
    engines_.emplace(need, std::move(*engine));
  }
  return {};
}

void RealWorld::forget_files() {
  for (const auto& device : devices_) device->forget();
}

RealDevice& RealWorld::real_device(const std::string& filename) const {
  const auto place = device_of_.find(filename);
  if (place != device_of_.end()) return *place->second;
  assert(devices_.size() == 1);
  return *devices_.front();
}

core::ZonedDevice& RealWorld::device(const std::string& filename) {
  RealDevice& device = real_device(filename);
  if (gate_ == nullptr) return device;
  return *gated_.at(&device);
}

tl::expected<std::unique_ptr<core::IoEngine>, int> RealWorld::take_engine(const EngineNeed& need) {
  {
    const std::lock_guard guard(engines_mutex_);
    if (auto known = engines_.extract(need)) return std::move(known.mapped());
  }
  return open_real_engine(need.kind, need.fd, need.depth, runtime_);
}

std::unique_ptr<core::IoEngine> RealWorld::open_engine(const core::JobSpec& spec) {
  RealDevice& device = real_device(spec.filename);
  auto engine = take_engine({spec.engine, device.fd(), spec.iodepth});
  if (!engine) return std::make_unique<RefusedEngine>(engine.error());
  auto of_device = device.engine(std::move(*engine), spec.engine, spec.iodepth, runtime_);
  if (gate_ == nullptr) return of_device;
  return std::make_unique<GatedEngine>(std::move(of_device), spec.engine, *gate_, runtime_);
}

std::unique_ptr<core::Random> RealWorld::open_random(std::uint64_t seed) {
  if (gate_ != nullptr && draws_in_list_) return std::make_unique<GatedRandom>(seed, *gate_, runtime_);
  return std::make_unique<core::SeededRandom>(seed);
}

bool RealWorld::stop_requested() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed); }

}  // namespace zoneknot::device
