// Text as it stands between the elements of a page. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace zoneknot::lockcheck {

// No part of it is taken for markup.
std::string html_escaped(std::string_view text);

}  // namespace zoneknot::lockcheck
