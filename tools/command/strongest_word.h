// What a plain `check JOB`, which was given no budget, does within a minute: a search of the job as it is; where that
// finds nothing, the proof; where that does not go through, the same job bounded, which is only told of. Used by one
// thread.
#pragma once

#include <string>

#include "sim/conclude/conclude.h"
#include "tools/cli/command_line.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// Scheduling points of an execution: most of what is found comes early, so the first ones are cut early. The longest
// have 64 times as many. One of each part of the portfolio has the same.
inline constexpr sim::GrowingBudgets kShortFirst{.first = 31'250, .in_row = 4};

// No option says how far to look, or in which way.
bool is_plain(const SearchOptions& options);

// A finding wins; else PROVED; else what the search of the job itself is worth. Whatever else was tried is in the lines
// of evidence. `plan` is that of the search, without limits of time. Ctrl-C ends it with what is known.
sim::Conclusion strongest_word(const Instance& instance, sim::SearchPlan plan);

// What to type for more, of a check that is INCOMPLETE: the same with more of what it ran out of.
std::string next_check(const Instance& instance, const CheckOptions& options, const lockcheck::Verdict& verdict);

}  // namespace zoneknot::tools
