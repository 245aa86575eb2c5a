// Somebody else wakes the waiter without the lock that it owns.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void another_signaller(core::Runtime& runtime) {
  core::Mutex state(runtime, lock("state"));
  core::Mutex log(runtime, lock("log"));
  core::ConditionVariable ready(runtime, "ready");
  bool is_ready = false;
  const auto wake = [&] {
    const core::ScopedLock held(state);
    is_ready = true;
    ready.signal();
  };
  run_all(runtime, {[&] {
                      log.lock();
                      log.unlock();
                      pause(runtime);
                      wake();
                    },
                    [&] {
                      const core::ScopedLock outer(log);
                      const core::ScopedLock held(state);
                      ready.wait_until(state, [&] { return is_ready; });
                    },
                    wake});
}

}  // namespace zoneknot::corpus
