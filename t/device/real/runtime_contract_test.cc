// Real threads keep the contract of a Runtime.

#include "device/real/real_clock.h"
#include "device/real/thread_runtime.h"
#include "device/real/watchdog.h"
#include "t/contract/runtime.h"
#include "t/device/real/event_log.h"

namespace zoneknot::contract {
namespace {

class Threads {
 public:
  static constexpr int kRounds = 1000;

  static void run(const Program& program) { static_cast<void>(told(program, false)); }

  static std::vector<core::TaskId> stuck(const Program& program) {
    constexpr std::uint64_t kTimeoutNs = 50'000'000;
    lockcheck::LockWatch watch(lockcheck::Threads::many);
    device::ThreadRuntime runtime(watch);
    device::RealClock clock(runtime);
    std::vector<core::TaskId> core;
    {
      const device::Watchdog dog(
          watch, runtime, [&](const lockcheck::StuckCore& stuck) { core = stuck.core; }, kTimeoutNs);
      runtime.run("main", [&] { program(runtime, clock); });
    }
    return core;
  }

  static std::vector<std::string> told(const Program& program, bool accesses) {
    device::EventLog log;
    if (accesses) log.want_accesses();
    device::ThreadRuntime runtime(log);
    device::RealClock clock(runtime);
    runtime.run("main", [&] { program(runtime, clock); });
    return log.lines();
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Threads, RuntimeContract, Threads);

}  // namespace
}  // namespace zoneknot::contract
