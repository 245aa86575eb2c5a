#include "device/real/real_world.h"

#include <algorithm>
#include <cassert>
#include <system_error>
#include <utility>

#include "device/real/emulated_engine.h"
#include "device/real/engine_factory.h"

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

bool all_direct(std::span<const core::JobSpec> jobs, const std::string& filename, bool any_name) {
  return std::ranges::all_of(
      jobs, [&](const core::JobSpec& job) { return job.direct || (!any_name && job.filename != filename); });
}

}  // namespace

RealWorld::RealWorld(const std::atomic<bool>* stop)
    : stop_(stop), watch_(lockcheck::Threads::many), runtime_(watch_), clock_(runtime_) {}

tl::expected<std::unique_ptr<RealWorld>, std::string> RealWorld::open(std::span<const core::JobSpec> jobs,
                                                                      const RealWorldOptions& options) {
  std::unique_ptr<RealWorld> world(new RealWorld(options.stop));
  std::string error = world->open_devices(jobs, options);
  if (error.empty()) error = world->try_engines(jobs);
  if (!error.empty()) return tl::unexpected(std::move(error));
  return world;
}

std::string RealWorld::open_devices(std::span<const core::JobSpec> jobs, const RealWorldOptions& options) {
  const bool one_file = !options.path.empty();
  for (const core::JobSpec& job : jobs) {
    if (device_of_.contains(job.filename)) continue;
    if (!one_file || devices_.empty()) {
      const std::string& path = one_file ? options.path : job.filename;
      auto device = FileDevice::open(path, {.config = options.config,
                                            .faults = options.faults,
                                            .fault_seed = options.fault_seed,
                                            .destroy_data = options.destroy_data,
                                            .direct = all_direct(jobs, job.filename, one_file)});
      if (!device) return std::move(device.error());
      if ((*device)->fell_back_to_buffered()) {
        notes_.push_back(path + ": the file system has no direct I/O for blocks of " +
                         std::to_string(options.config.block_size) + " bytes, the page cache is used");
      }
      devices_.push_back(std::move(*device));
    }
    device_of_[job.filename] = devices_.back().get();
  }
  return {};
}

std::string RealWorld::try_engines(std::span<const core::JobSpec> jobs) {
  for (const core::JobSpec& job : jobs) {
    const auto engine = open_real_engine(job.engine, file_device(job.filename).fd(), job.iodepth, runtime_);
    if (engine) continue;
    return "ioengine=" + std::string(engine_name(job.engine)) + " with iodepth=" + std::to_string(job.iodepth) +
           " is not to be had here: " + std::generic_category().message(engine.error());
  }
  return {};
}

FileDevice& RealWorld::file_device(const std::string& filename) {
  const auto place = device_of_.find(filename);
  assert(place != device_of_.end());
  return *place->second;
}

core::ZonedDevice& RealWorld::device(const std::string& filename) { return file_device(filename); }

std::unique_ptr<core::IoEngine> RealWorld::open_engine(const core::JobSpec& spec) {
  FileDevice& device = file_device(spec.filename);
  auto engine = open_real_engine(spec.engine, device.fd(), spec.iodepth, runtime_);
  if (!engine) return std::make_unique<RefusedEngine>(engine.error());
  return std::make_unique<EmulatedEngine>(std::move(*engine), spec.engine, spec.iodepth, device, runtime_);
}

std::unique_ptr<core::Random> RealWorld::open_random(std::uint64_t seed) {
  return std::make_unique<core::SeededRandom>(seed);
}

bool RealWorld::stop_requested() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed); }

}  // namespace zoneknot::device
