// How far long work has come, as one line on standard error that overwrites itself. Only on a terminal; elsewhere
// nothing is printed. Used by one thread at a time.
#pragma once

#include <chrono>
#include <string>

namespace zoneknot::tools {

class ProgressLine {
 public:
  ProgressLine();

  // False: there is no terminal, and the work need not be asked how far it is.
  [[nodiscard]] bool shown() const { return on_terminal_; }

  // Prints what `text(seconds since this was made)` says, if it is time to: at most five times a second.
  template <class Text>
  void show(const Text& text) {
    if (is_due()) print(text(std::chrono::duration<double>(printed_ - begin_).count()));
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool is_due();
  static void print(const std::string& line);

  bool on_terminal_;
  Clock::time_point begin_;
  Clock::time_point printed_;
};

// Removes what is left of a progress line.
void clear_progress();

}  // namespace zoneknot::tools
