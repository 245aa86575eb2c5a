// --dot=FILE and --svg=FILE: a verdict as a picture beside the report. One thread.
#pragma once

#include <optional>
#include <vector>

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

// Writes what was asked for. The error is that of a file, or that `dot` has failed.
std::optional<InputError> write_graph_files(const lockcheck::Verdict& verdict, const GraphOptions& graphs);

}  // namespace zoneknot::tools
