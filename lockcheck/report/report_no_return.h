// The point of no return of a hang as a part of the report. Pure; any thread.
#pragma once

#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// The whole section, with an empty line before it; empty: it was not looked for.
std::string text_of_no_return(const Verdict& verdict);

// "after step 1,733 rd5 owns zone 6 and rd3 waits for it: from here on it hangs whatever the schedule".
std::string no_return_sentence(const NoReturnInVerdict& no_return);
// What that rests on: "every continuation was tried (12)", "none of 1,000 random continuations got away".
std::string no_return_worth(const NoReturnInVerdict& no_return);
// What the last decision could have been instead, and what became of it; empty: there was none, or it is not known.
std::string no_return_instead(const NoReturnInVerdict& no_return);

}  // namespace zoneknot::lockcheck
