#include "device/model/write_cache.h"

#include <algorithm>

namespace zoneknot::device {

void WriteCache::made_durable(std::uint32_t zone, std::uint64_t end) {
  const auto found = zones_.find(zone);
  if (found == zones_.end()) return;
  Zone& of = found->second;
  // The zone was reset since, or the power has failed.
  if (std::ranges::find(of.ends, end) == of.ends.end()) return;
  of.durable = std::max(of.durable, end);
  of.ends.erase(of.ends.begin(), std::ranges::upper_bound(of.ends, end));
  if (of.ends.empty()) zones_.erase(found);
}

void WriteCache::lose(const std::function<bool()>& survives,
                      const std::function<void(std::uint32_t zone, std::uint64_t from)>& lost) const {
  for (const auto& [index, zone] : zones_) {
    std::uint64_t kept = zone.durable;
    for (const std::uint64_t end : zone.ends) {
      if (!survives()) {
        lost(index, kept);
        break;
      }
      kept = end;
    }
  }
}

void WriteCache::describe(core::StateSink& sink) const {
  for (const auto& [index, zone] : zones_) {
    sink.add(std::uint64_t{index} << 32U | zone.ends.size());
    sink.add(zone.durable);
    for (const std::uint64_t end : zone.ends) sink.add(end);
  }
}

}  // namespace zoneknot::device
