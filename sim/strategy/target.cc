#include "sim/strategy/target.h"

#include <cstring>

namespace zoneknot::sim {

bool LockPattern::matches(core::LockId id, const core::LockInfo& info) const {
  return (lock_class.empty() || lock_class == info.lock_class) && (!order_key || order_key == info.order_key) &&
         (!group || *group == info.group) && (!lock || *lock == id);
}

bool is_in(const core::Site& site, const std::string& function) {
  return function.empty() || std::strstr(site.function_name(), function.c_str()) != nullptr;
}

}  // namespace zoneknot::sim
