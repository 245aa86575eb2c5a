// Laying out text in columns of a terminal. Pure functions; any thread. Widths count characters (UTF-8 code points);
// what would break a line or move the cursor is shown as '?'.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zoneknot::lockcheck {

inline constexpr std::size_t kReportWidth = 80;

std::size_t width_of(std::string_view text);

// `text` in at most `width` characters, the last two ".." if some were cut off.
std::string fit(std::string_view text, std::size_t width);

// fit(), filled up with blanks to exactly `width`.
std::string column(std::string_view text, std::size_t width);

// `text` as a line of its own, without blanks at its end.
std::string line(std::string text);

// `text` broken at blanks into lines of at most `width`; a longer word is broken anywhere. At least one line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// `label`, then `text` wrapped and indented by the label's width, to kReportWidth; every line ends with a newline.
std::string hanging(std::string_view label, std::string_view text);

// "1,234,567".
std::string grouped(std::uint64_t number);

// "1 task", "2 tasks": `word` is the singular.
std::string counted(std::uint64_t number, std::string_view word);

}  // namespace zoneknot::lockcheck
