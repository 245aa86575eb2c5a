// Looks in a job for the loop without progress that a backtrace shows in which nobody waits, but a thread goes on in
// the routines that it names. Used by one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/conclude/conclude.h"
#include "tools/instance/instance.h"

namespace zoneknot::tools {

// What a search of all states comes to, in the order in which they are met. `functions` are those in which threads are,
// as sim::is_in() takes them.
struct LoopSearch {
  sim::Conclusion conclusion;
  bool is_that_one = false;  // a livelock, all tasks of which go round there
};

LoopSearch search_loop(const Instance& instance, const std::vector<std::string>& functions,
                       std::function<bool()> time_is_over);

}  // namespace zoneknot::tools
