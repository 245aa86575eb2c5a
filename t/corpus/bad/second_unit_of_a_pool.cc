// Two tasks that each own one of two units and wait for another one wait for ever.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void second_unit_of_a_pool(core::Runtime& runtime) {
  core::Semaphore slots(runtime, "slots", 2);
  const auto body = [&] {
    slots.acquire();
    slots.acquire();
    slots.release(2);
  };
  run_all(runtime, {body, body});
}

}  // namespace zoneknot::corpus
