// Who does not own a lock has no business to give it back.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void unlocked_by_a_stranger(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  run_all(runtime, {[&] { a.unlock(); }});
}

}  // namespace zoneknot::corpus
