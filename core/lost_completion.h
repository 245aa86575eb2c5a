// What a wait for a completion says that the device has lost: the I/O was done, and nobody will ever be told.
#pragma once

#include <cstdint>

namespace zoneknot::core {

// Wait::object of such a wait, whose can_end is false: no fault of the program that waits.
inline constexpr std::uint32_t kLostByDevice = 0;

}  // namespace zoneknot::core
