// What reports call a lock.
#pragma once

#include <string>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

// The lock's own name if it has one, else "zone 3", "M"; from the second file on "zone 3 of file 1".
std::string lock_name(const core::LockInfo& info);

}  // namespace zoneknot::lockcheck
