#include "tools/text/whole_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

namespace zoneknot::tools {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20U;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

InputError system_error(const std::string& path, const char* what, int error) {
  return {.file = path, .message = std::string(what) + ": " + std::strerror(error)};
}

bool is_replaced(const std::string& path) {
  std::error_code ignored;
  return !std::filesystem::exists(path, ignored) || std::filesystem::is_regular_file(path, ignored);
}

std::string beside(const std::string& path) { return path + ".part"; }

}  // namespace

std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

tl::expected<std::string, InputError> read_file(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return tl::make_unexpected(system_error(path, "cannot be opened", errno));
  std::string text;
  char buffer[65536];
  std::size_t bytes = 0;
  while ((bytes = std::fread(buffer, 1, sizeof(buffer), file.get())) > 0) {
    text.append(buffer, bytes);
    if (text.size() > kMaxFileBytes)
      return tl::make_unexpected(InputError{.file = path, .message = "is larger than 64 MiB"});
  }
  if (std::ferror(file.get()) != 0) return tl::make_unexpected(system_error(path, "cannot be read", errno));
  return text;
}

OutputFile::OutputFile(std::string path)
    : path_(std::move(path)), written_to_(is_replaced(path_) ? beside(path_) : path_) {
  out_.open(written_to_, std::ios::binary);
  if (!out_) open_error_ = errno;
}

OutputFile::~OutputFile() {
  if (!kept_ && open_error_ == 0 && written_to_ != path_) std::remove(written_to_.c_str());
}

std::optional<InputError> OutputFile::keep() {
  if (open_error_ != 0) return system_error(path_, "cannot be written", open_error_);
  errno = 0;
  out_.close();  // flushes; the state remembers what has failed earlier
  const bool moved = out_ && (written_to_ == path_ || std::rename(written_to_.c_str(), path_.c_str()) == 0);
  if (!moved) return system_error(path_, "cannot be written", errno != 0 ? errno : EIO);
  kept_ = true;
  return std::nullopt;
}

std::optional<InputError> write_file(const std::string& path, std::string_view text) {
  OutputFile file(path);
  file.stream().write(text.data(), static_cast<std::streamsize>(text.size()));
  return file.keep();
}

std::optional<InputError> check_writable(const std::string& path) {
  if (path.empty()) return std::nullopt;
  const bool replaced = is_replaced(path);
  const std::string opened = replaced ? beside(path) : path;
  const File file(std::fopen(opened.c_str(), "ab"));
  if (!file) return system_error(path, "cannot be written", errno);
  if (replaced) std::remove(opened.c_str());
  return std::nullopt;
}

}  // namespace zoneknot::tools
