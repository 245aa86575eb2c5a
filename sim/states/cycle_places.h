// Who goes round a cycle where, in the order in which the places are first passed. Plain data; one thread.
#pragma once

#include <vector>

#include "core/runtime.h"
#include "lockcheck/watch/lock_watch.h"
#include "sim/search/explorer.h"

namespace zoneknot::sim {

class CyclePlaces {
 public:
  struct Place {
    core::TaskId task = 0;
    core::Site site;
  };

  // A place that is known already is not added again.
  void add(core::TaskId task, core::Site site);

  [[nodiscard]] const std::vector<Place>& all() const { return places_; }
  // With the names that the tasks have in a run that is still known.
  [[nodiscard]] std::vector<CutPlace> named(const lockcheck::LockWatch& watch) const;

 private:
  std::vector<Place> places_;
};

}  // namespace zoneknot::sim
