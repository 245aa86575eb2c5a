// A lock that was taken by try_lock is owned like any other while its owner waits for the next.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void outer_by_try_lock(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  run_all(runtime, {[&] { take_both(a, b); },
                    [&] {
                      if (!b.try_lock()) return;
                      a.lock();
                      a.unlock();
                      b.unlock();
                    }});
}

}  // namespace zoneknot::corpus
