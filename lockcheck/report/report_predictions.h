// The part of the text report that shows deadlocks which did not happen, but could have: for each what it is, how sure
// that is, and the chain of tasks, each with what it has and what it waits for, and where. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// At most so many are printed; what is left out is counted. JSON has all.
inline constexpr std::size_t kPredictionsShown = 12;
inline constexpr std::size_t kLinksShown = 16;

// Counts the predictions that are open: "3 predicted deadlocks, 1 of them sound: none was driven to a hang". Empty if
// there are none of them.
std::string predicted_in_words(const Verdict& verdict);

// "2 inversions are kept apart by data"; empty: there are none, or they count as predicted.
std::string ordered_in_words(const Verdict& verdict);

// Empty where nothing was predicted.
std::string text_of_predictions(const Verdict& verdict);

// What would be a deadlock if something did not keep the tasks apart. Empty: nothing.
std::string text_of_what_is_apart(const Verdict& verdict);

}  // namespace zoneknot::lockcheck
