// From a program that is run to the lock traces of its processes: the folder into which they write meanwhile, and what
// is made of it when the program has ended. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "tools/record/trace_maker.h"
#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct RecordedProcess {
  int pid = 0;
  std::string program{};  // path
  std::string trace{};    // path
  MadeTrace made{};
  std::uint64_t lost = 0;   // events that there was no room for
  bool is_full = false;     // the limit was reached: the trace ends there
  bool still_runs = false;  // the trace ends before it does
  bool has_exited = false;  // by itself, or to become another program
};

class Recording {
 public:
  // Makes the folder, beside where the trace will be. Removes those of recordings to the same file that were killed.
  static tl::expected<Recording, InputError> begin(const std::string& trace);
  // What is left in the folder goes with it.
  ~Recording();
  Recording(Recording&& other) noexcept;
  Recording& operator=(Recording&&) = delete;
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  // The variables of the program's environment: ours with what the library needs.
  [[nodiscard]] std::vector<std::string> environment(const std::string& library, std::uint64_t bytes_max) const;

  // Makes the traces: that of `main_pid` has the name that was asked for, the others .PID after it. Nothing: no process
  // was recorded.
  tl::expected<std::vector<RecordedProcess>, InputError> make_traces(int main_pid);

 private:
  Recording(std::string trace, std::string folder, int mark)
      : trace_(std::move(trace)), folder_(std::move(folder)), mark_(mark) {}

  std::string trace_;
  std::string folder_;  // empty: moved from
  int mark_ = -1;       // a file in it that is locked as long as this process lives
};

}  // namespace zoneknot::tools
