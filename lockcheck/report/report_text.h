// A verdict as text for a terminal, in the manner of the kernel's lockdep and hung-task reports. Pure; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// The whole report, in lines of at most 80 characters, each ended by a newline. Longer names are cut. Only the witness
// line and the replay command may be longer: they are there to be pasted.
std::string to_text(const Verdict& verdict);

// What the verdict says, in one line without a newline: "HANG: first and second wait on each other for ever".
std::string headline(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
