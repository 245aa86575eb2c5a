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

  // Lists the zone, whose lock the task owns, as open if the job's limit leaves room. False: it is not open and may not
  // be.
  bool open_zone(Zone& zone);

  // A zone for a WRITE or replayed READ at `offset` with blocks of at least `min_bs`, locked; holds nothing: there is
  // none. The task owns no zone but those of its un-put I/O.
  ZoneHold convert_to_open_zone(std::uint64_t offset, std::uint32_t min_bs);

  // The nearest other zone of the job's range with `min_bs` readable bytes, locked; holds nothing: there is none.
  ZoneHold find_zone(const Zone& from, std::uint32_t min_bs);

  // The zone to replay a READ in, locked, and in `offset` the place; `hold`, of the zone drawn, may be exchanged for
  // another zone's. Holds nothing: the program aborts.
  ZoneHold replay_order(ZoneHold hold, std::uint64_t& offset, std::uint32_t min_bs);

 private:
  enum class Examined : std::uint8_t { elsewhere, none_open, has_room, no_room };
  Examined examine(const Zone& zone, std::uint64_t offset, std::uint32_t min_bs, std::uint32_t& listed);
  // Parts of convert_to_open_zone, which keeps nothing that matters besides their arguments while they run.
  bool open_another(ZoneHold& hold, Take how);
  bool take_open_zone_with_room(ZoneHold& hold, std::uint32_t min_bs, Take how);
  void close_zone(std::uint64_t position);

  JobContext& job_;
  IoPipeline& pipeline_;
};

}  // namespace zoneknot::core
