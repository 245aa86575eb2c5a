#include "tools/device/block_target.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include "device/block/zoned_block.h"
#include "device/passthrough/nvme_append.h"

namespace zoneknot::tools {
namespace {

using core::ZoneCondition;
using core::ZoneReport;

std::string errno_text(int error) { return std::generic_category().message(error); }

// Memory of huge pages, where the machine has them: how many pieces of memory an I/O has must not decide how it is cut.
class DirectBuffer {
 public:
  DirectBuffer() = default;
  DirectBuffer(const DirectBuffer&) = delete;
  DirectBuffer& operator=(const DirectBuffer&) = delete;
  ~DirectBuffer() {
    if (memory_ != nullptr) munmap(memory_, mapped_);
  }

  // Empty where there is no memory.
  std::span<std::byte> of(std::size_t bytes) {
    constexpr std::size_t kHuge = std::size_t{2} << 20U;
    if (bytes > room_) {
      if (memory_ != nullptr) munmap(memory_, mapped_);
      room_ = (bytes + kHuge - 1) / kHuge * kHuge;
      mapped_ = room_ + kHuge;
      memory_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory_ == MAP_FAILED) {
        memory_ = nullptr;
        room_ = 0;
        return {};
      }
      const auto place = reinterpret_cast<std::uintptr_t>(memory_);
      aligned_ = static_cast<std::byte*>(memory_) + ((place + kHuge - 1) / kHuge * kHuge - place);
      madvise(aligned_, room_, MADV_HUGEPAGE);
    }
    return {aligned_, bytes};
  }

 private:
  void* memory_ = nullptr;
  std::byte* aligned_ = nullptr;
  std::size_t mapped_ = 0;
  std::size_t room_ = 0;
};

class BlockTarget final : public Target {
 public:
  BlockTarget(std::unique_ptr<device::ZonedBlock> block, bool writable)
      : block_(std::move(block)),
        fd_(block_->fd()),
        geometry_(block_->geometry()),
        path_(block_->path()),
        writable_(writable) {}

  [[nodiscard]] TargetFacts facts() const override;
  [[nodiscard]] Transfer write(std::uint64_t block, std::uint64_t blocks, std::uint32_t line) override;
  [[nodiscard]] Transfer read(std::uint64_t block, std::uint64_t blocks) override;
  [[nodiscard]] Append append(std::uint32_t zone, std::uint64_t blocks, std::uint32_t line) override;
  [[nodiscard]] int manage(core::ZoneAction action, std::uint32_t zone, std::uint32_t count) override;
  [[nodiscard]] int degrade(std::uint32_t zone, ZoneCondition condition) override;
  [[nodiscard]] int power_cut() override { return EOPNOTSUPP; }
  [[nodiscard]] tl::expected<std::vector<ZoneReport>, std::string> report() override;

 private:
  [[nodiscard]] std::string null_blk_folder() const {
    return "/sys/kernel/config/nullb/" + path_.substr(path_.rfind('/') + 1);
  }
  [[nodiscard]] std::span<std::byte> stamped(std::uint64_t blocks, std::uint32_t line);

  std::unique_ptr<device::ZonedBlock> block_;
  int fd_;
  core::DeviceGeometry geometry_;
  std::string path_;
  bool writable_;
  DirectBuffer buffer_;
};

TargetFacts BlockTarget::facts() const {
  TargetFacts facts;
  facts.geometry = geometry_;
  if (!writable_) facts.no_write = path_ + " is changed only with --destroy-data";
  if (!device::is_nvme(fd_)) facts.no_append = path_ + " is no NVMe device, and Linux has no other way to append";
  if (access((null_blk_folder() + "/zone_readonly").c_str(), W_OK) != 0) {
    facts.no_degrade = path_ + " is no null_blk device of configfs, whose zones alone can be made so";
  }
  facts.no_power_cut = path_ + " is not switched off by a script";
  return facts;
}

std::span<std::byte> BlockTarget::stamped(std::uint64_t blocks, std::uint32_t line) {
  const std::span<std::byte> bytes = buffer_.of(blocks * geometry_.block_size);
  for (std::uint32_t i = 0; !bytes.empty() && i < blocks; ++i) {
    put_stamp(bytes.subspan(std::size_t{i} * geometry_.block_size, geometry_.block_size), {line, i});
  }
  return bytes;
}

Transfer BlockTarget::write(std::uint64_t block, std::uint64_t blocks, std::uint32_t line) {
  const std::span<std::byte> bytes = stamped(blocks, line);
  if (bytes.empty()) return {.error = ENOMEM};
  const ssize_t done = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(block * geometry_.block_size));
  if (done < 0) return {.error = errno};
  return {.done = static_cast<std::uint64_t>(done) / geometry_.block_size};
}

Transfer BlockTarget::read(std::uint64_t block, std::uint64_t blocks) {
  const std::span<std::byte> bytes = buffer_.of(blocks * geometry_.block_size);
  if (bytes.empty()) return {.error = ENOMEM};
  const ssize_t done = pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(block * geometry_.block_size));
  if (done < 0) return {.error = errno};
  Transfer transfer{.done = static_cast<std::uint64_t>(done) / geometry_.block_size};
  for (std::uint64_t i = 0; i < transfer.done; ++i) {
    add_run(transfer.runs, look_at(bytes.subspan(i * geometry_.block_size, geometry_.block_size)));
  }
  return transfer;
}

Append BlockTarget::append(std::uint32_t zone, std::uint64_t blocks, std::uint32_t line) {
  const std::span<std::byte> bytes = stamped(blocks, line);
  if (bytes.empty()) return {.error = ENOMEM};
  const device::NvmeAppended done =
      device::nvme_append(fd_, zone * (geometry_.zone_size / geometry_.block_size), geometry_.block_size, bytes);
  return {.error = done.error, .status = done.status, .at = done.at};
}

int BlockTarget::manage(core::ZoneAction action, std::uint32_t zone, std::uint32_t count) {
  return block_->manage(action, zone, count);
}

int BlockTarget::degrade(std::uint32_t zone, ZoneCondition condition) {
  constexpr std::uint64_t kSector = 512;
  const char* attribute = condition == ZoneCondition::read_only ? "/zone_readonly" : "/zone_offline";
  const int fd = open((null_blk_folder() + attribute).c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  const std::string sector = std::to_string(zone * geometry_.zone_size / kSector);
  const ssize_t done = ::write(fd, sector.data(), sector.size());
  const int error = done < 0 ? errno : 0;
  close(fd);
  return error;
}

tl::expected<std::vector<ZoneReport>, std::string> BlockTarget::report() {
  auto zones = block_->report();
  if (!zones) return tl::unexpected(path_ + ": no report of its zones: " + errno_text(zones.error()));
  return std::move(*zones);
}

}  // namespace

tl::expected<std::unique_ptr<Target>, std::string> open_block_target(const std::string& path, bool destroy_data) {
  auto block =
      device::ZonedBlock::open(path, destroy_data ? device::ZonedBlock::Use::write : device::ZonedBlock::Use::read);
  if (!block) return tl::unexpected(std::move(block.error()));
  return std::make_unique<BlockTarget>(std::move(*block), destroy_data);
}

}  // namespace zoneknot::tools
