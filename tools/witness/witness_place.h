// Where -o puts a witness: a place that is free or holds an older witness, which does not outlive a search that finds
// nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

// Before a search. Empty path: no witness is wanted. The error: a file that is no witness is there.
std::optional<InputError> check_witness_place(const std::string& path);

// After a search without a finding: an older witness of that name would be taken for one of this search. Notes of what
// was done.
std::vector<std::string> remove_old_witness(const std::string& path);

}  // namespace zoneknot::tools
