#include "core/workload/io_pipeline.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <functional>

#include "core/workload/jobs_in_flight.h"
#include "core/workload/write_recovery.h"
#include "core/workload/zone_callbacks.h"
#include "core/workload/zone_reset.h"

namespace zoneknot::core {

IoPipeline::IoPipeline(JobContext& job, std::unique_ptr<IoEngine> engine, DataCheck& check, DepthSearch& depths)
    : job_(job),
      check_(check),
      depths_(depths),
      clock_(job.world.clock()),
      latency_decides_(job.spec.max_latency_ns != 0 || job.spec.latency_target_ns != 0),
      units_(job.spec.iodepth),
      reaped_(job.spec.iodepth),
      engine_(std::move(engine)) {
  if (job.world.moves_data()) {
    buffers_ = IoBuffers(units_.size(), job.spec.largest_bs());
    engine_->use_buffers(buffers_.memory());
  }
  free_.reserve(units_.size());
  for (std::uint32_t i = 0; i < units_.size(); ++i) {
    units_[i].index = units_[i].request.tag = i;
    units_[i].buffer = buffers_.at(i);
    free_.push_back(i);
  }
}

void IoPipeline::become(IoUnit& unit, UnitState state) {
  assert(may_become(unit.state, state));
  unit.state = state;
}

void IoPipeline::tell(IoStep step, const IoUnit& unit, Site site) {
  const IoEvent event{.step = step,
                      .direction = unit.request.direction,
                      .offset = unit.request.offset,
                      .length = unit.request.length,
                      .unit = unit.index,
                      .holds_zone = unit.hold.held(),
                      .error = unit.request.error};
  job_.world.observer().io(job_.runtime().current(), event, site);
}

IoUnit* IoPipeline::take() {
  if (free_.empty()) return nullptr;
  std::pop_heap(free_.begin(), free_.end(), std::greater<>());
  IoUnit& unit = units_[free_.back()];
  free_.pop_back();
  become(unit, UnitState::taken);
  unit.placed = false;
  unit.issued = false;
  unit.drawn_offset = 0;
  unit.full_length = 0;
  unit.request.file = 0;
  unit.request.offset = 0;
  unit.request.length = 0;
  unit.request.buffer = unit.buffer;
  unit.request.error = 0;
  unit.request.transferred = 0;
  ++cur_depth_;
  return &unit;
}

IoUnit* IoPipeline::take_requeued() {
  if (requeued_.empty()) return nullptr;
  IoUnit& unit = units_[requeued_.front()];
  requeued_.erase(requeued_.begin());
  become(unit, UnitState::taken);
  ++cur_depth_;
  return &unit;
}

void IoPipeline::requeue(IoUnit& unit) {
  become(unit, UnitState::requeued);
  requeued_.push_back(unit.index);
  --cur_depth_;
  tell(IoStep::requeue, unit);
}

void IoPipeline::put(IoUnit& unit) {
  const OnFile file(job_, unit.request.file);
  put_zone(job_, unit);
  tell(IoStep::put, unit);
  become(unit, UnitState::free);
  unit.has_queue_done = false;
  unit.hold = ZoneHold();  // what is still held here was never given back: the hold reports it
  free_.push_back(unit.index);
  std::push_heap(free_.begin(), free_.end(), std::greater<>());
  --cur_depth_;
}

std::uint64_t IoPipeline::time_for_latency() const { return latency_decides_ ? clock_.now_ns() : clock_.stamp_ns(); }

bool IoPipeline::issue(IoUnit& unit) {
  const OnFile file(job_, unit.request.file);
  // `serialize_overlap`: as if the device were busy, but with lock and callbacks.
  if (job_.spec.serialize_overlap && overlaps_one_in_flight(unit)) {
    if (!job_.fixes.has(Fix::overlap_quiesces)) {
      requeue(unit);
      commit();
      return true;
    }
    quiesce();
  }
  unit.request.to_device = goes_to_device(unit.request);
  if (!unit.issued) job_.stats.last_issue_ns = unit.issue_ns = time_for_latency();
  const QueueStatus status = engine_->queue(unit.request);
  if (unit.request.direction == Direction::trim && status == QueueStatus::completed && unit.request.error == 0) {
    if (job_.fixes.has(Fix::trim_resets)) reset_by_trim(job_, unit.request.offset);
  }
  if (unit.has_queue_done) {
    unit.has_queue_done = false;
    queue_done(job_, unit, status);
  }
  if (!unit.issued && status != QueueStatus::busy) {
    unit.issued = true;
    ++ios_issued_;
    // The writes alone of a job that trims before it writes count towards its size.
    const bool counts = !job_.spec.writes || unit.request.direction != Direction::trim;
    if (unit.purpose == UnitPurpose::work && counts) bytes_issued_ += unit.full_length;
  }
  switch (status) {
    case QueueStatus::queued:
      become(unit, UnitState::queued);
      ++queued_;
      bytes_queued_ += unit.request.length;
      uncommitted_.push_back(unit.index);
      tell(IoStep::queue, unit);
      if (queued_ >= job_.spec.batch) commit();
      return false;
    case QueueStatus::completed:
      ended_inside_queue(unit);
      return false;
    case QueueStatus::busy:
      requeue(unit);
      commit();
      return true;
  }
  return false;
}

// A SYNC or TRIM that this release hands to the device like any other I/O. Once the device has refused a TRIM no other
// is.
bool IoPipeline::goes_to_device(const IoRequest& request) const {
  if (request.direction == Direction::sync) return job_.fixes.has(Fix::async_sync);
  return request.direction == Direction::trim && job_.fixes.has(Fix::async_trim) && !trim_refused_;
}

// The device has no such command: a file never has. What it refuses counts as done, without a byte and without a reset.
bool IoPipeline::refuses_trim(const IoRequest& request) const {
  if (request.direction != Direction::trim || !request.to_device) return false;
  return job_.table().emulated() || request.error == EOPNOTSUPP;
}

void IoPipeline::ended_inside_queue(IoUnit& unit) {
  IoRequest& request = unit.request;
  const bool short_transfer = request.error == 0 && request.transferred < request.length;
  if (short_transfer && request.transferred > 0) {
    request.offset += request.transferred;
    request.length -= request.transferred;
    if (request.buffer != nullptr) request.buffer += request.transferred;
    request.transferred = 0;
    requeue(unit);
    return;
  }
  if (short_transfer) request.error = EIO;
  request.transferred = unit.full_length;
  ended(unit);
}

// The engine has handed over what it had, so that the observer hears of commits that happen inside reap, too.
void IoPipeline::announce_commits() {
  for (const std::uint32_t index : uncommitted_) tell(IoStep::commit, units_[index]);
  uncommitted_.clear();
}

void IoPipeline::commit() {
  if (queued_ == 0 || cur_depth_ == 0) return;
  announce_commits();
  const int error = engine_->commit();
  if (error != 0) job_.fail(error);
  set_in_flight(in_flight_ + queued_);
  queued_ = 0;
}

// What other jobs see of it is whether there is any.
void IoPipeline::set_in_flight(std::uint32_t count) {
  const bool before = in_flight_ != 0;
  in_flight_ = count;
  if (job_.in_flight != nullptr && before != (count != 0)) job_.in_flight->of(job_.number).write(count != 0);
}

bool IoPipeline::tolerates(Direction direction, int error) const {
  const ErrorTolerance& tolerance = job_.spec.continue_on_error;
  if (error == EILSEQ) return tolerance.verify;
  if (error != EIO) return false;
  return direction == Direction::read ? tolerance.read : tolerance.write;
}

// Accounts for an I/O that has ended, and puts it. True: its error ends the job.
bool IoPipeline::ended(IoUnit& unit) {
  const IoRequest& request = unit.request;
  DirectionStats& stats = job_.stats.of(request.direction);
  int error = request.error;
  if (error == 0 && request.direction == Direction::read) error = check_.check(unit);
  bool fatal = false;
  if (error != 0) {
    ++stats.errors;
    if (request.direction == Direction::write) check_.write_failed(unit);
    fatal = !tolerates(request.direction, error);
    if (fatal) job_.fail(error);
  } else {
    ++stats.ios;
    stats.bytes += request.transferred;
    const std::uint64_t latency = time_for_latency() - unit.issue_ns;
    stats.latency.add(latency);
    depths_.completed(latency);
    if (request.direction == Direction::write) check_.write_ended(unit);
    last_ended_ = request.direction;
    if (job_.spec.max_latency_ns != 0 && latency > job_.spec.max_latency_ns) {
      fatal = true;
      job_.fail(ETIMEDOUT);
    }
    // What is read back to verify counts too: towards io_size, number_ios and thinktime_blocks.
    if (request.direction != Direction::sync) {
      bytes_completed_ += request.transferred;
      if (request.direction == Direction::write) bytes_written_ += request.transferred;
      ++ios_completed_;
    }
  }
  put(unit);
  return fatal;
}

// Since fio 3.22 the rest of a short transfer is queued again, and keeps its zone and its put until then. True: the
// unit has not ended.
bool IoPipeline::requeue_rest(IoUnit& unit) {
  IoRequest& request = unit.request;
  if (request.error != 0 || request.transferred == 0 || request.transferred >= request.length) return false;
  if (request.offset + request.transferred >= job_.table().device_end()) return false;
  request.offset += request.transferred;
  request.length -= request.transferred;
  if (request.buffer != nullptr) request.buffer += request.transferred;
  request.transferred = 0;
  if (!job_.fixes.has(Fix::remainder_at_once)) {
    requeue(unit);
    return true;
  }
  become(unit, UnitState::requeued);  // and off the list at once
  become(unit, UnitState::taken);
  if (issue(unit)) give_zone_back(job_, unit);
  return true;
}

bool IoPipeline::overlaps_one_in_flight(const IoUnit& unit) const {
  if (job_.spec.iodepth == 1) return false;
  const IoRequest& io = unit.request;
  return std::ranges::any_of(units_, [&](const IoUnit& other) {
    return other.state == UnitState::queued && other.request.file == io.file &&
           other.request.offset < io.offset + io.length && io.offset < other.request.offset + other.request.length;
  });
}

// A wait that a signal breaks goes on. Before fio 3.35 libaio waited for as many again as at first, which at the last
// reap are more than there are.
int IoPipeline::wait_for(std::uint32_t min, std::uint32_t max) {
  const bool for_rest = job_.spec.engine != EngineKind::libaio || job_.fixes.has(Fix::reap_rest);
  int taken = engine_->reap(std::span(reaped_).first(max), min);
  for (int more = taken; more > 0 && static_cast<std::uint32_t>(taken) < min; taken += more) {
    const std::uint32_t missing = min - static_cast<std::uint32_t>(taken);
    more =
        engine_->reap(std::span(reaped_).first(max).subspan(static_cast<std::size_t>(taken)), for_rest ? missing : min);
    if (more < 0) return more;
  }
  return taken;
}

int IoPipeline::reap(std::uint32_t min) {
  if (job_.done && !job_.fixes.has(Fix::reap_when_done)) return 0;
  min = std::min(min, cur_depth_);
  const std::uint32_t max = std::max(min, std::min(job_.spec.complete_max, cur_depth_));
  if (max == 0) return 0;
  if (min > 0 && job_.fixes.has(Fix::commit_in_reap)) commit();
  if (min > 0) announce_commits();
  const int taken = wait_for(min, max);
  if (taken < 0) {
    job_.fail(-taken);
    return -1;
  }
  bool fatal = false;
  set_in_flight(in_flight_ - static_cast<std::uint32_t>(taken));
  for (int i = 0; i < taken; ++i) {
    IoUnit& unit = units_[reaped_[static_cast<std::size_t>(i)]->tag];
    const OnFile file(job_, unit.request.file);
    tell(IoStep::reap, unit);
    if (job_.fixes.has(Fix::short_requeue) && requeue_rest(unit)) continue;
    if (refuses_trim(unit.request)) {
      trim_refused_ = true;
      unit.request.error = 0;
      unit.request.transferred = 0;
    }
    if (unit.request.error != 0 && unit.request.direction == Direction::write) mend_zone(job_, unit);
    unit.request.transferred += unit.full_length - unit.request.length;  // what queue() had done of it
    fatal |= ended(unit);
  }
  return fatal ? -1 : taken;
}

int IoPipeline::quiesce() {
  const bool reap_all = job_.fixes.has(Fix::quiesce_all);
  if (queued_ != 0 || cur_depth_ != 0) commit();
  int reaped = 0;
  int error = 0;
  const RoutineMark routine(job_);
  while (in_flight_ > 0) {
    routine.checkpoint({reaped > 0, static_cast<std::uint64_t>(error)});  // how many were reaped decides nothing
    const int result = reap(1);
    if (result > 0) {
      reaped += result;
    } else if (result < 0) {
      error = result;
      if (!reap_all) break;
    }
  }
  return reaped > 0 ? reaped : error;
}

bool IoPipeline::writes(std::uint64_t sequence) const {
  return std::any_of(units_.begin(), units_.end(), [&](const IoUnit& unit) {
    return unit.state != UnitState::free && unit.request.direction == Direction::write &&
           unit.verify_sequence == sequence;
  });
}

std::uint32_t IoPipeline::unput_ios(const Zone& zone) const {
  return static_cast<std::uint32_t>(std::count_if(units_.begin(), units_.end(), [&](const IoUnit& unit) {
    return unit.hold.held() && &unit.hold.zone() == &zone;
  }));
}

}  // namespace zoneknot::core
