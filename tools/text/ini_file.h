// The raw syntax of job files: sections in brackets, `option=value` or a bare `option` on each line, comments from ; or
// # to the end of the line, ${NAME} from the environment. Knows no option. Pure functions; the result owns its text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

inline constexpr std::size_t kMaxInputBytes = std::size_t{1} << 20U;  // of a file, and again of its expanded values
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 16U;
inline constexpr std::size_t kMaxSections = 4096;

// The value of an environment variable, or nothing if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

struct IniOption {
  std::string name;
  Position at;             // of the name
  bool has_value = false;  // false: a bare option
  std::string value;       // expanded, without blanks around it
  Position value_at;
  // The column of each byte of the value, and of its end. What came from the environment stands at its '$'.
  std::vector<std::uint32_t> columns;

  [[nodiscard]] Position position_in_value(std::size_t offset) const;
};

struct IniSection {
  std::string name;
  Position at;
  std::vector<IniOption> options;
};

struct IniFile {
  std::vector<IniSection> sections;
};

// Errors: an option before the first section, a section without a name or bracket, a variable that is not set (but
// ZONED, which is then "sim"), and text that is beyond the limits above.
tl::expected<IniFile, InputError> parse_ini(std::string_view text, std::string_view file_name,
                                            const Environment& environment);

}  // namespace zoneknot::tools
