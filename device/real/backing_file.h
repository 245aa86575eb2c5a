// The regular file, or the block device without zones, that stands in for a zoned device: made, checked, sized and
// locked against a second run. A value that owns its file descriptor; the descriptor may be used from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace zoneknot::device {

struct BackingFileOptions {
  std::uint64_t size = 0;         // bytes
  std::uint32_t block_size = 0;   // bytes; every I/O will be a multiple of it
  bool destroy_existing = false;  // a file that holds something may be emptied
  bool direct = true;             // O_DIRECT, where the file system can
  bool on_block = false;          // a block device; else a regular file
  bool destroy_partitions = false;
  bool keep_content = false;  // of a file that is as large as it has to be
  // So many bytes from the start have to be zeros when it begins. What is behind them nobody reads before it is
  // written.
  std::uint64_t zeros = UINT64_MAX;
  bool only_look = false;  // a block device is not to be written
};

class BackingFile {
 public:
  // Makes the file, or takes one that is there: an empty one, or any with destroy_existing, and finds out whether it
  // can be used. What is in it stays until empty(). Opens a block device only if that is wanted, and for this process
  // alone. The error is one line that begins with the path.
  static tl::expected<BackingFile, std::string> open(const std::string& path, const BackingFileOptions& options);

  // Has its size and its zeros from now on, with direct I/O where that is wanted and to be had. A file that has the
  // size already keeps its blocks: to find new ones is what costs most of a write. The error is as that of open().
  [[nodiscard]] std::string empty();

  // Makes zeros of a part; `keep_blocks`: the next write of it is not to look for new ones. 0 or an errno value.
  [[nodiscard]] int clear(std::uint64_t from, std::uint64_t length, bool keep_blocks) const;

  // As if it had never been emptied, though it stays empty.
  void forget() { unused_ = made_; }

  BackingFile(BackingFile&& other) noexcept;
  BackingFile& operator=(BackingFile&&) = delete;
  // A file that was made here and never emptied is gone.
  ~BackingFile();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool direct() const { return direct_; }

 private:
  BackingFile(int fd, std::string path, const BackingFileOptions& options)
      : fd_(fd), path_(std::move(path)), options_(options) {}
  [[nodiscard]] std::string objection() const;
  [[nodiscard]] static tl::expected<BackingFile, std::string> open_block(const std::string& path,
                                                                         const BackingFileOptions& options);
  [[nodiscard]] bool try_direct(std::uint32_t block_size) const;

  int fd_;
  std::string path_;
  BackingFileOptions options_;
  bool direct_ = false;
  bool made_ = false;    // here
  bool unused_ = false;  // made here and not emptied yet
};

}  // namespace zoneknot::device
