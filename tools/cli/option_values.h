// Values of options that CLI11 does not know: times and amounts of memory. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace zoneknot::tools {

// A time such as 500ms, 30s, 2m; a number alone is seconds. Throws CLI::ValidationError, which names the option.
std::chrono::milliseconds parse_time(const char* option, const std::string& text);

// Bytes, such as 512m or 4g. Throws likewise.
std::uint64_t parse_bytes(const char* option, const std::string& text);

}  // namespace zoneknot::tools
