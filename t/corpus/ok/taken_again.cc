// Taking a recursive lock that one owns is no wait, whatever else one owns.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void taken_again(core::Runtime& runtime) {
  core::Mutex a(runtime, recursive_lock("a"));
  core::Mutex b(runtime, recursive_lock("b"));
  const auto body = [&] {
    const core::ScopedLock outer(a);
    const core::ScopedLock inner(b);
    const core::ScopedLock again(a);
  };
  run_all(runtime, {body, body});
}

}  // namespace zoneknot::corpus
