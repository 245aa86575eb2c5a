// Everything a workload gets from outside, for real: threads, the machine's clock, files that emulate zones under the
// real engines, and the LockWatch over it all. Made for one run by its caller; open_engine() and device() tasks
// may call at any time.
#pragma once

#include <atomic>
#include <compare>
#include <map>
#include <memory>
#include <mutex>
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
  // Opens the file of every job and the engines that they name, all that will be there at once, and empties the files
  // only when it has got all of them. The error is one line without a full stop; nothing is left of the attempt.
  static tl::expected<std::unique_ptr<RealWorld>, std::string> open(std::span<const core::JobSpec> jobs,
                                                                    const RealWorldOptions& options);

  // What a user should know about how the files were opened; a line each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

  // The files that were made for this world are of no use: they go with it.
  void forget_files();

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
  // Jobs with the same need do not care whose engine they get.
  struct EngineNeed {
    core::EngineKind kind = core::EngineKind::psync;
    int fd = -1;
    std::uint32_t depth = 0;
    auto operator<=>(const EngineNeed&) const = default;
  };

  explicit RealWorld(const std::atomic<bool>* stop);

  [[nodiscard]] std::string open_devices(std::span<const core::JobSpec> jobs, const RealWorldOptions& options);
  [[nodiscard]] std::string open_engines(std::span<const core::JobSpec> jobs);
  [[nodiscard]] std::string open_engines_at_once(std::span<const core::JobSpec> jobs);
  [[nodiscard]] tl::expected<std::unique_ptr<core::IoEngine>, int> take_engine(const EngineNeed& need);
  [[nodiscard]] FileDevice& file_device(const std::string& filename);

  const std::atomic<bool>* stop_;
  std::vector<std::string> notes_;
  lockcheck::LockWatch watch_;
  std::vector<std::unique_ptr<FileDevice>> devices_;
  std::map<std::string, FileDevice*> device_of_;  // by the jobs' file names
  ThreadRuntime runtime_;
  RealClock clock_;
  std::mutex engines_mutex_;  // what follows
  // Those that no job has asked for yet. To close one of libaio takes the kernel some 30 ms, so none is opened in vain.
  std::multimap<EngineNeed, std::unique_ptr<core::IoEngine>> engines_;
};

}  // namespace zoneknot::device
