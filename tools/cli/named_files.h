// The files that a command line names, looked at before anything starts: what is written can be written, and is none of
// the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

enum class FileUse : std::uint8_t {
  read,     // an input
  written,  // an output, replaced as a whole
  device,   // what the workload writes to
};

struct NamedFile {
  std::string option;  // "--dot", "JOB"
  std::string path;    // empty: not given
  FileUse use = FileUse::read;
};

// Errors: an output that cannot be written, and one that is the same file as another of them, under whatever name.
// Devices and pipes (/dev/null, /dev/stdout) may be written to by several.
std::optional<InputError> check_named_files(std::vector<NamedFile> files, const std::vector<NamedFile>& more = {});

}  // namespace zoneknot::tools
