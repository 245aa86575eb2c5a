// Data verification: fills WRITEs with blocks that say what they are, logs them, and checks blocks that were read. A
// block carries a header (magic, offset, length, sequence number, CRC-32C over all of it) before pseudo-random bytes.
// Used by the job's task alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "core/workload/io_pipeline.h"

namespace zoneknot::core {

class Verifier final : public DataCheck {
 public:
  // `job_number` keeps the sequence numbers of different jobs apart.
  Verifier(JobContext& job, std::uint32_t job_number);

  // An accepted WRITE of a job with `verify`: fills its buffer and logs it.
  void prepare_write(IoUnit& unit);

  struct LoggedWrite {
    std::uint32_t file = 0;
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint64_t sequence = 0;
    bool ended = false;  // the write has
  };
  // Takes the next logged write to read back: in the order written if the job keeps a random map, else by file
  // and offset.
  std::optional<LoggedWrite> next_logged();
  // The write that next_logged() would take; it stays logged.
  [[nodiscard]] std::optional<LoggedWrite> peek_logged() const;
  // next_logged(), unless that write is still under way.
  std::optional<LoggedWrite> next_ended();
  [[nodiscard]] bool log_empty() const { return log_.empty(); }
  [[nodiscard]] std::size_t log_size() const { return log_.size(); }

  // A READ of the verify phase must give exactly what was logged; one of a pure reader any sound block of that offset.
  int check(const IoUnit& unit) override;
  void write_failed(const IoUnit& unit) override;
  void write_ended(const IoUnit& unit) override;

  // What is logged.
  void describe(StateSink& sink) const;

 private:
  [[nodiscard]] static bool sound(const IoUnit& unit);
  // By file and offset, or, in the order written, by sequence number.
  using Key = std::pair<std::uint32_t, std::uint64_t>;
  [[nodiscard]] Key key_of(const LoggedWrite& write) const {
    return by_offset() ? Key(write.file, write.offset) : Key(0, write.sequence);
  }

  LoggedWrite* logged_for(const IoUnit& unit);
  void drop_overwritten(const LoggedWrite& by);
  [[nodiscard]] bool by_offset() const { return !(job_.spec.random && job_.keeps_map()); }

  JobContext& job_;
  std::uint64_t next_sequence_;
  std::map<Key, LoggedWrite> log_;
};

}  // namespace zoneknot::core
