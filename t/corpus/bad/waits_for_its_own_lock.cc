// A plain lock that one owns never comes free.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void waits_for_its_own_lock(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  a.lock();
  a.lock();
}

}  // namespace zoneknot::corpus
