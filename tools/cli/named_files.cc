#include "tools/cli/named_files.h"

#include <filesystem>

#include "tools/text/whole_file.h"

namespace zoneknot::tools {
namespace {

namespace fs = std::filesystem;

bool is_stream(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::is_character_file(status) || fs::is_fifo(status) || fs::is_socket(status);
}

// Also where one of the two, or its last folder, does not exist yet.
bool same_file(const std::string& one, const std::string& other) {
  std::error_code error;
  if (fs::equivalent(one, other, error)) return true;
  const fs::path place = fs::weakly_canonical(fs::absolute(one), error);
  return !error && place == fs::weakly_canonical(fs::absolute(other), error) && !error;
}

}  // namespace

std::optional<InputError> check_named_files(std::vector<NamedFile> files, const std::vector<NamedFile>& more) {
  files.insert(files.end(), more.begin(), more.end());
  for (const NamedFile& file : files) {
    if (file.use == FileUse::written && file.path == kStandardInput) {
      return InputError{.file = file.option,
                        .message = "'-' is standard input; /dev/stdout is what is meant, or a file"};
    }
  }
  for (const NamedFile& file : files) {
    if (file.use != FileUse::written || file.path.empty() || is_stream(file.path)) continue;
    for (const NamedFile& other : files) {
      if (&other == &file || other.path.empty() || !same_file(file.path, other.path)) continue;
      return InputError{.file = file.option,
                        .message = in_quotes(file.path) + " is the file of " + other.option + " too"};
    }
  }
  for (const NamedFile& file : files) {
    if (file.use != FileUse::written) continue;
    if (auto error = check_writable(file.path)) return error;
  }
  return std::nullopt;
}

}  // namespace zoneknot::tools
