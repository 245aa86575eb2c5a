#include "core/workload/job.h"

#include <algorithm>
#include <cerrno>

#include "core/random.h"
#include "core/semaphore.h"
#include "core/workload/zone_start.h"

namespace zoneknot::core {
namespace {

// Points at an object for as long as that lives, however it ends.
template <class T>
class InUse {
 public:
  InUse(T*& pointer, T& object) : pointer_(pointer) { pointer_ = &object; }
  ~InUse() { pointer_ = nullptr; }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;

 private:
  T*& pointer_;
};

std::vector<FileOfJob> files_of(const JobSpec& spec, FixSet fixes, const std::vector<ZoneTable*>& tables) {
  std::vector<FileOfJob> files;
  files.reserve(tables.size());
  for (ZoneTable* const table : tables) {
    files.push_back(file_of_job(*table, range_of_job(spec, table->initial_report(), fixes)));
  }
  return files;
}

}  // namespace

Job::Machinery::Machinery(JobContext& job, Verifier& verifier, FlowGroup* group)
    : depths(job),
      pipeline(job, job.world.open_engine(job.spec), verifier, depths),
      locking(job, pipeline),
      resets(job, locking),
      adjuster(job, pipeline, locking, resets),
      pace(job, pipeline),
      chooser(job, resets, pace, job.world.open_random(job.random_seed)),
      turns(job),
      flow(job, pipeline, group) {}

Job::Job(World& world, const JobSpec& spec, FixSet fixes, const std::vector<ZoneTable*>& tables, StopFlags stop,
         FlowGroup* flow, std::uint32_t number)
    : job_{.world = world,
           .spec = spec,
           .fixes = fixes,
           .files = files_of(spec, fixes, tables),
           .random_seed = SplitMix64::mix(spec.randseed + number),
           .stats = {},
           .stop = stop.own},
      stop_(std::move(stop)),
      flow_(flow),
      verifier_(job_, number) {
  job_.verifier = &verifier_;
}

void Job::prepare(JobsInFlight* in_flight, std::size_t number) {
  job_.in_flight = in_flight;
  job_.number = number;
  for (std::uint32_t file = 0; file < job_.files.size(); ++file) {
    const OnFile on(job_, file);
    refused_ |= !list_reported_open(job_);
    if (refused_) job_.fail(EINVAL);
    sum_data_at_setup(job_);
  }
}

void Job::run() {
  job_.begin = job_.runtime().mark();
  job_.live = this;
  job_.sleep(job_.spec.start_delay_ns);
  const Clock& clock = job_.world.clock();
  job_.stats.begin_ns = job_.has_times() ? clock.now_ns() : clock.stamp_ns();
  {
    Machinery machinery(job_, verifier_, flow_);
    const InUse in_use(machinery_, machinery);
    start_workers();
    if (!refused_ && !job_.spec.create_only) rounds();
    job_.bytes_done = std::max(machinery.pipeline.bytes_issued(), machinery.pipeline.bytes_completed());
    for (std::uint32_t file = 0; file < job_.files.size() && !job_.aborted; ++file) {
      const OnFile on(job_, file);
      machinery.locking.delist_own();
    }
    if (!job_.aborted) machinery.pipeline.put_requeued();
    machinery.flow.leave();
    if (job_.aborted) machinery.pipeline.release_everything();
    for (const FileOfJob& file : job_.files) const ScopedLock reference_count(file.table.mutex);
  }
  job_.stats.end_ns = job_.world.clock().stamp_ns();
  job_.ended = true;
  if (job_.spec.exitall || (job_.spec.exitall_on_error && job_.error != 0)) {
    for (Shared<bool>* stop : stop_.raised) stop->write(true);
  }
  job_.landmark();
}

// io_submit_mode=offload before fio 3.42: the flags of workers that have begun by then are overwritten, and the job
// waits for ever for one that says that it has. Whether it comes to that is a race, here a draw.
void Job::start_workers() {
  if (!job_.spec.offload || job_.spec.iodepth == 1 || job_.fixes.has(Fix::worker_flag)) return;
  if (job_.world.open_random(job_.random_seed)->below(2) == 0) return;
  Semaphore(job_.runtime(), "start of a worker", 0).acquire();
}

std::uint64_t Job::limit() const {
  const JobSpec& spec = job_.spec;
  if (spec.io_size != 0) return spec.io_size;
  return spec.size != 0 ? spec.size : job_.bytes_in_range();
}

void Job::rounds() {
  IoPipeline& pipeline = machinery_->pipeline;
  for (round_.number = 1; round_.number == 1 || another_round(); ++round_.number) {
    if (round_.number > 1) {
      job_.checkpoint();
      // Seen of fio: it is rounded up before the first round alone.
      for (FileOfJob& file : job_.files) {
        const std::uint64_t rounded = range_of_job(job_.spec, file.table.initial_report(), job_.fixes).base;
        file.range.base = job_.fixes.has(Fix::round_base) ? rounded : job_.spec.offset;
      }
      machinery_->chooser.new_round();
    }
    close_files();
    for (FileOfJob& file : job_.files) file.done = file.out_of_blocks = false;
    round_.bytes_completed_before = pipeline.bytes_completed();
    round_.bytes_queued_before = pipeline.bytes_queued();
    round_.bytes_written_before = pipeline.bytes_written();
    main_loop();
    end_of_loop();
    if (!failed() && !job_.done) final_sync();
    if (!failed() && !job_.done && job_.spec.verify != VerifyKind::none && job_.spec.do_verify) verify_phase();
  }
}

// Asked before each round but the first, while round_ still has the counts of the one before.
bool Job::another_round() const {
  const JobSpec& spec = job_.spec;
  const IoPipeline& pipeline = machinery_->pipeline;
  if (failed() || job_.done || job_.world.limit_reached(pipeline.bytes_completed() == round_.bytes_completed_before))
    return false;
  if (job_.stopped()) return false;
  if (spec.time_based) return !job_.time_over();
  if (!job_.world.limit_reached(round_.number > spec.loops)) return true;
  // Seen of fio: with a synchronous engine, or with verify_backlog, and do_verify=0 a single loop is all there is,
  // whatever io_size says.
  const bool backlog = spec.verify != VerifyKind::none && spec.verify_backlog != 0;
  if ((!pipeline.asynchronous() || backlog) && !spec.do_verify && spec.loops == 1) return false;
  const bool ios_left = spec.number_ios == 0 || pipeline.ios_completed() < spec.number_ios * spec.loops;
  const bool bytes_left = pipeline.bytes_completed() + spec.largest_bs() <= limit();
  return !job_.world.limit_reached(!ios_left || !bytes_left) && (spec.io_size != 0 || !all_files_done());
}

bool Job::work_left() const {
  const JobSpec& spec = job_.spec;
  const bool queues_without_end =
      spec.time_based && (spec.verify == VerifyKind::none || !machinery_->pipeline.asynchronous());
  const bool endless = spec.max_ios == 0 && queues_without_end;
  return endless || !job_.world.limit_reached(!budget_left());
}

bool Job::budget_left() const {
  const JobSpec& spec = job_.spec;
  const IoPipeline& pipeline = machinery_->pipeline;
  if (spec.max_ios != 0 && prepared_ >= spec.max_ios) return false;
  const bool has_verify = spec.verify != VerifyKind::none;
  if (pipeline.asynchronous() && !(spec.time_based && !has_verify)) {
    const bool spread_writer = spec.random && spec.writes && !job_.keeps_map();
    const std::uint64_t size = spec.size != 0 ? spec.size : job_.bytes_in_range();
    std::uint64_t most = spread_writer ? std::max(size, spec.io_size) : size;
    if (spec.writes && has_verify && spec.verify_backlog != 0) most += size;
    if (pipeline.bytes_queued() - round_.bytes_queued_before >= most) return false;
  }
  if (spec.time_based) return true;
  if (pipeline.bytes_issued() >= limit() * spec.loops) return false;
  return spec.number_ios == 0 || pipeline.ios_completed() + pipeline.ios_under_way() < spec.number_ios * spec.loops;
}

// What keeps the main loop from another pass.
LoopEnd Job::loop_end() const {
  if (!work_left()) return LoopEnd::work_done;
  if (job_.stopped()) return LoopEnd::stopped;
  if (all_files_done()) return LoopEnd::file_done;
  return job_.time_over() ? LoopEnd::time_over : LoopEnd::none;
}

void Job::main_loop() {
  part_ = Part::main_loop;
  while ((job_.loop_end = loop_end()) == LoopEnd::none) {
    job_.checkpoint();
    if (machinery_->flow.ahead()) continue;
    IoUnit* unit = next_unit();
    if (unit == nullptr || !issue_and_reap(*unit)) break;
    job_.done = machinery_->depths.over();
    if (job_.done) break;
    machinery_->pace.think();
    if (machinery_->pace.too_slow()) {
      job_.fail(EIO);
      break;
    }
    if (job_.spec.ramp_time_ns != 0) end_ramp();
  }
  job_.verifying = false;
}

IoUnit* Job::next_unit() {
  IoPipeline& pipeline = machinery_->pipeline;
  if (IoUnit* unit = pipeline.take_requeued()) return unit;
  if (job_.spec.verify_backlog != 0) {
    if (IoUnit* unit = next_backlog_read()) return unit;
  }
  IoUnit* unit = pipeline.take();
  if (unit == nullptr) return nullptr;
  unit->purpose = UnitPurpose::work;
  if (!fill_in_turn(*unit)) {
    pipeline.put(*unit);
    job_.loop_end = LoopEnd::file_done;
    return nullptr;
  }
  ++prepared_;
  // A pure reader with `verify` replays the order of writes from its second read on.
  const bool reads_back = job_.spec.verify != VerifyKind::none && !job_.spec.mixed();
  job_.verifying = reads_back && unit->request.direction == Direction::read;
  return unit;
}

// Readies the next I/O, in the file whose turn it is; one that has no place for it is done with. False: all are.
bool Job::fill_in_turn(IoUnit& unit) {
  while (const auto file = machinery_->turns.next()) {
    const OnFile on(job_, *file);
    unit.request.file = *file;
    if (fill(unit)) return true;
    job_.at_hand().open = false;
    job_.at_hand().done = true;
    if (job_.aborted) return false;
  }
  return false;
}

// Chooses, adjusts and readies the next I/O in the file at hand. False: there is none any more.
bool Job::fill(IoUnit& unit) {
  if (!job_.at_hand().open) open_file();
  if (job_.aborted || !machinery_->chooser.choose(unit)) return false;
  job_.landmark();
  IoRequest& io = unit.request;
  job_.last_chosen = io.direction;
  if (io.direction != Direction::sync) {
    job_.at_hand().out_of_blocks = machinery_->adjuster.adjust_block(unit) == Adjusted::eof;
    if (job_.at_hand().out_of_blocks || job_.aborted) return false;
    if (io.offset + io.length > job_.table().device_end()) return false;
  }
  unit.full_length = io.length;
  machinery_->chooser.accepted(unit);
  machinery_->pace.prepared(io.direction, io.length);
  unit.placed = true;
  const bool logged = io.direction == Direction::write && job_.spec.verify != VerifyKind::none;
  if (logged && part_ != Part::verify) verifier_.prepare_write(unit);
  job_.world.observer().io(job_.runtime().current(),
                           {.step = IoStep::prepare,
                            .direction = io.direction,
                            .offset = io.offset,
                            .length = io.length,
                            .unit = unit.index,
                            .holds_zone = unit.hold.held()},
                           Site::current());
  return true;
}

void Job::open_file() {
  job_.at_hand().open = true;
  machinery_->resets.file_reset();
}

void Job::close_files() {
  for (FileOfJob& file : job_.files) file.open = false;
}

// Issues a unit and reaps where the protocol says so. False: the loop is left.
bool Job::issue_and_reap(IoUnit& unit) {
  IoPipeline& pipeline = machinery_->pipeline;
  const JobSpec& spec = job_.spec;
  const Direction direction = unit.request.direction;
  job_.landmark();
  const bool busy = pipeline.issue(unit);
  job_.landmark({static_cast<std::uint64_t>(direction), busy});
  // An error that an earlier reap or reset has left is judged by the I/O that was queued now, too.
  if (pipeline.tolerates(direction, job_.error)) job_.error = 0;
  if (failed()) return false;
  const bool full = pipeline.no_slot_free();
  const bool polling = spec.complete_min == 0 && spec.complete_max == 0;
  if (!full && !polling && !(busy && pipeline.cur_depth() > 0)) return true;
  const std::uint32_t low = spec.iodepth_low == 0 ? spec.iodepth : spec.iodepth_low;
  do {
    job_.landmark({full});
    const std::uint32_t min = spec.complete_min == 0 ? 1 : std::min(spec.complete_min, pipeline.cur_depth());
    if (pipeline.reap(min) < 0) return false;
  } while (full && pipeline.cur_depth() > low);
  return true;
}

// What was done up to here is no part of the statistics.
void Job::end_ramp() {
  if (ramp_over_) return;
  if (job_.world.clock().stamp_ns() - job_.stats.begin_ns < job_.spec.ramp_time_ns) return;
  ramp_over_ = true;
  job_.ios_of_ramp = job_.stats.ios_or_errors();
  job_.stats.by_direction = {};
}

void Job::end_of_loop() {
  IoPipeline& pipeline = machinery_->pipeline;
  if (job_.aborted) return;
  job_.landmark();
  if (job_.error == 0) {
    pipeline.reap_last();  // the result is not looked at
  } else {
    pipeline.cleanup_pending_aio();
  }
}

// `end_fsync`, with all own I/O reaped. A file that was closed is opened again for it: seen of fio, before a unit is
// taken, so that a commit does nothing then.
void Job::final_sync() {
  if (!job_.spec.end_fsync || !job_.spec.writes) return;
  part_ = Part::final_sync;
  for (std::uint32_t file = 0; file < job_.files.size() && !failed(); ++file) sync_file(file);
}

void Job::sync_file(std::uint32_t file) {
  const OnFile on(job_, file);
  if (!job_.at_hand().open) open_file();
  IoUnit* unit = machinery_->pipeline.take();
  if (unit == nullptr) return;
  unit->request.file = file;
  unit->purpose = UnitPurpose::work;
  unit->request.direction = Direction::sync;
  unit->request.offset = 0;
  unit->request.length = 0;
  unit->full_length = 0;
  machinery_->pipeline.issue(*unit);
  end_of_loop();
}

// Everything but the statistics.
void Job::describe(StateSink& sink) const {
  if (machinery_ == nullptr) return;
  machinery_->pipeline.describe(sink);
  machinery_->chooser.describe(sink);
  machinery_->pace.describe(sink);
  machinery_->flow.describe(sink);
  machinery_->depths.describe(sink);
  verifier_.describe(sink);
  sink.add(static_cast<std::uint64_t>(job_.error));
  sink.add((job_.aborted ? 1U : 0U) | (job_.verifying ? 2U : 0U) | (job_.done ? 16U : 0U));
  machinery_->turns.describe(sink);
  if (job_.has_several_files()) sink.add(job_.file);
  for (const FileOfJob& file : job_.files) {
    sink.add((file.open ? 1U : 0U) | (file.done ? 2U : 0U));
    sink.add(file.range.base);
    if (job_.fixes.has(Fix::first_write_own)) sink.add(file.has_written ? 1 : 0);
  }
  if (job_.spec.verify_backlog != 0) sink.add(backlog_left_);
  sink.add(static_cast<std::uint64_t>(part_));
  for (const std::uint64_t count :
       {prepared_, round_.number, round_.bytes_completed_before, round_.bytes_queued_before}) {
    sink.count(count);
  }
  if (job_.spec.experimental_verify) {
    sink.count(machinery_->pipeline.bytes_written());
    sink.count(round_.bytes_written_before);
    sink.count(round_.bytes_before_verify);
  }
  if (machinery_->pace.uses_time()) sink.add(job_.stats.begin_ns);
  // Nobody asks for it but a limit.
  if (job_.fixes.has(Fix::device_limit) && job_.job_limit() > 0) sink.count(job_.opened);
}

}  // namespace zoneknot::core
