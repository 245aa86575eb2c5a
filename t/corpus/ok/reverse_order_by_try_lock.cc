// Whoever takes the inner lock by try_lock does not wait for it.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void reverse_order_by_try_lock(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  run_all(runtime, {[&] { take_both(a, b); },
                    [&] {
                      const core::ScopedLock held(b);
                      if (a.try_lock()) a.unlock();
                    }});
}

}  // namespace zoneknot::corpus
