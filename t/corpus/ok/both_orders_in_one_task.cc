// A task does not wait for itself.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void both_orders_in_one_task(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  run_all(runtime, {[&] {
                      take_both(a, b);
                      take_both(b, a);
                    },
                    [&] { const core::ScopedLock held(a); }});
}

}  // namespace zoneknot::corpus
