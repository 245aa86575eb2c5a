// The two ways of taking a zone's lock, and the routines that walk over zones: open_zone, close_zone,
// convert_to_open_zone, find_zone and replay_order of both pages (docs/protocol.md, docs/fio-releases.md). Each runs on
// its job's task. Where a later release rewrote a routine, that era's is a function of its own, in a file of its own.
#pragma once

#include "core/workload/io_pipeline.h"

namespace zoneknot::core {

// The program whose routine it is. A later era's stands beside the earlier ones under the same name: it is the name
// that a user sees in a backtrace.
struct Of2020 {};  // and the series
struct Fio320 {};
struct Fio323 {};
struct Fio326 {};
struct Fio334 {};

enum class Take : std::uint8_t {
  plain,    // wait for the lock
  careful,  // try; if that fails, reap all own I/O first (asynchronous engines), then wait. The result of reaping is
            // ignored.
};

// A zone that an I/O may go to; conventional ones are not locked from conv-free on.
struct FoundZone {
  Zone* zone = nullptr;  // null: there is none
  ZoneHold hold;
};

class ZoneLocking {
 public:
  ZoneLocking(JobContext& job, IoPipeline& pipeline) : job_(job), pipeline_(pipeline) {}

  // Holds nothing: the program aborts, as it does since fio 3.20 for a zone of somebody else's range.
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

  // That routine since fio 3.34 begins with the zone drawn: `head`, locked, is opened if that can be, and finished and
  // left if it has less room than a block.
  ZoneHold convert_from(ZoneHold head, std::uint64_t offset, std::uint32_t min_bs);

  // write_zone_remainder: the last WRITE in a zone may be shorter than a block.
  [[nodiscard]] bool writes_remainders() const;

  // The nearest other zone of the job's range with `least` readable bytes.
  FoundZone find_zone(const Zone& from, std::uint32_t least);

  // At the end of the job's thread: the zones that it has listed as open are listed no longer.
  void delist_own();

  // The zone to replay a READ in, locked, and in `io` the place; `hold`, of the zone drawn, may be exchanged for
  // another zone's. Holds nothing: the program aborts.
  ZoneHold replay_order(ZoneHold hold, IoRequest& io, std::uint32_t min_bs);

 private:
  struct Walk;
  enum class Examined : std::uint8_t { elsewhere, none_open, has_room, no_room };

  // The routine of 2020, until fio 3.22. Its parts keep nothing that matters besides their arguments while they run.
  ZoneHold convert_to_open_zone(Of2020 era, std::uint64_t offset, std::uint32_t min_bs, Take how);
  Examined examine(const Zone& zone, std::uint64_t offset, std::uint32_t min_bs, std::uint32_t& listed);
  bool open_another(ZoneHold& hold, Take how);
  bool take_open_zone_with_room(ZoneHold& hold, std::uint32_t min_bs, Take how);
  void close_listed(std::uint64_t position);

  // The routine since fio 3.23, made of the parts of core/workload/zone_walk.cc.
  ZoneHold convert_to_open_zone(Fio323 era, std::uint64_t offset, std::uint32_t min_bs, Take how);
  [[nodiscard]] Walk walk_of(std::uint64_t offset, std::uint32_t min_bs, Take how) const;
  bool go_to(Walk& walk, Zone& zone, Site site = Site::current());
  Examined settle_on_listed(Walk& walk);
  Examined examine_listed(Walk& walk, std::uint32_t& listed);
  bool limit_is_reached();
  void quiesce_on(const Walk& walk);
  bool open_next(Walk& walk);
  bool take_listed_with_room(Walk& walk);
  bool walks_again(Walk& walk);
  bool leaks_candidate();

  // Since fio 3.34.
  ZoneHold convert_to_open_zone(Fio334 era, std::uint64_t offset, std::uint32_t min_bs, ZoneHold head, Take how);
  bool open_other_than(Walk& walk);
  bool waits_for_slot(Walk& walk);
  ZoneHold finish_and_leave(ZoneHold head, Take how);
  bool open_head(Walk& walk);
  bool finish_listed(Walk& walk);

  JobContext& job_;
  IoPipeline& pipeline_;
};

// What one call of convert_to_open_zone since fio 3.23 goes on with from zone to zone.
struct ZoneLocking::Walk {
  std::uint64_t offset;
  std::uint32_t min_bs;
  Take how;
  Zone* zone = nullptr;  // the last one looked at
  ZoneHold hold;         // of it, but for conventional ones
  bool retry = true;     // once more, though nobody has I/O in flight
  // None of the listed zones of the job's range has room for a block. Of the last look at them.
  bool all_almost_full = false;
  // Since fio 3.34: the zone that the routine began with, to come back to, and whether it has been back for a slot that
  // had become free.
  std::uint32_t head = 0;
  bool again = false;

  [[nodiscard]] std::uint64_t told() const {
    return std::uint64_t{head} << 3U | (again ? 4U : 0U) | (retry ? 2U : 0U) | (all_almost_full ? 1U : 0U);
  }
};

}  // namespace zoneknot::core
