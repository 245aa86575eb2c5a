#include "core/workload/zone_table.h"

namespace zoneknot::core {
namespace {

// Conventional and full zones count as written to their end, whatever the device says of their pointer.
std::uint64_t initial_wp(const ZoneReport& report) {
  const bool at_end = report.type == ZoneType::conventional || report.condition == ZoneCondition::full;
  return at_end ? report.start + report.length : report.wp;
}

// The wrapping count of bytes is compared with one threshold and otherwise only added to, the countdown only with 0.
constexpr CellValues kBelowOrAboveAnyThreshold = {.least = 0, .most = UINT64_MAX, .step = UINT64_MAX, .examples = true};
constexpr CellValues kLastOrNotLast = {.least = 1, .most = 2, .examples = true, .open_ended = true};
constexpr CellValues kFlag = {.least = 0, .most = 1};

// An offset that replay_order makes of a number of blocks is beyond the device's end from `most` on, where all are
// equal.
CellValues verify_blocks(const ZoneReport& zone, std::uint64_t device_end, std::uint32_t block) {
  return {.least = 0, .most = (device_end - zone.start) / block, .examples = true, .open_ended = true};
}

CellValues write_pointers(const ZoneReport& zone, const TableUse& use) {
  const std::uint64_t initial = initial_wp(zone);
  if (zone.type == ZoneType::conventional) return {.least = initial, .most = initial};
  const std::uint64_t most = zone.start + (use.finishes ? zone.length : zone.capacity);
  return {.least = zone.start, .most = most, .step = use.block, .apart = initial};
}

// A device without zones has sequential ones in the table, which start as the program says, or full by option.
std::vector<ZoneReport> with_own_zones(std::vector<ZoneReport> reports, const TableUse& use) {
  for (ZoneReport& report : reports) {
    report.type = ZoneType::sequential_write_required;
    report.condition = use.starts_full ? ZoneCondition::full : ZoneCondition::empty;
    report.wp = report.start;
    report.capacity = use.capacity == 0 ? report.length : std::min(use.capacity, report.length);
  }
  return reports;
}

}  // namespace

OpenList::OpenList(Runtime& runtime, LockId guard, std::uint32_t most, std::uint32_t nr_zones)
    : count_(runtime,
             {.name = "n_open", .sharing = Sharing::racy, .guard = guard, .values = {.least = 0, .most = most}}) {
  entries_.reserve(most);
  const CellInfo entry{
      .name = "open[]", .sharing = Sharing::racy, .guard = guard, .values = {.least = 0, .most = nr_zones - 1}};
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

std::optional<std::uint32_t> OpenList::position_of(std::uint32_t zone) const {
  const std::uint32_t count = count_.read();
  for (std::uint32_t position = 0; position < count; ++position) {
    if (at(position) == zone) return position;
  }
  return std::nullopt;
}

ZoneTable::ZoneTable(World& world, ZonedDevice& device, std::uint32_t group, const TableUse& use)
    : mutex(world.runtime(), {.lock_class = kTableLockClass,
                              .kind = use.m_kind,
                              .group = group,
                              .order_key = {},
                              .role = LockRole::device_table}),
      open_list(world.runtime(), mutex.id(), use.most_open, device.geometry().nr_zones()),
      limit(use.limit),
      sectors_with_data(
          world.runtime(),
          {.name = "swd", .sharing = Sharing::racy, .guard = mutex.id(), .values = kBelowOrAboveAnyThreshold}),
      write_count(world.runtime(),
                  {.name = "write_cnt", .sharing = Sharing::locked, .guard = mutex.id(), .values = kLastOrNotLast}),
      device_(&device),
      zone_size_(device.geometry().zone_size),
      emulated_(use.emulates),
      initial_report_(use.emulates ? with_own_zones(device.report(), use) : device.report()) {
  Runtime& runtime = world.runtime();
  if (use.two_sums) {
    wp_sectors_with_data.emplace(
        runtime,
        CellInfo{.name = "wp swd", .sharing = Sharing::racy, .guard = mutex.id(), .values = kBelowOrAboveAnyThreshold});
  }
  slots.reserve(use.slot_owners);
  for (std::uint32_t i = 0; i < use.slot_owners; ++i) {
    slots.emplace_back(runtime, CellInfo{.name = "opened",
                                         .sharing = Sharing::locked,
                                         .guard = mutex.id(),
                                         .values = {.least = 0, .most = use.most_open}});
  }
  const Sharing wp_sharing = use.wp_is_peeked ? Sharing::racy : Sharing::locked;
  zones_.reserve(initial_report_.size());
  for (std::uint32_t index = 0; index < initial_report_.size(); ++index) {
    const ZoneReport& report = initial_report_[index];
    const Mutex lock(runtime, {.lock_class = kZoneLockClass,
                               .kind = LockKind::recursive,
                               .group = group,
                               .order_key = index,
                               .role = LockRole::zone});
    const auto cell = [&lock](std::string_view name, const CellValues& values, Sharing sharing = Sharing::locked) {
      return CellInfo{.name = name, .sharing = sharing, .guard = lock.id(), .values = values};
    };
    const std::uint64_t device_end = initial_report_.back().start + initial_report_.back().length;
    zones_.push_back(Zone{
        .lock = lock,
        .index = index,
        .start = report.start,
        .capacity = report.type == ZoneType::conventional ? report.length : report.capacity,
        .type = report.type,
        .condition = report.condition,
        .wp = Shared<std::uint64_t>(runtime, cell("wp", write_pointers(report, use), wp_sharing), initial_wp(report)),
        .open = Shared<bool>(runtime, cell("open", kFlag), false),
        .reset_zone = Shared<bool>(runtime, cell("reset_zone", kFlag), false),
        .verify_block =
            Shared<std::uint32_t>(runtime, cell("verify_block", verify_blocks(report, device_end, use.block)), 0),
    });
    if (use.slot_owners != 0) {
      zones_.back().opener.emplace(runtime, CellInfo{.name = "opener",
                                                     .sharing = Sharing::locked,
                                                     .guard = mutex.id(),
                                                     .values = {.least = 0, .most = use.slot_owners - 1}});
    }
    if (use.most_mended == 0) continue;
    const CellValues bytes = {.least = 0, .most = report.length, .step = use.block};
    zones_.back().mending.emplace(Mending{
        .writes = Shared<std::uint32_t>(runtime, cell("writes", {.least = 0, .most = use.most_mended}), 0),
        .fixing = Shared<bool>(runtime, cell("fixing", kFlag), false),
        .farthest = Shared<std::uint64_t>(runtime, cell("farthest", bytes), 0),
    });
  }
}

Zone* ZoneTable::zone_at(std::uint64_t offset) {
  const std::uint64_t index = offset / zone_size_;
  return index < zones_.size() ? &zones_[index] : nullptr;
}

}  // namespace zoneknot::core
