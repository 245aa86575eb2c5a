#include "core/workload/io_pipeline.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <functional>

#include "core/workload/jobs_in_flight.h"
#include "core/workload/zone_callbacks.h"
#include "core/workload/zone_reset.h"

namespace zoneknot::core {
namespace {

// Values and no counts of work, which a proof leaves out.
struct ValueSink final : StateSink {
  void add(std::uint64_t value) override { values.push_back(value); }
  void count(std::uint64_t) override {}
  std::vector<std::uint64_t> values;
};

}  // namespace

IoPipeline::IoPipeline(JobContext& job, std::unique_ptr<IoEngine> engine, DataCheck& check, DepthSearch& depths)
    : job_(job),
      check_(check),
      depths_(depths),
      units_(job.spec.iodepth),
      reaped_(job.spec.iodepth),
      engine_(std::move(engine)) {
  if (job.world.moves_data()) buffers_ = IoBuffers(units_.size(), job.spec.largest_bs());
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
  put_zone(job_, unit);
  tell(IoStep::put, unit);
  become(unit, UnitState::free);
  unit.has_queue_done = false;
  unit.hold = ZoneHold();  // what is still held here was never given back: the hold reports it
  free_.push_back(unit.index);
  std::push_heap(free_.begin(), free_.end(), std::greater<>());
  --cur_depth_;
}

// A time that decides something where latencies do.
std::uint64_t IoPipeline::time_for_latency() const {
  const Clock& clock = job_.world.clock();
  return job_.spec.max_latency_ns != 0 || job_.spec.latency_target_ns != 0 ? clock.now_ns() : clock.stamp_ns();
}

bool IoPipeline::issue(IoUnit& unit) {
  // `serialize_overlap`: as if the device were busy, but with lock and callbacks.
  if (job_.spec.serialize_overlap && overlaps_one_in_flight(unit)) {
    requeue(unit);
    commit();
    return true;
  }
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
    // Of a job that trims before it writes the writes alone count towards its size.
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

// Since fio 3.22 the rest of a short transfer is queued again, and keeps its zone and its put until then.
bool IoPipeline::requeue_rest(IoUnit& unit) {
  IoRequest& request = unit.request;
  if (request.error != 0 || request.transferred == 0 || request.transferred >= request.length) return false;
  if (request.offset + request.transferred >= job_.table.device_end()) return false;
  request.offset += request.transferred;
  request.length -= request.transferred;
  if (request.buffer != nullptr) request.buffer += request.transferred;
  request.transferred = 0;
  requeue(unit);
  return true;
}

bool IoPipeline::overlaps_one_in_flight(const IoUnit& unit) const {
  if (job_.spec.iodepth == 1) return false;
  const IoRequest& io = unit.request;
  return std::ranges::any_of(units_, [&](const IoUnit& other) {
    return other.state == UnitState::queued && other.request.offset < io.offset + io.length &&
           io.offset < other.request.offset + other.request.length;
  });
}

int IoPipeline::reap(std::uint32_t min) {
  if (job_.done) return 0;
  min = std::min(min, cur_depth_);
  const std::uint32_t max = std::max(min, std::min(job_.spec.complete_max, cur_depth_));
  if (max == 0) return 0;
  if (min > 0) announce_commits();
  const int taken = engine_->reap(std::span(reaped_).first(max), min);
  if (taken < 0) {
    job_.fail(-taken);
    return -1;
  }
  bool fatal = false;
  set_in_flight(in_flight_ - static_cast<std::uint32_t>(taken));
  for (int i = 0; i < taken; ++i) {
    IoUnit& unit = units_[reaped_[static_cast<std::size_t>(i)]->tag];
    tell(IoStep::reap, unit);
    if (job_.fixes.has(Fix::short_requeue) && requeue_rest(unit)) continue;
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

void IoPipeline::cleanup_pending_aio() {
  if (job_.fixes.has(Fix::plain_end)) {
    reap(cur_depth_);
    return;
  }
  const bool always = job_.fixes.has(Fix::cleanup_aio);
  if (!always && job_.error != 0) return;
  if (reap(0) < 0 && !always) return;
  for (IoUnit& unit : units_) {
    if (unit.state != UnitState::queued || !engine_->cancel(unit.request)) continue;
    std::erase(uncommitted_, unit.index);
    put(unit);
  }
  if (cur_depth_ > 0) reap(cur_depth_);
}

bool IoPipeline::writes(std::uint64_t sequence) const {
  return std::any_of(units_.begin(), units_.end(), [&](const IoUnit& unit) {
    return unit.state != UnitState::free && unit.request.direction == Direction::write &&
           unit.verify_sequence == sequence;
  });
}

void IoPipeline::put_requeued() {
  if (!job_.fixes.has(Fix::requeue_put)) return;
  for (const std::uint32_t index : requeued_) {
    if (units_[index].has_put) return job_.program_dies("an I/O is put whose zones were freed");
  }
}

std::uint32_t IoPipeline::unput_ios(const Zone& zone) const {
  return static_cast<std::uint32_t>(std::count_if(units_.begin(), units_.end(), [&](const IoUnit& unit) {
    return unit.hold.held() && &unit.hold.zone() == &zone;
  }));
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

// What decides where a drawn WRITE will go: in a zone with a write pointer it is moved there, and its own offset only
// leads to that zone, or to one of those that are open.
void IoPipeline::describe_drawn(const IoUnit& unit, StateSink& sink) const {
  const std::uint64_t offset = unit.request.offset;
  const Zone* zone = job_.table.zone_at(offset);
  if (job_.keeps_map() || zone == nullptr || zone->conventional()) {
    sink.add(offset);
    sink.add(unit.drawn_offset);
    return;
  }
  sink.add(offset / job_.table.zone_size());
  for (std::uint32_t count = 1; count <= job_.spec.open_zone_limit(); ++count)
    sink.add(job_.list_position(offset, count));
}

// A free unit's contents mean nothing; what the engine writes into the request of a queued one is not the job's yet.
// Once that has reached the device, only its zone counts.
void IoPipeline::describe_unit(const IoUnit& unit, StateSink& sink) const {
  const IoRequest& io = unit.request;
  sink.add(static_cast<std::uint64_t>(unit.state));
  if (unit.state == UnitState::free) return;
  sink.add(static_cast<std::uint64_t>(unit.purpose) << 8U | static_cast<std::uint64_t>(io.direction));
  const bool drawn = unit.state == UnitState::taken && !unit.placed;
  const bool offset_counts = unit.state != UnitState::queued || job_.spec.verify != VerifyKind::none ||
                             std::find(uncommitted_.begin(), uncommitted_.end(), unit.index) != uncommitted_.end();
  if (drawn && job_.spec.random && io.direction == Direction::write) {
    describe_drawn(unit, sink);
  } else {
    sink.add(offset_counts ? io.offset : io.offset / job_.table.zone_size());
    if (drawn) sink.add(unit.drawn_offset);
  }
  sink.add(io.length);
  sink.add(unit.full_length);
  sink.count(unit.verify_sequence);
  // `placed` is left out: no routine but this one looks at it, and the place of a mark says what it is there.
  sink.add((unit.issued ? 1U : 0U) | (unit.has_queue_done ? 2U : 0U) | (unit.has_put ? 4U : 0U));
  sink.add(unit.hold.held() ? unit.hold.zone().index : kNoId);
  if (job_.spec.max_latency_ns != 0 || job_.spec.latency_target_ns != 0) sink.add(unit.issue_ns);
  if (unit.state == UnitState::queued) return;
  sink.add(static_cast<std::uint64_t>(io.error));
  sink.add(io.transferred);
}

// For a proof: I/Os that differ in nothing but their number are one to it. Which of them the lists name is told with
// each.
void IoPipeline::describe_without_numbers(StateSink& sink) const {
  std::vector<std::vector<std::uint64_t>> all;
  for (const IoUnit& unit : units_) {
    if (unit.state == UnitState::free) continue;
    ValueSink values;
    describe_unit(unit, values);
    for (const auto* list : {&requeued_, &uncommitted_}) {
      values.add(static_cast<std::uint64_t>(std::find(list->begin(), list->end(), unit.index) - list->begin()));
    }
    all.push_back(std::move(values.values));
  }
  std::sort(all.begin(), all.end());
  sink.add(all.size());
  for (const std::vector<std::uint64_t>& unit : all) {
    for (const std::uint64_t value : unit) sink.add(value);
  }
}

// The order of free_ decides nothing.
void IoPipeline::describe(StateSink& sink) const {
  if (job_.world.remembers_places()) {
    for (const IoUnit& unit : units_) describe_unit(unit, sink);
    for (const auto* list : {&requeued_, &uncommitted_}) {
      sink.add(list->size());
      for (const std::uint32_t index : *list) sink.add(index);
    }
  } else {
    describe_without_numbers(sink);
  }
  for (const std::uint32_t counter : {queued_, in_flight_, cur_depth_}) sink.add(counter);
  for (const std::uint64_t total : {bytes_issued_, bytes_queued_, bytes_completed_, ios_completed_}) sink.count(total);
  if (job_.spec.thinktime_counts_issued) sink.count(ios_issued_);
  if (job_.spec.verify_backlog != 0) sink.add(last_ended_ ? static_cast<std::uint64_t>(*last_ended_) : kNoId);
}

}  // namespace zoneknot::core
