// The commands of `zoneknot`. Each prints its report on standard output, messages on standard error, and returns the
// process's exit code (docs/verdicts.md).
#pragma once

#include "tools/cli/command_line.h"

namespace zoneknot::tools {

int run_matrix(const CommandLine& line);
int run_check(const CommandLine& line);
int run_prove(const CommandLine& line);
int run_replay(const CommandLine& line);
int run_shrink(const CommandLine& line);
int run_run(const CommandLine& line);
int run_lockcheck(const CommandLine& line);

}  // namespace zoneknot::tools
