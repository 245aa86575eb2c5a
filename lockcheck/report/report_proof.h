// The part of the text report that says what a proof could not establish, and what speaks for it besides. Pure
// functions; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// Empty where nothing was to be proved.
std::string text_of_proof(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
