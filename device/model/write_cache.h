// Which writes a device would lose if it were switched off now: those that it has taken and not made durable. Belongs
// to a FaultyDevice; no threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "core/live_state.h"

namespace zoneknot::device {

class WriteCache {
 public:
  // Bytes [from, to) of a zone were written, `from` at its write pointer.
  void wrote(std::uint32_t zone, std::uint64_t from, std::uint64_t to) {
    zones_.try_emplace(zone, Zone{.durable = from, .ends = {}}).first->second.ends.push_back(to);
  }
  // The write that ends there, and what lies below it, will survive. Of a write that is not here any more: nothing.
  void made_durable(std::uint32_t zone, std::uint64_t end);
  // All of the zone will survive, or is gone.
  void forget(std::uint32_t zone) { zones_.erase(zone); }
  void clear() { zones_.clear(); }

  // Asks for each write, in order, whether it survives, until one of its zone does not; then says from where on the
  // zone's data is lost.
  void lose(const std::function<bool()>& survives,
            const std::function<void(std::uint32_t zone, std::uint64_t from)>& lost) const;

  void describe(core::StateSink& sink) const;

 private:
  struct Zone {
    std::uint64_t durable = 0;        // what lies below it survives
    std::vector<std::uint64_t> ends;  // of the writes behind it, ascending
  };
  std::map<std::uint32_t, Zone> zones_;  // with such writes
};

}  // namespace zoneknot::device
