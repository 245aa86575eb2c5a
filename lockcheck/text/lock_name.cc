#include "lockcheck/text/lock_name.h"

namespace zoneknot::lockcheck {

std::string lock_name(const core::LockInfo& info) {
  if (!info.name.empty()) return std::string(info.name);
  std::string name(info.lock_class);
  if (info.order_key) name += " " + std::to_string(*info.order_key);
  if (info.group != 0) name += " of file " + std::to_string(info.group);
  return name;
}

}  // namespace zoneknot::lockcheck
