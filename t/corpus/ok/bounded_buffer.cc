// Producer and consumer wake each other under one lock, which a wait gives back.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void bounded_buffer(core::Runtime& runtime) {
  constexpr int kItems = 3;
  core::Mutex state(runtime, lock("state"));
  core::ConditionVariable filled(runtime, "filled");
  core::ConditionVariable emptied(runtime, "emptied");
  bool full = false;
  run_all(runtime, {[&] {
                      for (int i = 0; i < kItems; ++i) {
                        const core::ScopedLock held(state);
                        emptied.wait_until(state, [&] { return !full; });
                        full = true;
                        filled.signal();
                      }
                    },
                    [&] {
                      for (int i = 0; i < kItems; ++i) {
                        const core::ScopedLock held(state);
                        filled.wait_until(state, [&] { return full; });
                        full = false;
                        emptied.signal();
                      }
                    }});
}

}  // namespace zoneknot::corpus
