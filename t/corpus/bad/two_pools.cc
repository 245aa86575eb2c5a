// Two pools of one unit each are two locks.

#include "t/corpus/corpus.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {

void two_pools(core::Runtime& runtime) {
  core::Semaphore tags(runtime, "tags", 1);
  core::Semaphore buffers(runtime, "buffers", 1);
  run_all(runtime, {[&] {
                      tags.acquire();
                      buffers.acquire();
                      buffers.release();
                      tags.release();
                    },
                    [&] {
                      buffers.acquire();
                      tags.acquire();
                      tags.release();
                      buffers.release();
                    }});
}

}  // namespace zoneknot::corpus
