// The program has promised an order and does not keep it, though nobody takes the other one.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void against_the_keys(core::Runtime& runtime) {
  core::Mutex first(runtime, keyed_lock("shelf", 1));
  core::Mutex second(runtime, keyed_lock("shelf", 2));
  run_all(runtime, {[&] { take_both(second, first); }});
}

}  // namespace zoneknot::corpus
