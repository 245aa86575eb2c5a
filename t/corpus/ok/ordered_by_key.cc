// Many locks of one class, in the order of their keys.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void ordered_by_key(core::Runtime& runtime) {
  core::Mutex first(runtime, keyed_lock("shelf", 1));
  core::Mutex second(runtime, keyed_lock("shelf", 2));
  core::Mutex third(runtime, keyed_lock("shelf", 3));
  run_all(runtime, {[&] { take_both(first, third); }, [&] { take_both(second, third); }});
}

}  // namespace zoneknot::corpus
