#include "tools/text/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <utility>

namespace zoneknot::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20U;
constexpr int kMaxTries = 100;  // of names that are taken

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

InputError system_error(const std::string& path, const char* what, int error) {
  return {.file = path, .message = std::string(what) + ": " + std::strerror(error)};
}

// What a new file of this name would replace: nothing, or a regular file, not the link that leads to it.
std::string place_of(const std::string& path) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  return error ? path : target.string();
}

bool is_replaced(const std::string& place) {
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(place, ignored);
  return !fs::exists(status) || fs::is_regular_file(status);
}

// A new file, nobody else's, of a name that nobody can foresee. The descriptor, or -1 and errno.
int create_beside(const std::string& place, std::string& name) {
  if (access(place.c_str(), F_OK) == 0 && access(place.c_str(), W_OK) != 0) return -1;  // not ours to replace
  std::random_device random;
  for (int i = 0; i < kMaxTries; ++i) {
    name = place + "." + std::to_string(random()) + ".part";
    const int descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

// The file may be written by others whose it is: it stays theirs where that is allowed.
void take_mode_of(const std::string& place, int descriptor) {
  struct stat old{};
  if (stat(place.c_str(), &old) != 0) return;
  [[maybe_unused]] const int owner = fchown(descriptor, old.st_uid, old.st_gid);
  [[maybe_unused]] const int mode = fchmod(descriptor, old.st_mode & 07777U);
}

}  // namespace

std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

namespace {

tl::expected<std::string, InputError> read_all(std::FILE* opened, const std::string& path) {
  const File file(opened);
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

}  // namespace

tl::expected<std::string, InputError> read_file(const std::string& path) {
  if (path != kStandardInput) return read_all(std::fopen(path.c_str(), "rb"), path);
  static const auto kText = read_all(fdopen(dup(STDIN_FILENO), "rb"), "standard input");
  return kText;
}

OutputFile::OutputFile(std::string path)
    : path_(std::move(path)),
      place_(place_of(path_)),
      written_to_(place_),
      descriptor_(is_replaced(place_) ? create_beside(place_, written_to_)
                                      : open(place_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) {
    open_error_ = errno;
    return;
  }
  buffer_ = __gnu_cxx::stdio_filebuf<char>(descriptor_, std::ios::out | std::ios::binary);
  out_.rdbuf(&buffer_);
}

OutputFile::~OutputFile() {
  if (!kept_ && open_error_ == 0 && written_to_ != place_) std::remove(written_to_.c_str());
}

std::optional<InputError> OutputFile::keep() {
  if (open_error_ != 0) return system_error(path_, "cannot be written", open_error_);
  if (out_) errno = 0;  // else it says what failed last
  out_.flush();
  // The stream remembers what has failed earlier.
  if (!out_) return system_error(path_, "cannot be written", errno != 0 ? errno : EIO);
  if (written_to_ != place_) take_mode_of(place_, descriptor_);
  errno = 0;
  const bool written = buffer_.close() != nullptr;
  const bool moved = written && (written_to_ == place_ || std::rename(written_to_.c_str(), place_.c_str()) == 0);
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
  const std::string place = place_of(path);
  std::string opened = place;
  const bool replaced = is_replaced(place);
  const int descriptor =
      replaced ? create_beside(place, opened) : open(place.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
  // A pipe that nobody reads yet can be written later.
  if (descriptor < 0) {
    return errno == ENXIO ? std::nullopt : std::optional(system_error(path, "cannot be written", errno));
  }
  close(descriptor);
  if (replaced) std::remove(opened.c_str());
  return std::nullopt;
}

}  // namespace zoneknot::tools
