// The two ways of taking a zone's lock, and the walk over the open zones: open_zone, close_zone, convert_to_open_zone,
// find_zone and replay_order of docs/protocol.md section 3. Each runs on its job's task.
#pragma once

#include "core/io_pipeline.h"

namespace zoneknot::core {

enum class Take : std::uint8_t {
  plain,    // wait for the lock
  careful,  // try; if that fails, reap all own I/O first (asynchronous engines), then wait. The result of reaping is
            // ignored.
};

class ZoneLocking {
 public:
  ZoneLocking(JobContext& job, IoPipeline& pipeline) : job_(job), pipeline_(pipeline) {}

  [[nodiscard]] ZoneHold take(Zone& zone, Take how, Site site = Site::current());

  // Reaps all own I/O, where there can be any. The result is ignored.
  void reap_own_io() {
    if (pipeline_.asynchronous()) pipeline_.quiesce();
  }

  // With the zone's lock: lists the zone as open if the job's limit leaves room. False: it is not open and may not be.
  bool open_zone(Zone& zone);

  // With nothing held besides un-put I/O: a zone for a WRITE or replayed READ whose offset is `offset` and whose
  // smallest block is `min_bs`; locked. Holds nothing: there is none.
  ZoneHold convert_to_open_zone(std::uint64_t offset, std::uint32_t min_bs);

  // The nearest other zone of the job's range with `min_bs` readable bytes, locked; holds nothing: there is none.
  ZoneHold find_zone(const Zone& from, std::uint32_t min_bs);

  // With the zone's lock, which it may exchange for another's: the zone to replay a READ in, and sets its offset. Holds
  // nothing: the program aborts.
  ZoneHold replay_order(ZoneHold hold, std::uint64_t& offset, std::uint32_t min_bs);

 private:
  enum class Examined : std::uint8_t { elsewhere, none_open, has_room, no_room };
  Examined examine(const Zone& zone, std::uint64_t offset, std::uint32_t min_bs, std::uint32_t& listed);
  // `begin`: of the routine that calls them, which has nothing else that matters.
  bool open_another(ZoneHold& hold, Take how);
  bool take_open_zone_with_room(ZoneHold& hold, std::uint32_t min_bs, Take how);
  void close_zone(std::uint64_t position);

  JobContext& job_;
  IoPipeline& pipeline_;
};

}  // namespace zoneknot::core
