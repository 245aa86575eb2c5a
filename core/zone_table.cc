#include "core/zone_table.h"

namespace zoneknot::core {
namespace {

// Conventional and full zones count as written to their end, whatever the device says of their pointer.
std::uint64_t initial_wp(const ZoneReport& report) {
  const bool at_end = report.type == ZoneType::conventional || report.condition == ZoneCondition::full;
  return at_end ? report.start + report.length : report.wp;
}

}  // namespace

OpenList::OpenList(Runtime& runtime, LockId guard, std::uint32_t most)
    : count_(runtime, {.name = "n_open", .sharing = Sharing::racy, .guard = guard}) {
  entries_.reserve(most);
  const CellInfo entry{.name = "open[]", .sharing = Sharing::racy, .guard = guard};
  for (std::uint32_t i = 0; i < most; ++i) entries_.emplace_back(runtime, entry);
}

void OpenList::append(std::uint32_t zone) {
  const std::uint32_t count = count_.read();
  entries_.at(count).write(zone);
  count_.write(count + 1);
}

void OpenList::drop(std::uint64_t position) {
  const std::uint32_t count = count_.read();
  for (std::uint64_t i = position; i + 1 < count; ++i) entries_.at(i).write(at(i + 1));
  count_.write(count - 1);
}

ZoneTable::ZoneTable(World& world, ZonedDevice& device, std::uint32_t group, const TableUse& use)
    : mutex(world.runtime(),
            {.lock_class = kTableLockClass, .kind = LockKind::recursive, .group = group, .order_key = {}}),
      open_list(world.runtime(), mutex.id(), use.most_open),
      sectors_with_data(world.runtime(), {.name = "swd", .sharing = Sharing::racy, .guard = mutex.id()}),
      write_count(world.runtime(), {.name = "write_cnt", .sharing = Sharing::locked, .guard = mutex.id()}),
      device_(&device),
      zone_size_(device.geometry().zone_size),
      initial_report_(device.report()) {
  Runtime& runtime = world.runtime();
  const Sharing wp_sharing = use.wp_is_peeked ? Sharing::racy : Sharing::locked;
  zones_.reserve(initial_report_.size());
  for (std::uint32_t index = 0; index < initial_report_.size(); ++index) {
    const ZoneReport& report = initial_report_[index];
    const Mutex lock(runtime,
                     {.lock_class = kZoneLockClass, .kind = LockKind::recursive, .group = group, .order_key = index});
    const auto cell = [&lock](std::string_view name, Sharing sharing = Sharing::locked) {
      return CellInfo{.name = name, .sharing = sharing, .guard = lock.id()};
    };
    zones_.push_back(Zone{
        .lock = lock,
        .index = index,
        .start = report.start,
        .capacity = report.capacity,
        .type = report.type,
        .condition = report.condition,
        .wp = Shared<std::uint64_t>(runtime, cell("wp", wp_sharing), initial_wp(report)),
        .open = Shared<bool>(runtime, cell("open"), false),
        .reset_zone = Shared<bool>(runtime, cell("reset_zone"), false),
        .verify_block = Shared<std::uint32_t>(runtime, cell("verify_block"), 0),
    });
  }
}

Zone* ZoneTable::zone_at(std::uint64_t offset) {
  const std::uint64_t index = offset / zone_size_;
  return index < zones_.size() ? &zones_[index] : nullptr;
}

}  // namespace zoneknot::core
