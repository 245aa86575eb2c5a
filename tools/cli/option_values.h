// Values of options that CLI11 does not know: times, amounts of memory, and words as its users are told of them. Pure;
// any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace zoneknot::tools {

// A time such as 500ms, 30s, 2m; a number alone is seconds. Throws CLI::ValidationError, which names the option.
std::chrono::milliseconds parse_time(const char* option, const std::string& text);

// Bytes, such as 512m or 4g. Throws likewise.
std::uint64_t parse_bytes(const char* option, const std::string& text);

// Which of `words` the text is. Throws likewise, with what is expected.
std::size_t parse_word(const char* option, const std::string& text, std::span<const std::string_view> words);

}  // namespace zoneknot::tools
