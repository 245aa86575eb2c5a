// Places in the source as reports print them. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/runtime.h"

namespace zoneknot::lockcheck {

// "open_zones.cc:41": base name of the file, and the line, as far as they are known.
std::string site_text(core::Site site);

// Both are one line of one file.
bool same_place(core::Site a, core::Site b);

// "convert_to_open_zone": the bare name of the function, as gdb's backtrace would show it; for a lambda the function
// that it is written in.
std::string function_name(core::Site site);

// "run", of the text that gcc or clang has for a function: "void zoneknot::core::Job::run(int) [with T = int]". A bare
// name stays what it is.
std::string bare_function_name(std::string_view pretty);

}  // namespace zoneknot::lockcheck
