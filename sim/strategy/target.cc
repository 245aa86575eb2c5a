#include "sim/strategy/target.h"

#include <algorithm>
#include <string_view>

namespace zoneknot::sim {

bool LockPattern::matches(core::LockId id, const core::LockInfo& info) const {
  return (lock_class.empty() || lock_class == info.lock_class) && (!order_key || order_key == info.order_key) &&
         (!group || *group == info.group) && (!lock || *lock == id);
}

bool is_in(const core::Site& site, const std::string& function) {
  if (function.empty()) return true;
  const std::string_view name = site.function_name();
  for (std::string_view rest = function; !rest.empty();) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    if (end > 0 && name.find(rest.substr(0, end)) != std::string_view::npos) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace zoneknot::sim
