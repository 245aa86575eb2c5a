// What a report says first of any verdict but that of a hang: two sentences in words. Pure; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// Of a HANG: empty.
std::string sentences_of(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
