// The lines of a trace in STD text, one after the other, with a look at those that come: a recorder that writes down
// what a thread has done after it has done it may come with it a little late, and its reader has to put it where it
// belongs. Belongs to one reader; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <istream>
#include <string>
#include <utility>

namespace zoneknot::lockcheck {

inline constexpr std::size_t kStdLineBytesMax = 1U << 14U;
// A line that comes later than so many others is where it belongs.
inline constexpr std::size_t kStdLinesLateMax = 1000;

class StdLines {
 public:
  struct Line {
    std::uint64_t number = 0;  // counted from 1
    std::string text;
    bool is_long = false;  // above kStdLineBytesMax; the text is not all of it
    bool is_whole = true;  // false: the file ends in it
    unsigned repairs = 0;  // how often its reader has let others come before it
  };

  explicit StdLines(std::istream& in) : in_(in) {}

  // The next one; null: there are no more. Stays until it is dropped.
  Line* front() { return at(0); }
  void drop() {
    spare_ = std::move(ahead_.front().text);
    ahead_.pop_front();
  }
  // So many after the next one, up to kStdLinesLateMax; null: there are no more.
  Line* at(std::size_t index);

  // Those of the lines from `first` up to and with `last` for which `which` holds come before the others of them.
  // Returns how many have moved past another one.
  std::size_t bring_forward(std::size_t first, std::size_t last, const std::function<bool(const Line&)>& which);

 private:
  bool read(Line& line);

  std::istream& in_;
  std::deque<Line> ahead_;
  std::string spare_;  // its room is used again
  std::uint64_t number_ = 0;
};

}  // namespace zoneknot::lockcheck
