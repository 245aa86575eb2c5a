// What a job with `verify` reads back: while it writes, and in a phase of its own behind the main loop.
#include "core/workload/job.h"

namespace zoneknot::core {

// `verify_backlog`: what was written is read back, once it has ended, while more is written.
IoUnit* Job::next_backlog_read() {
  const JobSpec& spec = job_.spec;
  const bool reads_back = spec.verify != VerifyKind::none && spec.do_verify;
  if (!reads_back || machinery_->pipeline.no_slot_free()) return nullptr;
  if (job_.world.limit_reached(verifier_.log_empty())) return nullptr;
  if (backlog_left_ == 0) {
    const bool due = verifier_.log_size() % spec.verify_backlog == 0;
    if (!job_.world.limit_reached(due) || machinery_->pipeline.last_ended() == Direction::read) return nullptr;
    backlog_left_ = spec.verify_backlog_batch != 0 ? spec.verify_backlog_batch : spec.verify_backlog;
  }
  const auto logged = verifier_.next_ended();
  if (!logged && job_.world.limit_reached(true)) return nullptr;
  --backlog_left_;
  job_.verifying = true;
  return read_back(logged.value_or(Verifier::LoggedWrite{}));
}

// Reads back what this round has logged, without zone locks.
void Job::verify_phase() {
  part_ = Part::verify;
  job_.verifying = true;
  close_files();
  round_.bytes_before_verify = machinery_->pipeline.bytes_completed();
  while (!job_.stopped() && !job_.time_over()) {
    job_.checkpoint();
    IoUnit* unit = job_.spec.experimental_verify ? next_drawn_again() : next_verify_read();
    if (unit == nullptr || !issue_and_reap(*unit)) break;
  }
  end_of_loop();
  job_.verifying = false;
}

IoUnit* Job::next_verify_read() {
  IoPipeline& pipeline = machinery_->pipeline;
  if (IoUnit* unit = pipeline.take_requeued()) return unit;
  if (pipeline.no_slot_free() || job_.world.limit_reached(verifier_.log_empty())) return nullptr;
  // A proof goes on behind the end of the log: it does not know how long that is, and where these reads go decides
  // nothing.
  return read_back(verifier_.next_logged().value_or(Verifier::LoggedWrite{}));
}

// `experimental_verify`: an I/O is drawn and placed like those of the main loop, and a write becomes a READ. Seen of
// fio: nothing is rewound, so that this goes on behind the last write, until as much was read as had been written.
IoUnit* Job::next_drawn_again() {
  IoPipeline& pipeline = machinery_->pipeline;
  if (IoUnit* unit = pipeline.take_requeued()) return unit;
  for (;;) {
    job_.checkpoint();
    const std::uint64_t read = pipeline.bytes_completed() - round_.bytes_before_verify;
    const std::uint64_t written = pipeline.bytes_written() - round_.bytes_written_before;
    if (job_.world.limit_reached(read + job_.spec.smallest_bs() > written)) return nullptr;
    IoUnit* unit = pipeline.take();
    if (unit == nullptr) return nullptr;
    unit->purpose = UnitPurpose::verify_read;
    if (!fill(*unit)) {
      pipeline.put(*unit);
      return nullptr;
    }
    if (unit->request.direction == Direction::write || unit->request.direction == Direction::trim) {
      unit->request.direction = Direction::read;
      return unit;
    }
    pipeline.put(*unit);
  }
}

IoUnit* Job::read_back(const Verifier::LoggedWrite& logged) {
  IoUnit* unit = machinery_->pipeline.take();
  const OnFile on(job_, logged.file);
  if (!job_.at_hand().open) open_file();
  unit->request.file = logged.file;
  unit->purpose = UnitPurpose::verify_read;
  unit->verify_sequence = logged.sequence;
  unit->request.direction = Direction::read;
  unit->request.offset = logged.offset;
  unit->request.length = logged.length;
  unit->full_length = logged.length;
  return unit;
}

}  // namespace zoneknot::core
