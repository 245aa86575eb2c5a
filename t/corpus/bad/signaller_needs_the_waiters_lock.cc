// Who waits for the condition owns a lock that its signaller has to get past first. In this run it was past it.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void signaller_needs_the_waiters_lock(core::Runtime& runtime) {
  core::Mutex state(runtime, lock("state"));
  core::Mutex log(runtime, lock("log"));
  core::ConditionVariable ready(runtime, "ready");
  bool is_ready = false;
  run_all(runtime, {[&] {
                      log.lock();
                      log.unlock();
                      pause(runtime);
                      const core::ScopedLock held(state);
                      is_ready = true;
                      ready.signal();
                    },
                    [&] {
                      const core::ScopedLock outer(log);
                      const core::ScopedLock held(state);
                      ready.wait_until(state, [&] { return is_ready; });
                    }});
}

}  // namespace zoneknot::corpus
