// The parts of the text report that show how things stood when a run hung: who waits for whom, the zones, and the steps
// that led there. Each is a pure function of the verdict; text of no lines where there is nothing to show.
#pragma once

#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// At most so many lines of each kind are printed; what is left out is counted.
inline constexpr std::size_t kStepsShown = 24;
inline constexpr std::size_t kStepsOfAll = 2000;  // with all details
inline constexpr std::size_t kHoldsShown = 16;
inline constexpr std::size_t kZonesShown = 24;
inline constexpr std::size_t kBystandersShown = 24;

// It waits for another one's end and has nothing that somebody could wait for.
bool merely_joins(const TaskInVerdict* task);

// The tasks of the core, in the order in which they wait on each other; those that merely join come last.
std::vector<const TaskInVerdict*> core_of(const Verdict& verdict);

std::string text_of_tasks(const Verdict& verdict);
std::string text_of_zones(const Verdict& verdict);
// The last `most` of them.
std::string text_of_steps(const Verdict& verdict, std::size_t most);

}  // namespace zoneknot::lockcheck
