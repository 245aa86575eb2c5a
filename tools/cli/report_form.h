// The form in which a command prints a verdict. Pure; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"
#include "tools/cli/command_line.h"

namespace zoneknot::tools {

std::string report_of(const lockcheck::Verdict& verdict, Format format, bool verbose);

}  // namespace zoneknot::tools
