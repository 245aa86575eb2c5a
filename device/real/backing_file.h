// The regular file that stands in for a zoned device: made, checked, sized and locked against a second run. A value
// that owns its file descriptor; the descriptor may be used from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace zoneknot::device {

struct BackingFileOptions {
  std::uint64_t size = 0;         // bytes
  std::uint32_t block_size = 0;   // bytes; every I/O will be a multiple of it
  bool destroy_existing = false;  // a file that holds something may be emptied
  bool direct = true;             // O_DIRECT, where the file system can
};

class BackingFile {
 public:
  // Makes the file, or takes one that is there: an empty one, or any with destroy_existing. It is `size` zeros then.
  // Never opens a device. The error is one line that begins with the path; a file that was made here is gone then.
  static tl::expected<BackingFile, std::string> open(const std::string& path, const BackingFileOptions& options);

  BackingFile(BackingFile&& other) noexcept;
  BackingFile& operator=(BackingFile&&) = delete;
  ~BackingFile();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool direct() const { return direct_; }

 private:
  explicit BackingFile(int fd) : fd_(fd) {}
  [[nodiscard]] std::string prepare(const BackingFileOptions& options);
  [[nodiscard]] bool try_direct(std::uint32_t block_size) const;

  int fd_;
  bool direct_ = false;
};

}  // namespace zoneknot::device
