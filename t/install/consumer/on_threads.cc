#include "core/clock.h"
#include "core/runtime.h"
#include "device/run_program.h"

using namespace zoneknot;

// The transfers of transfer.cc on threads; each takes its time between its two locks.
void transfers(core::Runtime& runtime, core::Clock& clock) {
  core::Mutex a(runtime, {.lock_class = "account a"});
  core::Mutex b(runtime, {.lock_class = "account b"});
  const auto transfer = [&clock](core::Mutex& from, core::Mutex& to) {
    return [&clock, &from, &to] {
      const core::ScopedLock source(from);
      clock.sleep(100'000'000);
      const core::ScopedLock target(to);
    };
  };
  const core::TaskId pay = runtime.spawn("pay", transfer(a, b));
  const core::TaskId refund = runtime.spawn("refund", transfer(b, a));
  runtime.join(pay);
  runtime.join(refund);
}

int main(int argc, char** argv) { return device::run_main(argc, argv, transfers); }
