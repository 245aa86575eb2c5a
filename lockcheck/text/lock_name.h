// What reports call a lock.
#pragma once

#include <string>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

// "zone 3", "M"; of the second file and later ones "zone 3 of file 1".
std::string lock_name(const core::LockInfo& info);

}  // namespace zoneknot::lockcheck
