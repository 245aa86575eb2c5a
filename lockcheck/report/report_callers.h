// From where the function of a place was called, as a recorded trace tells it. A pure function.
#pragma once

#include <cstddef>
#include <string>

#include "lockcheck/verdict/resource.h"

namespace zoneknot::lockcheck {

// A line for each caller, the nearest first; nothing if they are not known.
std::string text_of_callers(const Place& place, std::size_t indent);

}  // namespace zoneknot::lockcheck
