// The findings of a verdict in SARIF 2.1.0 (OASIS), as code hosts read them: one result for a hang, for each broken
// rule and for each prediction that stands. Pure; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

std::string to_sarif(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
