// What is wrong with something a user wrote: a file, or the value of a command-line option. Plain data, made by the
// parsers of tools/, printed by the command, which then ends with exit code 2.
#pragma once

#include <string>
#include <string_view>

namespace zoneknot::tools {

// A place in a file. Lines and columns (bytes) count from 1; 0: none.
struct Position {
  unsigned line = 0;
  unsigned column = 0;
  bool operator==(const Position&) const = default;
};

struct InputError {
  std::string file;  // as the user named it; for an option of the command line its name, "--bound"
  unsigned line = 0;
  unsigned column = 0;
  std::string message;    // one line without a full stop
  std::string release{};  // "fio-3.33": only this set of switches refuses it, and another may not; empty: all do

  // "two-jobs.fio:12:3: unknown option 'foo'", "--bound: …", "a.fio:3:4: … (fio-3.33)".
  [[nodiscard]] std::string to_string() const;
};

// The user's own text for a message: in quotes, on one line, without control characters, and cut when it is long.
std::string in_quotes(std::string_view text);

// `text` as a terminal may have it: what would steer it, in ASCII or UTF-8, is '?'. Newlines stay.
std::string printable(std::string_view text);

}  // namespace zoneknot::tools
