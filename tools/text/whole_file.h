// Files that are read or written as a whole. Every file that a command writes goes through OutputFile, which writes
// beside the file's place and moves it there once it is complete: nobody finds half a file under its name. One thread.
#pragma once

#include <fstream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

// The path behind its last slash.
std::string base_name(const std::string& path);

// A whole file of at most 64 MiB; the error names it.
tl::expected<std::string, InputError> read_file(const std::string& path);

class OutputFile {
 public:
  // Opens "PATH.part", or PATH itself where that is a device or a pipe, which nothing may replace.
  explicit OutputFile(std::string path);
  // What was not kept is gone, and PATH is as it was.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  [[nodiscard]] std::ostream& stream() { return out_; }

  // Moves what was written to its place. The error: not all of it could be written. Once.
  std::optional<InputError> keep();

 private:
  std::string path_;
  std::string written_to_;  // PATH or PATH.part
  std::ofstream out_;
  int open_error_ = 0;  // errno value
  bool kept_ = false;
};

std::optional<InputError> write_file(const std::string& path, std::string_view text);

// What would keep OutputFile from writing there, so that it is said before a long search and not after it. Empty:
// nothing is to be written.
std::optional<InputError> check_writable(const std::string& path);

}  // namespace zoneknot::tools
