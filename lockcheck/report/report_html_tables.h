// The tables of a page that need no script: which tasks, what they own and await, at which places, and which zones.
// Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// The names of the tasks that are stuck, or that the first predictions are about.
std::vector<std::string> tasks_concerned(const Verdict& verdict);

// Headings and tables; empty: there is nothing of the kind.
std::string html_tables(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
