// What becomes of a job's I/O at the end: the clean-up after an error, and what the end of its thread leaves.

#include <algorithm>

#include "core/semaphore.h"
#include "core/workload/io_pipeline.h"

namespace zoneknot::core {

// Before fio 3.30: what the job has handed over and its worker has not got to is submitted by nobody once the job has
// an error, and is waited for like the rest. Whether there is such a unit is a race, here a draw.
void IoPipeline::wait_for_unsubmitted() {
  if (ios_under_way() == 0 || job_.world.open_random(job_.random_seed)->below(2) == 0) return;
  Semaphore(job_.runtime(), "submission by a worker", 0).acquire();
}

// One reap; what it has issued again (remainder-at-once) is waited for as well.
void IoPipeline::reap_last() {
  reap(cur_depth_);
  if (!job_.fixes.has(Fix::remainder_at_once)) return;
  const RoutineMark routine(job_);
  while (std::ranges::any_of(units_, [](const IoUnit& unit) { return unit.state == UnitState::queued; })) {
    routine.checkpoint({});
    reap(cur_depth_);
  }
}

void IoPipeline::cleanup_pending_aio() {
  if (job_.fixes.has(Fix::plain_end)) return reap_last();
  if (job_.spec.offload && !job_.fixes.has(Fix::offload_flush)) wait_for_unsubmitted();
  const bool always = job_.fixes.has(Fix::cleanup_aio);
  if (!always && job_.error != 0) return;
  if (reap(0) < 0 && !always) return;
  for (IoUnit& unit : units_) {
    if (unit.state != UnitState::queued || !engine_->cancel(unit.request)) continue;
    std::erase(uncommitted_, unit.index);
    put(unit);
  }
  if (cur_depth_ > 0) reap_last();
}

void IoPipeline::put_requeued() {
  if (!job_.fixes.has(Fix::requeue_put)) return;
  for (const std::uint32_t index : requeued_) {
    if (units_[index].has_put) return job_.program_dies("an I/O is put whose zones were freed");
  }
}

void IoPipeline::release_everything() {
  announce_commits();
  const auto queued = [](const IoUnit& unit) { return unit.state == UnitState::queued; };
  while (std::any_of(units_.begin(), units_.end(), queued)) {
    const int taken = engine_->reap(std::span(reaped_), 1);
    if (taken <= 0) break;
    for (int i = 0; i < taken; ++i) {
      IoUnit& unit = units_[reaped_[static_cast<std::size_t>(i)]->tag];
      become(unit, UnitState::free);
      tell(IoStep::reap, unit);
      tell(IoStep::put, unit);
    }
  }
  for (IoUnit& unit : units_) {
    if (unit.hold.held()) unit.hold.unlock();
  }
}

}  // namespace zoneknot::core
