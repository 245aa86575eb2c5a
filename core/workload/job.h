// One job: the rounds, the main loop, the verify phase and the end of docs/protocol.md section 4. A Job belongs to its
// Workload; run() is the body of its task. Others may look at context() while that task stands still or has ended.
#pragma once

#include <algorithm>
#include <vector>

#include "core/workload/block_adjuster.h"
#include "core/workload/block_chooser.h"
#include "core/workload/file_turns.h"
#include "core/workload/flow_share.h"
#include "core/workload/io_pipeline.h"
#include "core/workload/job_context.h"
#include "core/workload/pace.h"
#include "core/workload/verifier.h"

namespace zoneknot::core {

// The flags that tell jobs to end, one for each group of jobs.
struct StopFlags {
  Shared<bool>* own = nullptr;
  std::vector<Shared<bool>*> raised;  // by this job, where exitall says so
};

class Job : private LiveState {
 public:
  // `flow`: null for a job without.
  // `tables`: of the job's files, in their order.
  Job(World& world, const JobSpec& spec, FixSet fixes, const std::vector<ZoneTable*>& tables, StopFlags stop,
      FlowGroup* flow, std::uint32_t number);

  // Before any task starts, in the order of the jobs. `in_flight`: null, or where this job tells whether it has I/O in
  // flight, as the one of that number.
  void prepare(JobsInFlight* in_flight, std::size_t number);

  // The body of the job's task, to be called once. The engine is opened and closed in here.
  void run();

  [[nodiscard]] const JobContext& context() const { return job_; }
  [[nodiscard]] std::uint32_t unput_ios(const Zone& zone) const {
    return machinery_ == nullptr ? 0 : machinery_->pipeline.unput_ios(zone);
  }

 private:
  // What exists while the job runs: made and destroyed on its own task, also when the run is given up. Later members
  // use earlier ones.
  struct Machinery {
    Machinery(JobContext& job, Verifier& verifier, FlowGroup* group);
    DepthSearch depths;
    IoPipeline pipeline;
    ZoneLocking locking;
    ZoneResets resets;
    BlockAdjuster adjuster;
    Pace pace;
    BlockChooser chooser;
    FileTurns turns;
    FlowShare flow;
  };

  // Which part of a round is under way.
  enum class Part : std::uint8_t { main_loop, final_sync, verify };

  // Counts of the round under way, and of all before it.
  struct Round {
    std::uint64_t number = 0;
    std::uint64_t bytes_completed_before = 0;
    std::uint64_t bytes_queued_before = 0;
    std::uint64_t bytes_written_before = 0;
    std::uint64_t bytes_before_verify = 0;
  };

  void start_workers();
  void rounds();
  [[nodiscard]] bool another_round() const;
  void main_loop();
  [[nodiscard]] LoopEnd loop_end() const;
  void end_of_loop();
  void verify_phase();
  void final_sync();

  IoUnit* next_unit();
  bool fill_in_turn(IoUnit& unit);
  bool fill(IoUnit& unit);
  IoUnit* next_verify_read();
  IoUnit* next_drawn_again();
  IoUnit* next_backlog_read();
  IoUnit* read_back(const Verifier::LoggedWrite& logged);
  bool issue_and_reap(IoUnit& unit);
  void open_file();
  void close_files();
  [[nodiscard]] bool all_files_done() const { return std::ranges::all_of(job_.files, &FileOfJob::done); }
  void sync_file(std::uint32_t file);

  [[nodiscard]] bool work_left() const;
  [[nodiscard]] bool budget_left() const;
  [[nodiscard]] std::uint64_t limit() const;
  void end_ramp();
  void describe(StateSink& sink) const override;
  [[nodiscard]] bool failed() const { return job_.error != 0 || job_.aborted; }

  JobContext job_;
  StopFlags stop_;
  FlowGroup* flow_;
  Verifier verifier_;
  Machinery* machinery_ = nullptr;  // on the stack of run(); null outside of it
  Round round_;
  Part part_ = Part::main_loop;
  bool refused_ = false;  // at the start, with an error
  bool ramp_over_ = false;
  std::uint32_t backlog_left_ = 0;  // reads of a batch that verify_backlog has begun
  std::uint64_t prepared_ = 0;      // I/Os of the main loop in the job's life, for max_ios
};

}  // namespace zoneknot::core
