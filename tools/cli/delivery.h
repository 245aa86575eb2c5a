// How a command ends: its report on standard output or in a file, its messages on standard error, and its exit code.
#pragma once

#include <string>
#include <vector>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

inline constexpr int kExitBadInput = 2;

// Prints "zoneknot: <error>"; returns kExitBadInput.
int refuse(const InputError& error);
void print_notes(const std::vector<std::string>& notes);

// Prints a report, or writes it to `path` if that is not empty. The exit code is `code` unless writing fails.
int deliver(const std::string& report, const std::string& path, int code);

}  // namespace zoneknot::tools
