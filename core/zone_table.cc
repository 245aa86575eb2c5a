#include "core/zone_table.h"

namespace zoneknot::core {
namespace {

// Conventional and full zones count as written to their end, whatever the device says of their pointer.
std::uint64_t initial_wp(const ZoneReport& report) {
  const bool at_end = report.type == ZoneType::conventional || report.condition == ZoneCondition::full;
  return at_end ? report.start + report.length : report.wp;
}

}  // namespace

OpenList::OpenList(Runtime& runtime)
    : runtime_(&runtime), entries_cell_(runtime.create_cell("open[]")), count_(runtime, "n_open", Sharing::racy) {}

std::uint32_t OpenList::peek_at(std::uint64_t position, Site site) const {
  runtime_->access(entries_cell_, Access::read, site);
  return at(position);
}

void OpenList::write_at(std::uint64_t position, std::uint32_t zone) {
  runtime_->access(entries_cell_, Access::write);
  entries_.at(position).store(zone, std::memory_order_relaxed);
}

void OpenList::append(std::uint32_t zone) {
  const std::uint32_t count = count_.read();
  write_at(count, zone);
  count_.write(count + 1);
}

void OpenList::drop(std::uint64_t position) {
  const std::uint32_t count = count_.read();
  for (std::uint64_t i = position; i + 1 < count; ++i) write_at(i, at(i + 1));
  count_.write(count - 1);
}

ZoneTable::ZoneTable(World& world, ZonedDevice& device, std::uint32_t group, bool wp_is_peeked)
    : mutex(world.runtime(),
            {.lock_class = kTableLockClass, .kind = LockKind::recursive, .group = group, .order_key = {}}),
      open_list(world.runtime()),
      sectors_with_data(world.runtime(), "swd", Sharing::racy),
      write_count(world.runtime(), "write_cnt", Sharing::locked),
      device_(&device),
      zone_size_(device.geometry().zone_size),
      initial_report_(device.report()) {
  Runtime& runtime = world.runtime();
  const Sharing wp_sharing = wp_is_peeked ? Sharing::racy : Sharing::locked;
  zones_.reserve(initial_report_.size());
  for (std::uint32_t index = 0; index < initial_report_.size(); ++index) {
    const ZoneReport& report = initial_report_[index];
    zones_.push_back(Zone{
        .lock = Mutex(runtime,
                      {.lock_class = kZoneLockClass, .kind = LockKind::recursive, .group = group, .order_key = index}),
        .index = index,
        .start = report.start,
        .capacity = report.capacity,
        .type = report.type,
        .condition = report.condition,
        .wp = Shared<std::uint64_t>(runtime, "wp", wp_sharing, initial_wp(report)),
        .open = Shared<bool>(runtime, "open", Sharing::locked, false),
        .reset_zone = Shared<bool>(runtime, "reset_zone", Sharing::locked, false),
        .verify_block = Shared<std::uint32_t>(runtime, "verify_block", Sharing::locked, 0),
    });
  }
}

Zone* ZoneTable::zone_at(std::uint64_t offset) {
  const std::uint64_t index = offset / zone_size_;
  return index < zones_.size() ? &zones_[index] : nullptr;
}

}  // namespace zoneknot::core
