// The program that is to be recorded: where it is, and whether a library can be loaded into it at all. Reads files
// only.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

// The path of what is called so, looked up as execvp does. The error says why it cannot be recorded: there is none, it
// is statically linked, of another C library, runs with the rights of another user, or is no program for this machine.
tl::expected<std::string, InputError> find_program(const std::string& name);

// The library that programs load, beside this command or as it is installed.
tl::expected<std::string, InputError> find_library();

}  // namespace zoneknot::tools
