// How many threads the tasks of a watched run have: with one nothing needs to be synchronised.
#pragma once

#include <cstdint>

namespace zoneknot::lockcheck {

enum class Threads : std::uint8_t { one, many };

}  // namespace zoneknot::lockcheck
