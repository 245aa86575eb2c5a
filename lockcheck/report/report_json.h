// Verdicts and matrices as JSON, the interchange form. Pure; any thread. Keys always come in the same order.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "lockcheck/report/matrix_report.h"
#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// One object, "schema": "zoneknot.verdict/2", indented, ended by a newline. What does not apply is null; lists are
// always lists. `seconds` is the only field in which equal runs differ.
std::string to_json(const Verdict& verdict);

// An array of rows, each an object with "schema": "zoneknot.matrix/2", the fix set, and one verdict for each job.
std::string to_json(const Matrix& matrix);

// The cells of a matrix that to_json() wrote: (fix set, job) → cell_text(). The error is one line without a full stop.
tl::expected<std::map<std::pair<std::string, std::string>, std::string>, std::string> cells_of_json(
    std::string_view text);

}  // namespace zoneknot::lockcheck
