// A wait that ends by itself is no wait for ever.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void reverse_order_with_a_time_out(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  run_all(runtime, {[&] { take_both(a, b); },
                    [&] {
                      const core::ScopedLock held(b);
                      if (a.try_lock_for(1'000'000)) a.unlock();
                    }});
}

}  // namespace zoneknot::corpus
