// --dot, --svg, --html, --perfetto and --sarif: a verdict in other forms beside the report. One thread.
#pragma once

#include <optional>
#include <vector>

#include "lockcheck/verdict/run_in_verdict.h"
#include "lockcheck/verdict/verdict.h"
#include "tools/cli/command_line.h"
#include "tools/cli/named_files.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

// What would keep write_graph_files() from doing it, so that it is said before a long search and not after it: no `dot`
// to make the SVG.
std::optional<InputError> check_dot_program(const GraphOptions& graphs);

// For check_named_files().
std::vector<NamedFile> named_graph_files(const GraphOptions& graphs);

// Writes what was asked for; `run` is for the page and the trace, which is empty without it. The error is that of a
// file, or that `dot` has failed.
std::optional<InputError> write_graph_files(const lockcheck::Verdict& verdict, const GraphOptions& graphs,
                                            const std::optional<lockcheck::RunInVerdict>& run = std::nullopt);

}  // namespace zoneknot::tools
