// The classic: two tasks take two locks in opposite orders, one after the other in this run.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void ab_ba(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));

  run_all(runtime, {[&] { take_both(a, b); }, [&] { take_both(b, a); }});
}

}  // namespace zoneknot::corpus
