#include "device/passthrough/nvme_append.h"

#include <linux/nvme_ioctl.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "device/model/zone_status.h"

namespace zoneknot::device {
namespace {

constexpr int kStatusBits = 0x7ff;  // without "do not retry" and the like

}  // namespace

NvmeAppended nvme_refusal(int result) {
  const auto status = static_cast<std::uint16_t>(result & kStatusBits);
  return {.error = errno_of_nvme(status), .status = status};
}

bool is_nvme(int fd) { return ioctl(fd, NVME_IOCTL_ID) > 0; }

NvmeAppended nvme_append(int fd, std::uint64_t zone_start, std::uint32_t block_size, std::span<std::byte> data) {
  const int nsid = ioctl(fd, NVME_IOCTL_ID);
  if (nsid <= 0) return {.error = ENOTTY};
  nvme_passthru_cmd64 command{};
  command.opcode = kZoneAppend;
  command.nsid = static_cast<std::uint32_t>(nsid);
  command.addr = reinterpret_cast<std::uintptr_t>(data.data());
  command.data_len = static_cast<std::uint32_t>(data.size());
  command.cdw10 = static_cast<std::uint32_t>(zone_start);
  command.cdw11 = static_cast<std::uint32_t>(zone_start >> 32U);
  command.cdw12 = static_cast<std::uint32_t>(data.size() / block_size - 1);
  const int result = ioctl(fd, NVME_IOCTL_IO64_CMD, &command);
  if (result < 0) return {.error = errno};
  if (result > 0) return nvme_refusal(result);
  return {.at = command.result};
}

}  // namespace zoneknot::device
