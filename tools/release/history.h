// How the answer for one job changed from release to release, and which switches made it change: the smallest set that
// takes the earlier release to the answer of the later one. Asks somebody else for answers, each set once; used by one
// thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/fix_set.h"
#include "tools/release/releases.h"

namespace zoneknot::tools {

// What is asked for a set of switches: the word of a search. Equal texts are equal answers.
using Answer = std::function<std::string(core::FixSet)>;

struct Change {
  std::size_t from = 0, to = 0;  // rows, neighbours
  std::string before, after;     // answers
  // Turned in the earlier release they give the later one's answer. Without one of them it is no longer that.
  std::vector<core::Fix> switches;
  bool smallest = false;  // no set with fewer of them does
  std::size_t sets = 0;   // that were asked for this
};

struct History {
  std::vector<std::string> answers;  // by row
  std::vector<Change> changes;
};

// More sets than this are not looked at for one change to say that it is the smallest.
inline constexpr std::size_t kMostSetsOfAChange = 200;

// `stop`: true ends it early; what is missing is left out.
History history_of(const std::vector<ReleaseRow>& rows, const Answer& answer, const std::function<bool()>& stop);

}  // namespace zoneknot::tools
