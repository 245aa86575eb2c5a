#include "core/runtime.h"
#include "sim/check_program.h"

using namespace zoneknot;

// Moves money between two accounts, each under its own lock.
void transfers(core::Runtime& runtime) {
  core::Mutex a(runtime, {.lock_class = "account a"});
  core::Mutex b(runtime, {.lock_class = "account b"});
  const auto transfer = [](core::Mutex& from, core::Mutex& to) {
    return [&from, &to] {
      const core::ScopedLock source(from);
      const core::ScopedLock target(to);
    };
  };
  const core::TaskId pay = runtime.spawn("pay", transfer(a, b));
  const core::TaskId refund = runtime.spawn("refund", transfer(b, a));
  runtime.join(pay);
  runtime.join(refund);
}

int main(int argc, char** argv) { return sim::check_main(argc, argv, transfers); }
