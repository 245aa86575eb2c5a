#include "sim/run/footprint.h"

#include <algorithm>

namespace zoneknot::sim {

void Footprint::clear() {
  told_ = true;
  looks_.clear();
  written_.clear();
  added_.clear();
  removed_.clear();
  woken_.clear();
}

void Footprint::look(Place place, std::uint64_t id) {
  if (place == Place::cell && std::ranges::find(written_, id) != written_.end()) return;
  const auto same = [&](const Look& look) { return look.place == place && look.id == id; };
  if (std::ranges::none_of(looks_, same)) looks_.push_back({place, id, 0});
}

void Footprint::write(core::CellId cell) {
  if (std::ranges::find(written_, cell) == written_.end()) written_.push_back(cell);
}

void Footprint::remove(const EventKey& event) {
  const auto own = std::ranges::find(added_, event, &EventInState::key);
  if (own != added_.end()) {
    added_.erase(own);
  } else {
    removed_.push_back(event);
  }
}

}  // namespace zoneknot::sim
