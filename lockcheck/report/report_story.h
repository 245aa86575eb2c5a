// What stands first in a report: two sentences, of a hang who waits for whom and how it came to that; what is known of
// the cause; and what to type next. Pure; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// Two sentences in lines of the report; empty: there is nothing to tell.
std::string text_of_story(const Verdict& verdict);
// The two sentences without line breaks.
std::string story(const Verdict& verdict);

// "ended by find-lock, in fio since 3.20: …; until then: iodepth=1", for those who read no report.
std::string cause_sentence(const CauseInVerdict& cause);
// "find-lock, in fio since 3.20: find_zone …"
std::string fix_sentence(const CauseInVerdict& cause);
// "until then", "workaround"; and "iodepth=1 in the job file", or nothing.
std::string workaround_label(const CauseInVerdict& cause);
std::string workaround_sentence(const CauseInVerdict& cause);
// What both rest on.
std::string fix_worth(const CauseInVerdict& cause);
std::string text_of_cause(const Verdict& verdict);

std::string text_of_next(const Verdict& verdict);
// A command in lines that a shell takes for one, unless a word is longer than a line.
std::string text_of_command(const std::string& command);

// "convert_to_open_zone (fio: zbd_convert_to_open_zone)"; the bare name where the verdict is not about the workload, or
// fio has no such function.
std::string function_text(const Verdict& verdict, const std::string& function);

}  // namespace zoneknot::lockcheck
