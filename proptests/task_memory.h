// How a task's memory takes in what it sees, and what it writes: in programs under a strategy and where they are
// enumerated naively.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zoneknot::proptests {

inline void remember(std::uint64_t& memory, std::uint64_t seen) { memory = memory * 11 + seen + 1; }
inline std::uint64_t to_write(std::uint64_t memory, std::size_t task) { return memory * 5 + task + 1; }

}  // namespace zoneknot::proptests
