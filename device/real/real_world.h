// Everything a workload gets from outside, for real: threads, the machine's clock, files that emulate zones under the
// real engines, and the LockWatch over it all. Made for one run by its caller; open_engine() and device() tasks
// may call at any time.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/world.h"
#include "device/real/file_device.h"
#include "device/real/real_clock.h"
#include "device/real/thread_runtime.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::device {

struct RealWorldOptions {
  std::string path;     // of the file that all jobs work on, whatever they call it; empty: the jobs' own file names
  DeviceConfig config;  // of every device
  FaultPlan faults;
  std::uint64_t fault_seed = 0;
  bool destroy_data = false;                // a file that holds something may be overwritten
  const std::atomic<bool>* stop = nullptr;  // set from outside, for example by a signal handler; outlives the world
};

class RealWorld final : public core::World {
 public:
  // Opens the file of every job and tries every engine they name. The error is one line without a full stop.
  static tl::expected<std::unique_ptr<RealWorld>, std::string> open(std::span<const core::JobSpec> jobs,
                                                                    const RealWorldOptions& options);

  // What a user should know about how the files were opened; a line each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

  [[nodiscard]] ThreadRuntime& thread_runtime() { return runtime_; }
  [[nodiscard]] lockcheck::LockWatch& watch() { return watch_; }

  [[nodiscard]] core::Runtime& runtime() override { return runtime_; }
  [[nodiscard]] core::Clock& clock() override { return clock_; }
  [[nodiscard]] core::LockObserver& observer() override { return watch_; }
  // A file name of the jobs that the world was opened for.
  [[nodiscard]] core::ZonedDevice& device(const std::string& filename) override;
  // An engine that the system refuses after all ends every I/O inside queue(), with the error of the refusal.
  [[nodiscard]] std::unique_ptr<core::IoEngine> open_engine(const core::JobSpec& spec) override;
  [[nodiscard]] std::unique_ptr<core::Random> open_random(std::uint64_t seed) override;
  [[nodiscard]] bool moves_data() const override { return true; }
  [[nodiscard]] bool stop_requested() const override;

 private:
  explicit RealWorld(const std::atomic<bool>* stop);

  [[nodiscard]] std::string open_devices(std::span<const core::JobSpec> jobs, const RealWorldOptions& options);
  [[nodiscard]] std::string try_engines(std::span<const core::JobSpec> jobs);
  [[nodiscard]] FileDevice& file_device(const std::string& filename);

  const std::atomic<bool>* stop_;
  std::vector<std::string> notes_;
  lockcheck::LockWatch watch_;
  std::vector<std::unique_ptr<FileDevice>> devices_;
  std::map<std::string, FileDevice*> device_of_;  // by the jobs' file names
  ThreadRuntime runtime_;
  RealClock clock_;
};

}  // namespace zoneknot::device
