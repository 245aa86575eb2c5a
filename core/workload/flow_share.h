// `flow`: proportions between the jobs that share a flow_id. A job that is ahead of its share does no I/O until others
// have caught up: it comes round and round on top of its loop. What the jobs share is a FlowGroup, of the Workload;
// each job has a FlowShare, used by its task alone.
#pragma once

#include <cstdint>

#include "core/shared.h"
#include "core/workload/io_pipeline.h"
#include "core/workload/job_context.h"

namespace zoneknot::core {

struct FlowGroup {
  FlowGroup(Runtime& runtime, std::uint64_t weights);

  Shared<std::uint64_t> units;    // handed out to all jobs of the group that have not ended
  Shared<std::uint64_t> weights;  // of these jobs
  Shared<std::int64_t> balance;   // until fio 3.22: what jobs added, positive and negative
};

class FlowShare {
 public:
  // `group`: null for a job without flow.
  FlowShare(JobContext& job, IoPipeline& pipeline, FlowGroup* group) : job_(job), pipeline_(pipeline), group_(group) {}

  // On top of the loop, before a unit is taken. True: the job is ahead, and comes round again.
  bool ahead() { return group_ != nullptr && ahead_of_group(); }
  // The job has ended.
  void leave();
  void describe(StateSink& sink) const;

 private:
  bool ahead_of_group();
  bool beyond_share();
  bool beyond_watermark();
  void wait();

  JobContext& job_;
  IoPipeline& pipeline_;
  FlowGroup* group_;
  std::uint64_t own_units_ = 0;
};

}  // namespace zoneknot::core
