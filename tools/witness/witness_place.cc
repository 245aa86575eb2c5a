#include "tools/witness/witness_place.h"

#include <filesystem>

#include "tools/text/whole_file.h"
#include "tools/witness/witness_file.h"

namespace zoneknot::tools {
namespace {

// Devices and pipes are neither looked at nor removed.
bool is_file(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && std::filesystem::is_regular_file(path, ignored);
}

bool holds_witness(const std::string& path) {
  const auto text = read_file(path);
  return text && looks_like_witness_file(*text);
}

}  // namespace

std::optional<InputError> check_witness_place(const std::string& path) {
  std::error_code ignored;
  if (!is_file(path) || std::filesystem::file_size(path, ignored) == 0 || holds_witness(path)) return std::nullopt;
  return InputError{.file = "--output", .message = in_quotes(path) + " is there and is no witness; it is not replaced"};
}

std::vector<std::string> remove_old_witness(const std::string& path) {
  if (!is_file(path) || !holds_witness(path)) return {};
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) return {path + " is the witness of an older search: " + error.message()};
  return {path + " was the witness of an older search; it is removed, nothing was found now"};
}

}  // namespace zoneknot::tools
