#include "sim/run/simulated_cells.h"

namespace zoneknot::sim {

core::CellId SimulatedCells::create(const core::CellInfo& info) {
  if (scheduler_.abandoned()) {
    scheduler_.give_up();
    return 0;
  }
  const auto cell = static_cast<core::CellId>(values_.size());
  values_.push_back(0);
  if (accesses_told_) scheduler_.watch().cell_created(cell, info.name);
  scheduler_.note_created(ObjectClass::cell);
  scheduler_.hear(cell);
  return cell;
}

void SimulatedCells::access(core::CellId cell, core::Access access, core::Site site) {
  const bool reads = access == core::Access::read;
  const OpKind kind = reads ? OpKind::read : access == core::Access::write ? OpKind::write : OpKind::update;
  scheduler_.visible({kind, ObjectClass::cell, reads, cell, site});
}

std::uint64_t SimulatedCells::load(core::CellId cell, std::atomic<std::uint64_t>& storage, core::Site site) {
  const std::uint64_t value = storage.load(std::memory_order_relaxed);
  if (accesses_told_) {
    scheduler_.watch().cell_accessed(scheduler_.running().id, cell, core::Access::read, site);
  }
  if (Footprint* footprint = scheduler_.states().footprint()) footprint->look(Footprint::Place::cell, cell);
  scheduler_.hear(value);
  return value;
}

void SimulatedCells::stored(core::CellId cell, std::uint64_t value, core::Site site) {
  if (accesses_told_) {
    scheduler_.watch().cell_accessed(scheduler_.running().id, cell, core::Access::write, site);
  }
  if (Footprint* footprint = scheduler_.states().footprint()) footprint->write(cell);
  if (scheduler_.states().on() && !scheduler_.abandoned()) values_[cell] = value;
}

}  // namespace zoneknot::sim
