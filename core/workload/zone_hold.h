// One acquisition of a zone's lock, from prepare to put, as a value: it moves from the routine that took the lock into
// the IoUnit, and back out when the I/O is put. A hold that is destroyed while it still owns its acquisition is a leak:
// it is reported to the observer and the lock stays owned, as it does in the historic program. Used by the task that
// took it.
#pragma once

#include <utility>

#include "core/workload/zone_table.h"
#include "core/world.h"

namespace zoneknot::core {

class ZoneHold {
 public:
  // Owns nothing.
  ZoneHold() = default;
  // Owns an acquisition of the zone's lock that the calling task has just made at `site`.
  ZoneHold(World& world, Zone& zone, Site site) : world_(&world), zone_(&zone), site_(site) {}
  ZoneHold(ZoneHold&& other) noexcept
      : world_(other.world_), zone_(std::exchange(other.zone_, nullptr)), site_(other.site_) {}
  ZoneHold& operator=(ZoneHold&& other) noexcept {
    drop();
    world_ = other.world_;
    zone_ = std::exchange(other.zone_, nullptr);
    site_ = other.site_;
    return *this;
  }
  ~ZoneHold() { drop(); }

  [[nodiscard]] bool held() const { return zone_ != nullptr; }
  [[nodiscard]] Zone& zone() const { return *zone_; }

  void unlock(Site site = Site::current()) { std::exchange(zone_, nullptr)->lock.unlock(site); }

 private:
  void drop() noexcept {
    if (zone_ != nullptr) world_->observer().hold_dropped(world_->runtime().current(), zone_->lock.id(), site_);
  }

  World* world_ = nullptr;
  Zone* zone_ = nullptr;
  Site site_;
};

}  // namespace zoneknot::core
