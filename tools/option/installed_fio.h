// The fio that is installed on this machine.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace zoneknot::tools {

// What `fio --version` prints, without its line end. The error is one line without a full stop: no fio was found.
tl::expected<std::string, std::string> installed_fio();

// The preset of a program that calls itself `version`: "fio-3.33" of "fio-3.33" and "fio-3.33-16-g0a1b2c3d"; what was
// built after the newest release is fio-newest. An unknown release gives its own name, for a message that names it.
std::string preset_of_version(std::string_view version);

}  // namespace zoneknot::tools
