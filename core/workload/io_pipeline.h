// The way of a job's I/Os through its engine: slots, queue, commit, reap, put, quiesce and the clean-up of a job that
// failed, with the counters of docs/protocol.md section 1 and 2, warts included. Owned by the Job and used by its task
// alone.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/workload/depth_search.h"
#include "core/workload/io_buffers.h"
#include "core/workload/io_unit.h"
#include "core/workload/job_context.h"

namespace zoneknot::core {

// Looks at the data of a READ that ended without an error.
class DataCheck {
 public:
  DataCheck() = default;
  virtual ~DataCheck() = default;
  DataCheck(const DataCheck&) = delete;
  DataCheck& operator=(const DataCheck&) = delete;
  // 0, or EILSEQ.
  virtual int check(const IoUnit& unit) = 0;
  // A write that was logged to be read back did not succeed.
  virtual void write_failed(const IoUnit& unit) = 0;
  // A write has ended without an error.
  virtual void write_ended(const IoUnit& unit) = 0;
};

class IoPipeline {
 public:
  IoPipeline(JobContext& job, std::unique_ptr<IoEngine> engine, DataCheck& check, DepthSearch& depths);

  // A free slot, now taken; null: none is free.
  IoUnit* take();
  // The oldest unit of the requeue list, now taken; null: the list is empty.
  IoUnit* take_requeued();

  // queue(): hands a taken unit to the engine and does with it what the answer asks for. True: the engine was busy.
  bool issue(IoUnit& unit);

  // Gives a unit's zone and slot back.
  void put(IoUnit& unit);

  // Number of I/Os reaped; below 0: an error ended the job, though everything that was reaped has been put.
  int reap(std::uint32_t min);

  // Reaps own I/O until nothing is in flight. The result of the historic io_u_quiesce.
  int quiesce();

  // What a failed job does with its I/O.
  void cleanup_pending_aio();

  // At the end of a loop: waits for everything that is under way, once.
  void reap_last();

  // At the end of the job's thread, when the file is gone: since fio 3.41 units that are left on the requeue list are
  // put.
  void put_requeued();

  // After an assertion failed: takes everything back and gives every zone back, so that what follows is not taken for
  // the protocol's doing.
  void release_everything();

  [[nodiscard]] bool asynchronous() const { return !engine_->synchronous(); }
  [[nodiscard]] std::uint32_t cur_depth() const { return cur_depth_; }
  // I/Os that own `zone`.
  [[nodiscard]] std::uint32_t unput_ios(const Zone& zone) const;
  // The logged write of that number is under way.
  [[nodiscard]] bool writes(std::uint64_t sequence) const;
  [[nodiscard]] bool no_slot_free() const { return free_.empty() || cur_depth_ >= depths_.depth(); }
  // The direction of the I/O that ended last; nothing: none has.
  [[nodiscard]] std::optional<Direction> last_ended() const { return last_ended_; }

  // Work done, over all rounds. Verify reads do not count.
  [[nodiscard]] std::uint64_t bytes_issued() const { return bytes_issued_; }
  [[nodiscard]] std::uint64_t bytes_queued() const { return bytes_queued_; }  // not done inside queue()
  [[nodiscard]] std::uint64_t bytes_completed() const { return bytes_completed_; }
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }
  [[nodiscard]] std::uint64_t ios_completed() const { return ios_completed_; }
  [[nodiscard]] std::uint64_t ios_issued() const { return ios_issued_; }
  [[nodiscard]] std::uint32_t ios_under_way() const { return queued_ + in_flight_; }  // right also after a wrap

  // What the slots and counters are.
  void describe(StateSink& sink) const;

  // continue_on_error covers this error of an I/O of this direction.
  [[nodiscard]] bool tolerates(Direction direction, int error) const;

 private:
  void commit();
  void set_in_flight(std::uint32_t count);
  bool requeue_rest(IoUnit& unit);
  void announce_commits();
  [[nodiscard]] std::uint64_t time_for_latency() const;
  void requeue(IoUnit& unit);
  bool ended(IoUnit& unit);
  [[nodiscard]] bool overlaps_one_in_flight(const IoUnit& unit) const;
  void ended_inside_queue(IoUnit& unit);
  [[nodiscard]] bool goes_to_device(const IoRequest& request) const;
  [[nodiscard]] bool refuses_trim(const IoRequest& request) const;
  int wait_for(std::uint32_t min, std::uint32_t max);
  void wait_for_unsubmitted();
  void describe_drawn(const IoUnit& unit, StateSink& sink) const;
  void describe_unit(const IoUnit& unit, StateSink& sink) const;
  void describe_without_numbers(StateSink& sink) const;
  void become(IoUnit& unit, UnitState state);
  void tell(IoStep step, const IoUnit& unit, Site site = Site::current());

  JobContext& job_;
  DataCheck& check_;
  DepthSearch& depths_;
  const Clock& clock_;
  const bool latency_decides_;

  IoBuffers buffers_;
  std::vector<IoUnit> units_;               // iodepth of them; their addresses stay
  std::vector<std::uint32_t> free_;         // indices, a heap: the lowest is taken first
  std::vector<std::uint32_t> requeued_;     // indices, oldest first
  std::vector<std::uint32_t> uncommitted_;  // indices that the observer was not told a commit of
  std::vector<IoRequest*> reaped_;          // room for one reap
  std::unique_ptr<IoEngine> engine_;        // closed before the buffers go, which the device may still be writing to

  // The historic counters. in_flight_ may pass below 0, that is wrap: a reap that submits moves nothing from queued_ to
  // it.
  std::uint32_t queued_ = 0;
  std::uint32_t in_flight_ = 0;
  std::uint32_t cur_depth_ = 0;
  bool trim_refused_ = false;

  std::uint64_t bytes_issued_ = 0;
  std::uint64_t bytes_queued_ = 0;
  std::uint64_t bytes_completed_ = 0;
  std::uint64_t bytes_written_ = 0;  // of them
  std::uint64_t ios_completed_ = 0;
  std::uint64_t ios_issued_ = 0;
  std::optional<Direction> last_ended_;
};

}  // namespace zoneknot::core
