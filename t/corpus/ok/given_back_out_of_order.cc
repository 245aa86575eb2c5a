// Locks are given back in whatever order.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void given_back_out_of_order(core::Runtime& runtime) {
  core::Mutex a(runtime, lock("a"));
  core::Mutex b(runtime, lock("b"));
  const auto body = [&] {
    a.lock();
    b.lock();
    a.unlock();
    b.unlock();
    a.lock();
    a.unlock();
  };
  run_all(runtime, {body, body});
}

}  // namespace zoneknot::corpus
