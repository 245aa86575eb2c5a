// Every I/O slot can be with somebody who needs the zone to be done with it.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void slot_waited_for_owning_the_zone(core::Runtime& runtime) {
  core::Mutex zone(runtime, lock("zone 7"));
  core::Semaphore slots(runtime, "slots", 1);
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
