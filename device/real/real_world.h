// Everything a workload gets from outside, for real: threads, the machine's clock, zoned block devices, or files that
// emulate zones, under the real engines, and the LockWatch over it all. Made for one run by its caller; open_engine()
// and device() tasks may call at any time.
#pragma once

#include <atomic>
#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/world.h"
#include "device/model/fault_plan.h"
#include "device/model/zone_model.h"
#include "device/real/backing.h"
#include "device/real/real_clock.h"
#include "device/real/real_device.h"
#include "device/real/thread_runtime.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::device {

struct RealWorldOptions {
  std::string path;  // of what all jobs work on, whatever they call it; empty: the jobs' own file names
  Backing backing = Backing::file;
  DeviceConfig config;  // of every device with emulated zones; faults are theirs alone
  FaultPlan faults;
  std::uint64_t fault_seed = 0;
  bool keep_state = false;                  // of a file's zones, beside it
  bool destroy_data = false;                // a block device, or a file that holds something, may be overwritten
  bool destroy_partitions = false;          // also a block device with partitions
  bool zones_by_config = false;             // of a zoned block device: brought to where those of `config` start
  bool dry_run = false;                     // everything is looked at, and nothing changed: no job can be run
  ScheduleGate* gate = nullptr;             // the run follows its list; outlives the world
  bool draws_in_list = false;               // jobs draw what they drew in that list
  StepHook* hook = nullptr;                 // without a gate: called before visible operations; outlives the world
  const std::atomic<bool>* stop = nullptr;  // set from outside, for example by a signal handler; outlives the world
};

class RealWorld final : public core::World {
 public:
  // Opens the device of every job and the engines that they name, all that will be there at once, and empties files
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
  // A file name of the jobs that the world was opened for; any, where one path is all of them.
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

  explicit RealWorld(const RealWorldOptions& options);

  [[nodiscard]] std::function<bool(double)> chance_of_faults();
  [[nodiscard]] std::string open_devices(std::span<const core::JobSpec> jobs, const RealWorldOptions& options);
  void note_order(std::span<const core::JobSpec> jobs);
  [[nodiscard]] std::string open_engines(std::span<const core::JobSpec> jobs);
  [[nodiscard]] std::string open_engines_at_once(std::span<const core::JobSpec> jobs);
  [[nodiscard]] tl::expected<std::unique_ptr<core::IoEngine>, int> take_engine(const EngineNeed& need);
  [[nodiscard]] RealDevice& real_device(const std::string& filename) const;

  const std::atomic<bool>* stop_;
  ScheduleGate* gate_;
  bool draws_in_list_;
  std::vector<std::string> notes_;
  lockcheck::LockWatch watch_;
  std::vector<std::unique_ptr<RealDevice>> devices_;
  std::map<std::string, RealDevice*> device_of_;                           // by the jobs' file names
  std::map<const RealDevice*, std::unique_ptr<core::ZonedDevice>> gated_;  // as jobs see them, with a gate
  ThreadRuntime runtime_;
  RealClock clock_;
  std::mutex engines_mutex_;  // what follows
  // Those that no job has asked for yet. To close one of libaio takes the kernel some 30 ms, so none is opened in vain.
  std::multimap<EngineNeed, std::unique_ptr<core::IoEngine>> engines_;
};

}  // namespace zoneknot::device
