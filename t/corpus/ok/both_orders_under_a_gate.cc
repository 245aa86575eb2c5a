// Both orders, but always under a third lock: they never meet.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void both_orders_under_a_gate(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  core::Mutex gate(runtime, lock("gate"));
  const auto gated = [&gate](core::Mutex& outer, core::Mutex& inner) {
    return [&gate, &outer, &inner] {
      const core::ScopedLock held(gate);
      take_both(outer, inner);
    };
  };
  run_all(runtime, {gated(a, b), gated(b, a)});
}

}  // namespace zoneknot::corpus
