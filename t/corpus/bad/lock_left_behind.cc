// A task ends and owns a lock.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void lock_left_behind(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  run_all(runtime, {[&] { a.lock(); }});
}

}  // namespace zoneknot::corpus
