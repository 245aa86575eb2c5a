// Which of its files the next I/O of a job goes to: file_service_type, as seen of fio 3.33. Used by the job's task
// alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/random.h"
#include "core/workload/job_context.h"

namespace zoneknot::core {

class FileTurns {
 public:
  explicit FileTurns(const JobContext& job);

  // The index of a file that is not done with; nothing: all are.
  std::optional<std::uint32_t> next();

  // What decides the turns to come.
  void describe(StateSink& sink) const;

 private:
  [[nodiscard]] bool stays() const;
  [[nodiscard]] bool may_be_next(std::uint32_t file) const;
  std::optional<std::uint32_t> choose_file();

  const JobContext& job_;
  std::unique_ptr<Random> random_;  // null: nothing is drawn
  std::uint32_t next_file_ = 0;     // in turn
  std::uint32_t current_ = 0;
  std::uint32_t left_ = 0;  // I/Os that the current file has before the next one's turn
};

}  // namespace zoneknot::core
