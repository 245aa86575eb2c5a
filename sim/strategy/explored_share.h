// How much of a search tree has been explored, as a text. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace zoneknot::sim {

// What is covered where virtual time decides.
inline constexpr const char* kSleepsInOrder = "every order of steps in which sleeps end in the order of virtual time";

// `share`: 0 … 1. "about 12.3 % explored"
inline std::string explored_text(double share) {
  if (share < 0.001) return "less than 0.1 % explored";
  const auto thousandths = static_cast<std::uint64_t>(share * 1000);
  return "about " + std::to_string(thousandths / 10) + "." + std::to_string(thousandths % 10) + " % explored";
}

}  // namespace zoneknot::sim
