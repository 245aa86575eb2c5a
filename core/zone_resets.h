// What empties zones and keeps the books of it: reset_zone, reset_zones, process_swd, dec_write_cnt and file_reset of
// docs/protocol.md section 3. Each runs on its job's task, which may own the zones of I/O that it has not put.
#pragma once

#include "core/zone_locking.h"

namespace zoneknot::core {

class ZoneResets {
 public:
  ZoneResets(JobContext& job, ZoneLocking& locking) : job_(job), locking_(locking) {}

  // When the job opens its file, and when a time-based random job has drawn every block.
  void file_reset();

  // Empties a zone whose lock the task owns. False: the device refused, and the job has an error.
  bool reset_zone(Zone& zone);

  // Counts a write; true for the one that reaches 0, upon which the count starts again at this job's frequency.
  bool dec_write_cnt();

 private:
  void process_swd();
  void reset_zones(bool all);
  void reset_range_keeping_locks(bool all);
  [[nodiscard]] bool needs_reset(const Zone& zone, bool all) const;
  [[nodiscard]] std::uint32_t first_zone() const;
  [[nodiscard]] std::uint32_t end_zone() const;
  void reload_write_cnt();

  JobContext& job_;
  ZoneLocking& locking_;
};

}  // namespace zoneknot::core
