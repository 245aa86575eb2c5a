#include "device/real/backing_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "device/block/block_facts.h"

namespace zoneknot::device {
namespace {

std::string text_of_errno() { return std::generic_category().message(errno); }

// Why a file that exists cannot be used, or nothing.
std::string objection(const struct stat& status, const BackingFileOptions& options) {
  if (S_ISBLK(status.st_mode)) {
    return "is a block device; name it by itself: --device=/dev/…, with --emulate-zones if it has no zones";
  }
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  const bool kept = options.keep_content && std::cmp_equal(status.st_size, options.size);
  if (status.st_size != 0 && !options.destroy_existing && !kept) {
    return "holds " + std::to_string(status.st_size) + " bytes, which are overwritten only with --destroy-data";
  }
  return {};
}

// Whether a file of this size is allowed, by the file system and by the limit of the process, of which a signal would
// tell. Sets errno.
bool fits(int fd, std::uint64_t size) {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && size > limit.rlim_cur) {
    errno = EFBIG;
    return false;
  }
  if (lseek(fd, static_cast<off_t>(size), SEEK_SET) >= 0) return true;
  if (errno == EINVAL) errno = EFBIG;
  return false;
}

// A descriptor, or -1 and why.
struct Opened {
  int fd = -1;
  bool made = false;
  std::string error;
};

Opened open_or_make(const std::string& path, const BackingFileOptions& options) {
  constexpr mode_t kMode = 0644;
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
  if (made >= 0) return {.fd = made, .made = true, .error = {}};
  if (errno != EEXIST) return {.fd = -1, .made = false, .error = "cannot be made: " + text_of_errno()};
  // Looked at before it is opened: opening alone can do something to a device.
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return {.fd = -1, .made = false, .error = "cannot be used: " + text_of_errno()};
  if (auto error = objection(status, options); !error.empty()) return {.fd = -1, .made = false, .error = error};
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return {.fd = -1, .made = false, .error = "cannot be opened: " + text_of_errno()};
  // And again, in case it was replaced in between.
  std::string error = fstat(fd, &status) != 0 ? text_of_errno() : objection(status, options);
  if (error.empty()) return {.fd = fd, .made = false, .error = {}};
  close(fd);
  return {.fd = -1, .made = false, .error = std::move(error)};
}

}  // namespace

BackingFile::BackingFile(BackingFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      options_(other.options_),
      direct_(other.direct_),
      made_(other.made_),
      unused_(std::exchange(other.unused_, false)) {}

BackingFile::~BackingFile() {
  if (fd_ < 0) return;
  if (unused_) unlink(path_.c_str());
  close(fd_);
}

// One block is read: a file system may take the flag and refuse blocks of this size.
bool BackingFile::try_direct(std::uint32_t block_size) const {
  const int flags = fcntl(fd_, F_GETFL);
  if (fcntl(fd_, F_SETFL, flags | O_DIRECT) != 0) return false;
  constexpr std::size_t kAlignment = 4096;
  const std::size_t room = (block_size + kAlignment - 1) / kAlignment * kAlignment;
  const std::unique_ptr<void, decltype(&std::free)> block(std::aligned_alloc(kAlignment, room), &std::free);
  if (pread(fd_, block.get(), block_size, block_size) >= 0) return true;
  fcntl(fd_, F_SETFL, flags);
  return false;
}

// Nothing here touches what the file holds.
std::string BackingFile::objection() const {
  if (flock(fd_, LOCK_EX | LOCK_NB) != 0) return "is in use by another run, or by another name in this one";
  if (!fits(fd_, options_.size))
    return "cannot be made " + std::to_string(options_.size) + " bytes large: " + text_of_errno();
  return {};
}

// Some file systems can make zeros of blocks, more can give them back.
int BackingFile::clear(std::uint64_t from, std::uint64_t length, bool keep_blocks) const {
  if (length == 0) return 0;
  const auto as = [&](int mode) {
    return fallocate(fd_, mode | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from), static_cast<off_t>(length)) == 0;
  };
  if (keep_blocks && as(FALLOC_FL_ZERO_RANGE)) return 0;
  return as(FALLOC_FL_PUNCH_HOLE) ? 0 : errno;
}

std::string BackingFile::empty() {
  struct stat status{};
  const bool sized = fstat(fd_, &status) == 0 && std::cmp_equal(status.st_size, options_.size);
  const bool zeroed =
      sized && (options_.keep_content || (options_.zeros < options_.size && clear(0, options_.zeros, false) == 0));
  if (options_.on_block || zeroed) {
    unused_ = false;
    direct_ = options_.direct && try_direct(options_.block_size);
    return {};
  }
  if (ftruncate(fd_, 0) != 0 || ftruncate(fd_, static_cast<off_t>(options_.size)) != 0) {
    return path_ + ": cannot be made " + std::to_string(options_.size) + " bytes large: " + text_of_errno();
  }
  unused_ = false;
  direct_ = options_.direct && try_direct(options_.block_size);
  return {};
}

tl::expected<BackingFile, std::string> BackingFile::open_block(const std::string& path,
                                                               const BackingFileOptions& options) {
  const auto facts = block_facts(path);
  if (!facts) return tl::unexpected(facts.error());
  const auto refuse = [&](const std::string& why) { return tl::unexpected(path + ": " + why); };
  if (facts->zoned) return refuse("has zones of its own; --emulate-zones is for devices without");
  if (!options.destroy_existing) return refuse("is written only with --destroy-data");
  if (facts->partitions != 0 && !options.destroy_partitions) {
    return refuse("has " + std::to_string(facts->partitions) +
                  " partition(s), which are destroyed only with --destroy-partitions");
  }
  if (facts->bytes < options.size) {
    return refuse("has " + std::to_string(facts->bytes) + " bytes, and the zones need " + std::to_string(options.size));
  }
  // O_EXCL: what is mounted, or held by anybody, another run as well, cannot be opened so.
  const int fd = ::open(path.c_str(), (options.only_look ? O_RDONLY : O_RDWR) | O_EXCL | O_CLOEXEC);
  if (fd < 0 && errno == EBUSY) return refuse("is mounted, or held by another program or layer");
  if (fd < 0) return refuse("cannot be opened: " + text_of_errno());
  if (!options.destroy_partitions && has_partition_table(fd)) {
    close(fd);
    return refuse("has a table of partitions, which is destroyed only with --destroy-partitions");
  }
  return BackingFile(fd, path, options);
}

tl::expected<BackingFile, std::string> BackingFile::open(const std::string& path, const BackingFileOptions& options) {
  if (options.on_block) return open_block(path, options);
  const Opened opened = open_or_make(path, options);
  if (opened.fd < 0) return tl::unexpected(path + ": " + opened.error);
  BackingFile file(opened.fd, path, options);
  file.made_ = file.unused_ = opened.made;
  if (const std::string error = file.objection(); !error.empty()) return tl::unexpected(path + ": " + error);
  return file;
}

}  // namespace zoneknot::device
