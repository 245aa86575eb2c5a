// The lists "key=value,key=value" of command-line options. Pure functions; the result points into the text given.
#pragma once

#include <optional>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct KeyValue {
  std::string_view key;
  std::optional<std::string_view> value;  // nothing: a bare key
};

// In the order of the text. Errors: an empty entry or key, a key that comes twice. `option` is the name of the
// command-line option, for the error.
tl::expected<std::vector<KeyValue>, InputError> parse_key_values(std::string_view text, std::string_view option);

}  // namespace zoneknot::tools
