#include "sim/strategy/portfolio.h"

#include <algorithm>
#include <cassert>

namespace zoneknot::sim {

Portfolio::Portfolio(std::vector<std::unique_ptr<Strategy>> parts) : parts_(std::move(parts)), acting_(nullptr) {
  assert(!parts_.empty());
  for (const std::unique_ptr<Strategy>& part : parts_) with_work_.push_back(part.get());
  acting_ = with_work_.front();
}

std::string Portfolio::name() const {
  std::string text = "portfolio of " + parts_.front()->name();
  for (std::size_t i = 1; i < parts_.size(); ++i) text += (i + 1 == parts_.size() ? " and " : ", ") + parts_[i]->name();
  return text;
}

void Portfolio::look_at(const lockcheck::LockWatch& watch) {
  for (const std::unique_ptr<Strategy>& part : parts_) part->look_at(watch);
}

bool Portfolio::samples() const {
  return std::all_of(parts_.begin(), parts_.end(), [](const auto& part) { return part->samples(); });
}

bool Portfolio::begin() {
  while (!with_work_.empty()) {
    next_ %= with_work_.size();
    acting_ = with_work_[next_];
    if (acting_->begin()) {
      ++next_;
      return true;
    }
    if (acting_->covers_everything()) return false;
    with_work_.erase(with_work_.begin() + static_cast<std::ptrdiff_t>(next_));
  }
  return false;
}

}  // namespace zoneknot::sim
