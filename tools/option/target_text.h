// The target of --strategy=directed:TARGET as a user writes it. Terms, separated by commas, all of one kind:
//
//   LOCK>LOCK[@FUNCTION]     a task owns the first and waits for the second; together a cycle
//   [N*]WHAT[@FUNCTION]      N tasks wait for it; WHAT: LOCK, completion, timer, join,
//                            condition or semaphore
//
// LOCK as reports print it: a class ("zone"), one lock ("zone 3", "zone 3 of file 1"), or "any". FUNCTION: part of the
// name of the function that waits. Pure function.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "sim/strategy/target.h"

namespace zoneknot::tools {

// The error says in one line what is wrong.
tl::expected<sim::Target, std::string> parse_target(std::string_view text);

}  // namespace zoneknot::tools
