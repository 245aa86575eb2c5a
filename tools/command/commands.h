// The commands of `zoneknot`. Each prints its report on standard output, messages on standard error, and returns the
// process's exit code (docs/verdicts.md).
#pragma once

#include "tools/cli/command_line.h"

namespace zoneknot::tools {

int run_command(const MatrixOptions& options);
int run_command(const CheckOptions& options);
int run_command(const ProveOptions& options);
int run_command(const ReplayOptions& options);
int run_command(const ShrinkOptions& options);
int run_command(const RunOptions& options);
int run_command(const LockcheckOptions& options);
int run_command(const DeviceOptions& options);
int run_command(const FixesOptions& options);
int run_command(const BisectOptions& options);
int run_command(const RecordOptions& options);
int run_command(const ExplainOptions& options);

}  // namespace zoneknot::tools
