// What empties the zones of a range and keeps the books of it: reset_zones, process_swd, dec_write_cnt and file_reset
// of both pages. Each runs on its job's task, which may own the zones of I/O that it has not put.
#pragma once

#include "core/workload/zone_locking.h"
#include "core/workload/zone_reset.h"

namespace zoneknot::core {

class ZoneResets {
 public:
  ZoneResets(JobContext& job, ZoneLocking& locking) : job_(job), locking_(locking) {}

  // When the job opens its file, and when a time-based random job has drawn every block.
  void file_reset();

  // Counts a write; true for the one that reaches 0, upon which the count starts again at this job's frequency.
  bool dec_write_cnt();

 private:
  void process_swd();
  void process_swd(Fio326 era);
  [[nodiscard]] bool may_reset_for_verify() const;
  void reset_zones(bool all);
  void reset_zones(Fio320 era, bool all);
  void reset_range_keeping_locks(bool all);
  [[nodiscard]] bool needs_reset(const Zone& zone, bool all) const;
  [[nodiscard]] std::uint32_t first_zone() const;
  [[nodiscard]] std::uint32_t end_zone() const;
  [[nodiscard]] std::uint32_t writes_until_reset() const;
  void reload_write_cnt();

  JobContext& job_;
  ZoneLocking& locking_;
};

}  // namespace zoneknot::core
