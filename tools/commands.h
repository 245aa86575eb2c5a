// The commands of `zoneknot`. Each prints its report on standard output, messages on standard error, and returns the
// process's exit code (docs/verdicts.md).
#pragma once

#include "tools/command_line.h"
#include "tools/input_error.h"

namespace zoneknot::tools {

int run_matrix(const CommandLine& line);
int run_check(const CommandLine& line);
int run_prove(const CommandLine& line);
int run_replay(const CommandLine& line);
int run_shrink(const CommandLine& line);
int run_run(const CommandLine& line);
int run_lockcheck(const CommandLine& line);

inline constexpr int kExitBadInput = 2;

// Prints "zoneknot: <error>"; returns kExitBadInput.
int refuse(const InputError& error);
void print_notes(const std::vector<std::string>& notes);

// Prints a report, or writes it to `path` if that is not empty. The exit code is `code` unless writing fails.
int deliver(const std::string& report, const std::string& path, int code);

}  // namespace zoneknot::tools
