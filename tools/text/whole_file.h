// Files that are read or written as a whole. Every file that a command writes goes through OutputFile, which writes
// beside the file's place and moves it there once it is complete: nobody finds half a file under its name. One thread.
#pragma once

#include <ext/stdio_filebuf.h>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

// The path behind its last slash.
std::string base_name(const std::string& path);

// As the name of an input.
inline constexpr std::string_view kStandardInput = "-";

// A whole file of at most 64 MiB; the error names it. Standard input is read once and then kept.
tl::expected<std::string, InputError> read_file(const std::string& path);

class OutputFile {
 public:
  // Makes a file of a random name in the folder of PATH. Where PATH is a link, that is the folder of what it leads to;
  // where PATH is a device, a pipe or a link to nothing, which are not replaced, PATH itself is opened.
  explicit OutputFile(std::string path);
  // What was not kept is gone, and PATH is as it was.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  [[nodiscard]] std::ostream& stream() { return out_; }

  // Moves what was written to its place; a file that was there gives it its mode and owner. The error: not all of it
  // could be written. Once.
  std::optional<InputError> keep();

 private:
  std::string path_;        // as the user named it
  std::string place_;       // what it leads to
  std::string written_to_;  // `place_`, or a file beside it
  __gnu_cxx::stdio_filebuf<char> buffer_;
  std::ostream out_{nullptr};
  int descriptor_ = -1;
  int open_error_ = 0;  // errno value
  bool kept_ = false;
};

std::optional<InputError> write_file(const std::string& path, std::string_view text);

// What would keep OutputFile from writing there, so that it is said before a long search and not after it. Nothing is
// changed. Empty: nothing is to be written.
std::optional<InputError> check_writable(const std::string& path);

}  // namespace zoneknot::tools
