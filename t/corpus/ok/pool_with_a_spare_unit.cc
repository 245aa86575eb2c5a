// The one task that needs the lock to be done cannot own all units.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void pool_with_a_spare_unit(core::Runtime& runtime) {
  core::Mutex zone(runtime, lock("zone 7"));
  core::Semaphore slots(runtime, "slots", 2);
  run_all(runtime, {[&] {
                      const core::ScopedLock held(zone);
                      slots.acquire();
                      slots.release();
                    },
                    [&] {
                      slots.acquire();
                      zone.lock();
                      zone.unlock();
                      slots.release();
                    }});
}

}  // namespace zoneknot::corpus
