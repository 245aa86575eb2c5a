// What a LockWatch and the seams know by numbers, as values that outlive the run. Pure functions; any thread that may
// ask the watch.
#pragma once

#include "core/runtime.h"
#include "lockcheck/verdict/resource.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {

Place place_of(core::Site site);
// `shared`: a share of it.
ResourceInVerdict lock_of(const LockWatch& watch, core::LockId lock, bool shared = false);

}  // namespace zoneknot::lockcheck
