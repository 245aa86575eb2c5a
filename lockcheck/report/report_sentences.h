// What a report says first of any verdict but that of a hang: two sentences in words. Pure; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// Empty for a HANG, of which report_story.h tells.
std::string sentences_of(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
