// How many I/Os of one task are under way, kept by slot, so that steps which are left out (a cancelled I/O is never
// reaped, a synchronous one never queued) do not make the figures drift. Belongs to its task's record.
#pragma once

#include <cstdint>
#include <vector>

#include "core/lock_observer.h"

namespace zoneknot::lockcheck {

class IoCounts {
 public:
  void clear();
  void note(const core::IoEvent& event);

  [[nodiscard]] std::uint32_t unput() const { return unput_; }          // prepared and not put
  [[nodiscard]] std::uint32_t pending() const { return pending_; }      // accepted by the engine and not reaped
  [[nodiscard]] std::uint32_t in_flight() const { return in_flight_; }  // of these, committed
  // Reaped, and neither put nor requeued: the task is in the completion of these.
  [[nodiscard]] std::uint32_t completing() const { return completing_; }

 private:
  struct Slot {
    bool unput = false;
    bool pending = false;
    bool in_flight = false;
    bool completing = false;
  };

  static void set(bool& flag, bool value, std::uint32_t& counter);

  std::vector<Slot> slots_;  // by IoEvent::unit
  std::uint32_t unput_ = 0;
  std::uint32_t pending_ = 0;
  std::uint32_t in_flight_ = 0;
  std::uint32_t completing_ = 0;
};

}  // namespace zoneknot::lockcheck
