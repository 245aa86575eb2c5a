// The other order begins when the task has ended.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void separated_by_join(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  run_all(runtime, {[&] { take_both(a, b); }});
  run_all(runtime, {[&] { take_both(b, a); }});
  take_both(b, a);
}

}  // namespace zoneknot::corpus
