// Write pointers, and what software remembers of them.
#include "t/sim/scenario/stage.h"

namespace zoneknot::scenario {

using core::ScopedLock;
using core::Sharing;

// A write that is cut short has moved the device's write pointer; who writes again from the start is refused.
void partial_write_moves_the_pointer(Stage& stage, Form form) {
  const std::uint32_t length = 2 * kBlockBytes;
  const Stage::Done written = stage.write(0, length);
  if (written.error != 0 || written.bytes == length) return;
  const std::uint32_t done = form == Form::faulty ? 0 : written.bytes;
  stage.must(stage.write(done, length - done).error == 0, "the rest of a short write can be written");
}

// A zone is reset under its lock, but the write pointer that software remembers is set back after it.
void stale_pointer_after_a_reset(Stage& stage, Form form) {
  core::Mutex lock(stage.runtime(), lock_named("zone"));
  core::Shared<std::uint64_t> wp(stage.runtime(), "wp", Sharing::racy, std::uint64_t{kBlockBytes});
  stage.must(stage.write(0).error == 0, "the zone can be written");
  const auto resetter = [&] {
    {
      const ScopedLock guard(lock);
      stage.must(stage.device().reset(0) == 0, "the zone can be reset");
      if (form == Form::repaired) wp.write(0);
    }
    if (form == Form::faulty) wp.write(0);
  };
  const auto writer = [&] {
    const ScopedLock guard(lock);
    stage.must(stage.write(wp.peek()).error == 0, "a write at the remembered pointer is one at the device's");
  };
  stage.together({resetter, writer});
}

// A range of zones is reset to its last one included, where it should end before it.
void reset_one_too_many(Stage& stage, Form form) {
  stage.must(stage.write(0).error == 0, "zone 0 can be written");
  const auto resetter = [&] {
    const std::uint32_t end = 1;
    for (std::uint32_t zone = 0; form == Form::faulty ? zone <= end : zone < end; ++zone) {
      stage.must(stage.device().reset(zone) == 0, "a zone can be reset");
    }
  };
  const auto neighbour = [&] {
    for (const std::uint64_t block : {0U, 1U}) {
      stage.must(stage.write(kZoneBytes + block * kBlockBytes).error == 0, "a neighbour goes on where he was");
    }
  };
  stage.together({resetter, neighbour});
}

// Records are appended by passthrough, past the kernel, which goes on to believe in the write pointer that its own
// writes have left. Repaired: all of them are appended.
void appends_beside_writes(Stage& stage, Form form) {
  core::Mutex lock(stage.runtime(), lock_named("zone"));
  const auto appender = [&] {
    const ScopedLock guard(lock);
    stage.must(stage.append(0).error == 0, "a record can be appended");
  };
  const auto writer = [&] {
    for (int record = 0; record < 2; ++record) {
      const ScopedLock guard(lock);
      const std::uint64_t wp = stage.device().report()[0].wp;
      const Stage::Done done = form == Form::faulty ? stage.write(wp) : stage.append(0);
      stage.must(done.error == 0, "a record can be put at the device's write pointer");
      stage.must(done.at == wp, "that is where it is");
    }
  };
  stage.together({appender, writer});
}

}  // namespace zoneknot::scenario
