// Units that one task makes and another one takes belong to nobody.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void buffer_of_semaphores(core::Runtime& runtime) {
  constexpr int kItems = 5;
  core::Mutex state(runtime, lock("state"));
  core::Semaphore free(runtime, "free", 2);
  core::Semaphore full(runtime, "full", 0);
  run_all(runtime, {[&] {
                      for (int i = 0; i < kItems; ++i) {
                        free.acquire();
                        const core::ScopedLock held(state);
                        full.release();
                      }
                    },
                    [&] {
                      for (int i = 0; i < kItems; ++i) {
                        full.acquire();
                        const core::ScopedLock held(state);
                        free.release();
                      }
                    }});
}

}  // namespace zoneknot::corpus
