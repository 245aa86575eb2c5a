// A program that is not the zoneknot command and runs its jobs on threads: a World of its own, made of the public
// parts, without a watchdog. If it hangs it hangs. job_on_threads FILE JOB FIXES [FAULTS]
#include <cstdio>
#include <memory>
#include <random>
#include <string>

#include "core/workload/workload.h"
#include "device/real/engine_factory.h"
#include "device/real/file_device.h"
#include "device/real/perturbation.h"
#include "device/real/real_clock.h"
#include "device/real/thread_runtime.h"
#include "lockcheck/watch/lock_watch.h"
#include "tools/instance/instance.h"

namespace {

using namespace zoneknot;

class OneFileWorld final : public core::World {
 public:
  // Small delays shake the run, others in each run.
  explicit OneFileWorld(std::unique_ptr<device::FileDevice> file)
      : file_(std::move(file)), delays_(std::random_device{}()) {
    runtime_.set_hook(delays_);
  }

  device::ThreadRuntime& threads() { return runtime_; }

  core::Runtime& runtime() override { return runtime_; }
  core::Clock& clock() override { return clock_; }
  core::LockObserver& observer() override { return watch_; }
  core::ZonedDevice& device(const std::string& /*filename*/) override { return *file_; }
  std::unique_ptr<core::IoEngine> open_engine(const core::JobSpec& spec) override {
    auto engine = device::open_real_engine(spec.engine, file_->fd(), spec.iodepth, runtime_);
    return file_->engine(std::move(engine.value()), spec.engine, spec.iodepth, runtime_);
  }
  std::unique_ptr<core::Random> open_random(std::uint64_t seed) override {
    return std::make_unique<core::SeededRandom>(seed);
  }
  bool moves_data() const override { return true; }
  bool stop_requested() const override { return false; }

 private:
  std::unique_ptr<device::FileDevice> file_;
  device::Perturbation delays_;
  lockcheck::LockWatch watch_{lockcheck::Threads::many};
  device::ThreadRuntime runtime_{watch_};
  device::RealClock clock_{runtime_};
};

int refuse(const std::string& why) {
  std::fprintf(stderr, "job_on_threads: %s\n", why.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return refuse("FILE JOB FIXES [FAULTS]");
  const std::string file = argv[1];
  const auto instance = tools::load_instance({.job_path = argv[2],
                                              .faults_path = argc > 4 ? argv[4] : "",
                                              .fixes = argv[3],
                                              .device = "file:" + file,
                                              .bound = "",
                                              .seed = {},
                                              .environment = {},
                                              .emulate_zones = {},
                                              .latency_text = {}});
  if (!instance) return refuse(instance.error().message);
  auto opened = device::FileDevice::open(
      file, {.config = instance->device, .faults = instance->faults, .destroy_data = true, .direct = false});
  if (!opened) return refuse(opened.error());
  if (const std::string error = (*opened)->begin(); !error.empty()) return refuse(error);
  OneFileWorld world(std::move(*opened));
  core::Workload workload(world, instance->jobs, instance->fixes);
  world.threads().run("main", [&] { workload.run(); });
  return 0;
}
