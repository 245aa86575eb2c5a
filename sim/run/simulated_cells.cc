#include "sim/run/simulated_cells.h"

#include <algorithm>

namespace zoneknot::sim {

core::CellId SimulatedCells::create(const core::CellInfo& info) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return 0;
  }
  if (!scheduler_.about_to_create(ObjectClass::cell, scheduler_.running().op.site)) return 0;
  const auto cell = static_cast<core::CellId>(values_.size());
  values_.push_back(0);
  guards_.push_back(info.guard);
  names_.push_back(info.name);
  if (accesses_told_) scheduler_.watch().cell_created(cell, info.name);
  scheduler_.note_created(ObjectClass::cell);
  scheduler_.add_to_history(cell);
  return cell;
}

void SimulatedCells::access(core::CellId cell, core::Access access, core::Site site) {
  const bool reads = access == core::Access::read;
  const OpKind kind = reads ? OpKind::read : access == core::Access::write ? OpKind::write : OpKind::update;
  scheduler_.visible({kind, ObjectClass::cell, reads, cell, site});
}

std::uint64_t SimulatedCells::tell_loaded(core::CellId cell, std::uint64_t value, core::Site site) {
  if (accesses_told_) {
    scheduler_.watch().cell_accessed(scheduler_.running().id, cell, core::Access::read, site);
  }
  check_guard(cell, core::Access::read, site);
  if (Footprint* footprint = scheduler_.states().footprint()) footprint->look(Footprint::Place::cell, cell);
  scheduler_.add_to_history(value);
  return value;
}

void SimulatedCells::tell_stored(core::CellId cell, std::uint64_t value, core::Site site) {
  if (accesses_told_) {
    scheduler_.watch().cell_accessed(scheduler_.running().id, cell, core::Access::write, site);
  }
  check_guard(cell, core::Access::write, site);
  if (Footprint* footprint = scheduler_.states().footprint()) footprint->write(cell);
  if (scheduler_.states().on() && !scheduler_.abandoned()) values_[cell] = value;
}

void SimulatedCells::check_guard(core::CellId cell, core::Access access, core::Site site) {
  if (owns_guard(cell)) return;
  const Task& self = scheduler_.running();
  const bool peeks = access == core::Access::read && self.op.kind == OpKind::read && self.op.object == cell;
  // Where no task runs, a report looks.
  if (peeks || scheduler_.only_task() || !scheduler_.running_task()) return;
  // A reader-writer lock, or a share of it.
  const auto is_guard = [&](const lockcheck::HeldEntry& held) { return held.lock == guards_[cell]; };
  if (std::ranges::any_of(scheduler_.watch().held_by(self.id), is_guard)) return;
  scheduler_.watch().guard_missed(self.id, names_[cell], guards_[cell], access, site);
}

}  // namespace zoneknot::sim
