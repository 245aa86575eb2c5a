// The same with a semaphore that one task posts and another one waits for.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void event_needs_the_waiters_lock(core::Runtime& runtime) {
  core::Mutex log(runtime, lock("log"));
  core::Semaphore done(runtime, "done", 0);
  run_all(runtime, {[&] {
                      log.lock();
                      log.unlock();
                      done.release();
                    },
                    [&] {
                      const core::ScopedLock held(log);
                      done.acquire();
                    }});
}

}  // namespace zoneknot::corpus
