// No two tasks disagree about the order, three do.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void ring_of_three(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  core::Mutex c(runtime, lock("c"));
  run_all(runtime, {[&] { take_both(a, b); }, [&] { take_both(b, c); }, [&] { take_both(c, a); }});
}

}  // namespace zoneknot::corpus
