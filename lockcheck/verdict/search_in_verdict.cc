#include "lockcheck/verdict/search_in_verdict.h"

namespace zoneknot::lockcheck {

std::vector<const WorkInVerdict*> idle_jobs(const SearchInVerdict& search) {
  std::vector<const WorkInVerdict*> idle;
  for (const WorkInVerdict& work : search.work) {
    if (work.ios == 0 && !work.failed) idle.push_back(&work);
  }
  return idle;
}

}  // namespace zoneknot::lockcheck
