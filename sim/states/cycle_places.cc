#include "sim/states/cycle_places.h"

#include <algorithm>

#include "lockcheck/text/site.h"

namespace zoneknot::sim {

void CyclePlaces::add(core::TaskId task, core::Site site) {
  const auto same = [&](const Place& place) {
    return place.task == task && lockcheck::site_text(place.site) == lockcheck::site_text(site);
  };
  if (std::ranges::none_of(places_, same)) places_.push_back({task, site});
}

std::vector<CutPlace> CyclePlaces::named(const lockcheck::LockWatch& watch) const {
  const std::vector<lockcheck::TaskSnapshot> tasks = watch.tasks();
  std::vector<CutPlace> named;
  named.reserve(places_.size());
  for (const Place& place : places_) named.push_back({tasks.at(place.task).name, place.site});
  return named;
}

}  // namespace zoneknot::sim
