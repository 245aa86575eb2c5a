// A lock around one of the two orders is no gate.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void gate_on_one_side(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  core::Mutex gate(runtime, lock("gate"));
  run_all(runtime, {[&] {
                      const core::ScopedLock outer(gate);
                      take_both(a, b);
                    },
                    [&] { take_both(b, a); }});
}

}  // namespace zoneknot::corpus
