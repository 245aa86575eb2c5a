// The other order was over before the task began.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void separated_by_fork(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  take_both(b, a);
  run_all(runtime, {[&] { take_both(a, b); }});
}

}  // namespace zoneknot::corpus
