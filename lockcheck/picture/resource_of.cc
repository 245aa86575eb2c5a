#include "lockcheck/picture/resource_of.h"

#include "lockcheck/text/lock_name.h"
#include "lockcheck/text/site.h"

namespace zoneknot::lockcheck {

Place place_of(core::Site site) {
  return {.file = site.file_name(), .line = site.line(), .function = function_name(site)};
}

ResourceInVerdict lock_of(const LockWatch& watch, core::LockId lock, bool shared) {
  const core::LockInfo info = watch.lock_info(lock);
  return {.kind = ResourceType::lock,
          .id = lock,
          .name = lock_name(info),
          .lock_class = std::string(info.lock_class),
          .order_key = info.order_key,
          .group = info.group,
          .shared = shared};
}

}  // namespace zoneknot::lockcheck
