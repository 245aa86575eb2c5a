#include "lockcheck/trace/std_lines.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace zoneknot::lockcheck {

bool StdLines::read(Line& line) {
  line.text = std::move(spare_);
  if (!std::getline(in_, line.text)) return false;
  line.number = ++number_;
  line.is_whole = !in_.eof();
  line.is_long = line.text.size() > kStdLineBytesMax;
  if (line.is_long) line.text.resize(kStdLineBytesMax);
  if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
  return true;
}

StdLines::Line* StdLines::at(std::size_t index) {
  if (index > kStdLinesLateMax) return nullptr;
  while (ahead_.size() <= index) {
    Line line;
    if (!read(line)) return nullptr;
    ahead_.push_back(std::move(line));
  }
  return &ahead_[index];
}

std::size_t StdLines::bring_forward(std::size_t first, std::size_t last,
                                    const std::function<bool(const Line&)>& which) {
  assert(first <= last && last < ahead_.size());
  const auto begin = ahead_.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = ahead_.begin() + static_cast<std::ptrdiff_t>(last) + 1;
  const auto moved = std::count_if(std::find_if_not(begin, end, which), end, which);
  // Not std::stable_partition, of which clang says that it uses a deprecated buffer.
  std::vector<Line> others;
  auto place = begin;
  for (auto line = begin; line != end; ++line) {
    if (!which(*line)) {
      others.push_back(std::move(*line));
    } else if (place++ != line) {
      *(place - 1) = std::move(*line);
    }
  }
  std::move(others.begin(), others.end(), place);
  return static_cast<std::size_t>(moved);
}

}  // namespace zoneknot::lockcheck
