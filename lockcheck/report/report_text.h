// A verdict as text for a terminal, in the manner of the kernel's lockdep and hung-task reports. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

enum class Detail : std::uint8_t {
  brief,
  full,     // and how each strategy of a search fared, with probabilities, and the last 2,000 steps
  on_page,  // the same with the last 100 steps, for the lanes have them all, and without what a page has elsewhere: the
            // witness and the command that replays it
};

// The whole report, in lines of at most 80 characters, each ended by a newline. Longer names are cut. Only the witness
// line and commands may be longer: they are there to be pasted. The first line is the headline's.
std::string to_text(const Verdict& verdict, Detail detail = Detail::brief);

// What the verdict says, in one line without a newline: "HANG: first and second wait on each other for ever".
std::string headline(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
