// The parts of the text report that show how things stood when a run hung: who waits for whom, the zones, and the steps
// that led there. Each is a pure function of the verdict; text of no lines where there is nothing to show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

// At most so many lines of each kind are printed; what is left out is counted.
inline constexpr std::size_t kStepsShown = 24;
inline constexpr std::size_t kStepsOfAll = 2000;  // with all details
inline constexpr std::size_t kStepsOnPage = 100;  // beside the lanes
inline constexpr std::size_t kHoldsShown = 16;
inline constexpr std::size_t kZonesShown = 24;
inline constexpr std::size_t kBystandersShown = 24;

// It waits for another one's end and has nothing that somebody could wait for.
bool merely_joins(const TaskInVerdict* task);

// The tasks of the core, in the order in which they wait on each other; those that merely join come last.
std::vector<const TaskInVerdict*> core_of(const Verdict& verdict);

// Where a lock was taken that its owner has taken several times; empty: always at one place, or it is not known.
struct PlaceOfHold {
  const Place* place = nullptr;  // in the lock that was asked about
  std::uint32_t count = 0;
};
std::vector<PlaceOfHold> places_of(const HeldLock& held);

// I/Os by which its owner keeps a zone, also one that has ended: then it has as many locks of it.
std::uint32_t unput_of(const Verdict& verdict, const ZoneInVerdict& zone);

std::string text_of_tasks(const Verdict& verdict);
std::string text_of_zones(const Verdict& verdict);
// `most` of them: those that last to the end, and the last ones.
std::string text_of_steps(const Verdict& verdict, std::size_t most);

}  // namespace zoneknot::lockcheck
