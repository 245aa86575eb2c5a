// Everything a workload gets from outside, in one hand. sim/ and device/ each have one. A World serves one run and
// outlives it.
#pragma once

#include <memory>
#include <string>

#include "core/clock.h"
#include "core/io_engine.h"
#include "core/job_spec.h"
#include "core/lock_observer.h"
#include "core/random.h"
#include "core/runtime.h"
#include "core/zoned_device.h"

namespace zoneknot::core {

class World {
 public:
  World() = default;
  virtual ~World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] virtual Runtime& runtime() = 0;
  [[nodiscard]] virtual Clock& clock() = 0;
  [[nodiscard]] virtual LockObserver& observer() = 0;

  // The device behind a file name; the same object for equal names.
  [[nodiscard]] virtual ZonedDevice& device(const std::string& filename) = 0;

  // The engine of one job, opened on the devices of its files. Called on the job's own task.
  [[nodiscard]] virtual std::unique_ptr<IoEngine> open_engine(const JobSpec& spec) = 0;
  // An engine of that kind for so many I/Os at once, for a task that is no job.
  [[nodiscard]] std::unique_ptr<IoEngine> open_engine_on(const std::string& filename, EngineKind kind,
                                                         std::uint32_t iodepth = 1) {
    JobSpec spec;
    spec.filename = filename;
    spec.engine = kind;
    spec.iodepth = iodepth;
    return open_engine(spec);
  }

  // The stream of numbers of one job.
  [[nodiscard]] virtual std::unique_ptr<Random> open_random(std::uint64_t seed) = 0;

  // False: buffers are never looked at, and jobs leave them out.
  [[nodiscard]] virtual bool moves_data() const = 0;

  // Asked wherever a budget of work, rounds or time may be used up; `counted` is what the job's own counts say. A run
  // goes by them. A proof for unlimited work leaves counts out of its states and answers either way.
  [[nodiscard]] virtual bool limit_reached(bool counted) { return counted; }

  // False: what jobs have done is not counted among them, and limit_reached() alone says who has done enough. For a
  // proof for any number of jobs.
  [[nodiscard]] virtual bool counts_work() const { return true; }

  // False: a job keeps no book of where it has been. Which block comes next in order, and whether a random map has one
  // left, are draws. For a proof that holds for ranges of any length.
  [[nodiscard]] virtual bool remembers_places() const { return true; }

  // True once the run was asked to stop from outside (Ctrl-C). Looked at where the protocol looks at stop requests.
  [[nodiscard]] virtual bool stop_requested() const = 0;
};

}  // namespace zoneknot::core
