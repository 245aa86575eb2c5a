#include "device/passthrough/nvme_generic.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <liburing.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "device/passthrough/nvme_append.h"

namespace zoneknot::device {
namespace {

constexpr std::size_t kWideEntry = 128;  // bytes, of IORING_SETUP_SQE128

// "ng0n1" for the block device nvme0n1; empty where the kernel has none.
std::string generic_name(const struct stat& block) {
  std::error_code error;
  const auto link = fmt::format("/sys/dev/block/{}:{}", major(block.st_rdev), minor(block.st_rdev));
  const std::string name = std::filesystem::canonical(link, error).filename().string();
  if (error || !name.starts_with("nvme")) return {};
  return "ng" + name.substr(std::strlen("nvme"));
}

}  // namespace

std::unique_ptr<NvmeGeneric> NvmeGeneric::of(int block_fd) {
  struct stat block{};
  if (fstat(block_fd, &block) != 0 || !S_ISBLK(block.st_mode)) return nullptr;
  const int nsid = ioctl(block_fd, NVME_IOCTL_ID);
  int block_size = 0;
  if (nsid <= 0 || ioctl(block_fd, BLKSSZGET, &block_size) != 0 || block_size <= 0) return nullptr;
  const std::string name = generic_name(block);
  if (name.empty()) return nullptr;
  const int fd = ::open(("/dev/" + name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return nullptr;
  std::unique_ptr<NvmeGeneric> generic(
      new NvmeGeneric(fd, static_cast<std::uint32_t>(nsid), static_cast<std::uint32_t>(block_size)));
  struct stat character{};
  const bool same = fstat(fd, &character) == 0 && S_ISCHR(character.st_mode) && ioctl(fd, NVME_IOCTL_ID) == nsid;
  return same ? std::move(generic) : nullptr;
}

NvmeGeneric::~NvmeGeneric() { close(fd_); }

void NvmeGeneric::prepare_append(io_uring_sqe& entry, int file, std::uint64_t zone_start,
                                 std::span<std::byte> data) const {
  nvme_uring_cmd command{};
  command.opcode = kZoneAppend;
  command.nsid = nsid_;
  command.addr = reinterpret_cast<std::uintptr_t>(data.data());
  command.data_len = static_cast<std::uint32_t>(data.size());
  const std::uint64_t first_block = zone_start / block_size_;
  command.cdw10 = static_cast<std::uint32_t>(first_block);
  command.cdw11 = static_cast<std::uint32_t>(first_block >> 32U);
  command.cdw12 = static_cast<std::uint32_t>(data.size() / block_size_ - 1);
  std::memset(static_cast<void*>(&entry), 0, kWideEntry);
  entry.opcode = IORING_OP_URING_CMD;
  entry.fd = file;
  entry.cmd_op = NVME_URING_CMD_IO;
  std::memcpy(static_cast<void*>(entry.cmd), &command, sizeof(command));
}

NvmeAppended NvmeGeneric::appended(const io_uring_cqe& end) {
  if (end.res < 0) return {.error = -end.res};
  if (end.res > 0) return nvme_refusal(end.res);
  return {.at = end.big_cqe[0]};
}

}  // namespace zoneknot::device
