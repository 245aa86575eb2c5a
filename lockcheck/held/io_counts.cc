#include "lockcheck/held/io_counts.h"

#include <algorithm>
#include <cassert>

#include "core/job_spec.h"

namespace zoneknot::lockcheck {

void IoCounts::clear() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  unput_ = 0;
  pending_ = 0;
  in_flight_ = 0;
  completing_ = 0;
}

void IoCounts::set(bool& flag, bool value, std::uint32_t& counter) {
  if (flag == value) return;
  flag = value;
  counter += value ? 1U : -1U;
}

void IoCounts::note(const core::IoEvent& event) {
  assert(event.unit < core::kMaxIoDepth);
  if (event.unit >= slots_.size()) slots_.resize(event.unit + 1);
  Slot& slot = slots_[event.unit];
  set(slot.completing, event.step == core::IoStep::reap, completing_);
  switch (event.step) {
    case core::IoStep::prepare:
      set(slot.unput, true, unput_);
      break;
    case core::IoStep::queue:
      set(slot.pending, true, pending_);
      break;
    case core::IoStep::commit:
      set(slot.in_flight, true, in_flight_);
      break;
    case core::IoStep::put:
      set(slot.unput, false, unput_);
      [[fallthrough]];  // a cancelled I/O is put without having been reaped
    case core::IoStep::reap:
      set(slot.pending, false, pending_);
      set(slot.in_flight, false, in_flight_);
      break;
    case core::IoStep::complete:
    case core::IoStep::requeue:
      break;
  }
}

}  // namespace zoneknot::lockcheck
