// Along a list, always in one direction.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void hand_over_hand(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  core::Mutex c(runtime, lock("c"));
  const auto walk = [&] {
    a.lock();
    b.lock();
    a.unlock();
    c.lock();
    b.unlock();
    c.unlock();
  };
  run_all(runtime, {walk, walk});
}

}  // namespace zoneknot::corpus
