#include "tools/text/key_values.h"

#include <algorithm>

namespace zoneknot::tools {

tl::expected<std::vector<KeyValue>, InputError> parse_key_values(std::string_view text, std::string_view option) {
  const auto wrong = [&](std::string message) {
    return tl::unexpected(InputError{std::string(option), 0, 0, std::move(message)});
  };
  std::vector<KeyValue> entries;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view entry = text.substr(begin, end - begin);
    const std::size_t equals = entry.find('=');
    KeyValue parsed{entry.substr(0, equals), std::nullopt};
    if (equals != std::string_view::npos) parsed.value = entry.substr(equals + 1);
    if (parsed.key.empty()) return wrong("a key=value is missing in " + in_quotes(text));
    if (std::ranges::find(entries, parsed.key, &KeyValue::key) != entries.end()) {
      return wrong(in_quotes(parsed.key) + " is given twice");
    }
    entries.push_back(parsed);
    if (end == text.size()) return entries;
    begin = end + 1;
  }
}

}  // namespace zoneknot::tools
