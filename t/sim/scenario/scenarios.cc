#include <cerrno>

#include "t/sim/scenario/stage.h"

namespace zoneknot::scenario {
namespace {

using device::FaultKind;
using device::FaultTarget;

device::DeviceConfig disk(std::uint32_t max_active = 0) {
  return {.zone_size = kZoneBytes, .zones = 8, .max_active = max_active};
}

device::Fault fault(FaultTarget target, FaultKind kind, double probability) {
  device::Fault fault;
  fault.target = target;
  fault.kind = kind;
  fault.error = EIO;
  fault.transferred = kBlockBytes;
  fault.probability = probability;
  fault.count = 1;
  return fault;
}

device::FaultPlan one_fault(FaultTarget target, FaultKind kind, double probability) {
  return {{fault(target, kind, probability)}};
}

device::FaultPlan power_fails_at_a_write_or_sync() {
  device::FaultPlan plan{
      {fault(FaultTarget::write, FaultKind::power_cut, 0.5), fault(FaultTarget::sync, FaultKind::power_cut, 0.5)}};
  for (device::Fault& fault : plan.faults) fault.write_cache = true;
  return plan;
}

device::DeviceConfig disk_of_few_open_zones() {
  device::DeviceConfig config = disk();
  config.max_open = 2;
  return config;
}

device::DeviceConfig disk_of_linux_today() {
  device::DeviceConfig config = disk();
  config.host = device::HostLayer::write_plug;
  return config;
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> kAll = {
      {"counters apart from state", "ZenFS #35", disk(), {}, counters_apart_from_state},
      {"released before the close", "ZenFS PR 46, 71, 78", disk(), {}, released_before_the_close},
      {"all slots taken", "ZenFS 99212a1", disk(), {}, all_slots_taken, true},
      {"slot released before the finish", "fio #2032", disk(1), {}, slot_released_before_the_finish},
      {"partial write moves the pointer", "fio 650c4ad3", disk(),
       one_fault(FaultTarget::write, FaultKind::short_transfer, 0.5), partial_write_moves_the_pointer},
      {"stale pointer after a reset", "btrfs 5fabb1cf25d7", disk(), {}, stale_pointer_after_a_reset},
      {"finish under the metadata lock", "btrfs 1ebe51c29fa9", disk(), {}, finish_under_the_metadata_lock, true},
      {"more streams than zones", "f2fs, six logs", disk(2), {}, more_streams_than_zones},
      {"recovery needs what is frozen", "block fe0418eb9bd6", disk(),
       one_fault(FaultTarget::write, FaultKind::error, 0.5), recovery_needs_what_is_frozen, true},
      {"slot leaks on an error", "btrfs #537", disk(), one_fault(FaultTarget::write, FaultKind::error, 0.5),
       slot_leaks_on_an_error, true},
      {"reset one too many", "xnvme PR 16", disk(), {}, reset_one_too_many},
      {"zone released before it is on record", "ZenFS 4968742", disk(),
       one_fault(FaultTarget::trim, FaultKind::power_cut, 1), zone_released_before_it_is_on_record},
      {"told safe before the sync", "f2fs d508c94e45fc", disk(), power_fails_at_a_write_or_sync(),
       told_safe_before_the_sync},
      {"appends beside writes", "block a6aa36e957a1", disk_of_linux_today(), {}, appends_beside_writes},
      {"half of a range stays open", "range ioctls", disk_of_few_open_zones(), {}, half_of_a_range_stays_open},
  };
  return kAll;
}

}  // namespace zoneknot::scenario
