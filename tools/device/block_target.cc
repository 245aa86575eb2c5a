#include "tools/device/block_target.h"

#include <fcntl.h>
#include <libzbd/zbd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include "tools/device/nvme_append.h"

namespace zoneknot::tools {
namespace {

using core::ZoneCondition;
using core::ZoneReport;
using core::ZoneType;

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

ZoneCondition condition_of(unsigned condition) {
  switch (condition) {
    case ZBD_ZONE_COND_NOT_WP:
      return ZoneCondition::not_wp;
    case ZBD_ZONE_COND_EMPTY:
      return ZoneCondition::empty;
    case ZBD_ZONE_COND_IMP_OPEN:
      return ZoneCondition::implicit_open;
    case ZBD_ZONE_COND_EXP_OPEN:
      return ZoneCondition::explicit_open;
    case ZBD_ZONE_COND_CLOSED:
      return ZoneCondition::closed;
    case ZBD_ZONE_COND_FULL:
      return ZoneCondition::full;
    case ZBD_ZONE_COND_READONLY:
      return ZoneCondition::read_only;
    default:
      return ZoneCondition::offline;
  }
}

zbd_zone_op operation_of(core::ZoneAction action) {
  switch (action) {
    case core::ZoneAction::open:
      return ZBD_OP_OPEN;
    case core::ZoneAction::close:
      return ZBD_OP_CLOSE;
    case core::ZoneAction::finish:
      return ZBD_OP_FINISH;
    case core::ZoneAction::reset:
      return ZBD_OP_RESET;
  }
  __builtin_unreachable();
}

// What libzbd says of a limit: -1 is unknown.
std::uint32_t limit_of(unsigned limit) { return limit == ~0U ? 0 : limit; }

class BlockTarget final : public Target {
 public:
  BlockTarget(int fd, const zbd_info& info, std::string path, bool writable)
      : fd_(fd), info_(info), path_(std::move(path)), writable_(writable) {}
  ~BlockTarget() override { zbd_close(fd_); }
  BlockTarget(const BlockTarget&) = delete;
  BlockTarget& operator=(const BlockTarget&) = delete;

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

  int fd_;
  zbd_info info_;
  std::string path_;
  bool writable_;
  DirectBuffer buffer_;
};

TargetFacts BlockTarget::facts() const {
  TargetFacts facts;
  facts.geometry = {.size = info_.zone_size * info_.nr_zones,
                    .zone_size = info_.zone_size,
                    .block_size = info_.lblock_size,
                    .max_open = limit_of(info_.max_nr_open_zones),
                    .max_active = limit_of(info_.max_nr_active_zones)};
  if (!writable_) facts.no_write = path_ + " is changed only with --destroy-data";
  if (!is_nvme(fd_)) facts.no_append = path_ + " is no NVMe device, and Linux has no other way to append";
  if (access((null_blk_folder() + "/zone_readonly").c_str(), W_OK) != 0) {
    facts.no_degrade = path_ + " is no null_blk device of configfs, whose zones alone can be made so";
  }
  facts.no_power_cut = path_ + " is not switched off by a script";
  return facts;
}

std::span<std::byte> BlockTarget::stamped(std::uint64_t blocks, std::uint32_t line) {
  const std::span<std::byte> bytes = buffer_.of(blocks * info_.lblock_size);
  for (std::uint32_t i = 0; !bytes.empty() && i < blocks; ++i) {
    put_stamp(bytes.subspan(std::size_t{i} * info_.lblock_size, info_.lblock_size), {line, i});
  }
  return bytes;
}

Transfer BlockTarget::write(std::uint64_t block, std::uint64_t blocks, std::uint32_t line) {
  const std::span<std::byte> bytes = stamped(blocks, line);
  if (bytes.empty()) return {.error = ENOMEM};
  const ssize_t done = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(block * info_.lblock_size));
  if (done < 0) return {.error = errno};
  return {.done = static_cast<std::uint64_t>(done) / info_.lblock_size};
}

Transfer BlockTarget::read(std::uint64_t block, std::uint64_t blocks) {
  const std::span<std::byte> bytes = buffer_.of(blocks * info_.lblock_size);
  if (bytes.empty()) return {.error = ENOMEM};
  const ssize_t done = pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(block * info_.lblock_size));
  if (done < 0) return {.error = errno};
  Transfer transfer{.done = static_cast<std::uint64_t>(done) / info_.lblock_size};
  for (std::uint64_t i = 0; i < transfer.done; ++i) {
    add_run(transfer.runs, look_at(bytes.subspan(i * info_.lblock_size, info_.lblock_size)));
  }
  return transfer;
}

Append BlockTarget::append(std::uint32_t zone, std::uint64_t blocks, std::uint32_t line) {
  const std::span<std::byte> bytes = stamped(blocks, line);
  if (bytes.empty()) return {.error = ENOMEM};
  return nvme_append(fd_, zone * (info_.zone_size / info_.lblock_size), info_.lblock_size, bytes);
}

int BlockTarget::manage(core::ZoneAction action, std::uint32_t zone, std::uint32_t count) {
  errno = 0;
  const int result = zbd_zones_operation(fd_, operation_of(action), static_cast<off_t>(zone * info_.zone_size),
                                         static_cast<off_t>(count * info_.zone_size));
  return result == 0 ? 0 : errno != 0 ? errno : EIO;
}

int BlockTarget::degrade(std::uint32_t zone, ZoneCondition condition) {
  constexpr std::uint64_t kSector = 512;
  const char* attribute = condition == ZoneCondition::read_only ? "/zone_readonly" : "/zone_offline";
  const int fd = open((null_blk_folder() + attribute).c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  const std::string sector = std::to_string(zone * info_.zone_size / kSector);
  const ssize_t done = ::write(fd, sector.data(), sector.size());
  const int error = done < 0 ? errno : 0;
  close(fd);
  return error;
}

tl::expected<std::vector<ZoneReport>, std::string> BlockTarget::report() {
  std::vector<zbd_zone> zones(info_.nr_zones);
  unsigned count = info_.nr_zones;
  errno = 0;
  if (zbd_report_zones(fd_, 0, 0, ZBD_RO_ALL, zones.data(), &count) != 0) {
    return tl::unexpected(path_ + ": no report of its zones: " + errno_text(errno != 0 ? errno : EIO));
  }
  std::vector<ZoneReport> report;
  report.reserve(count);
  for (unsigned i = 0; i < count && i < zones.size(); ++i) {
    const zbd_zone& zone = zones[i];
    const bool conventional = zone.type == ZBD_ZONE_TYPE_CNV;
    report.push_back({.start = zone.start,
                      .length = zone.len,
                      .capacity = zone.capacity,
                      .wp = zone.wp,
                      .type = conventional ? ZoneType::conventional : ZoneType::sequential_write_required,
                      .condition = condition_of(zone.cond)});
  }
  return report;
}

}  // namespace

tl::expected<std::unique_ptr<Target>, std::string> open_block_target(const std::string& path, bool destroy_data) {
  zbd_set_log_level(ZBD_LOG_NONE);
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return tl::unexpected(path + ": " + errno_text(errno));
  if (!S_ISBLK(status.st_mode)) return tl::unexpected(path + ": is not a block device");
  if (zbd_device_is_zoned(path.c_str()) != 1) return tl::unexpected(path + ": is not a zoned block device");
  zbd_info info{};
  errno = 0;
  // O_EXCL: what is mounted, or held by another layer, cannot be opened so.
  const int fd = zbd_open(path.c_str(), (destroy_data ? O_RDWR : O_RDONLY) | O_DIRECT | O_EXCL | O_CLOEXEC, &info);
  if (fd < 0 && errno == EBUSY) return tl::unexpected(path + ": is mounted, or held by another program or layer");
  if (fd < 0) return tl::unexpected(path + ": cannot be opened: " + errno_text(errno != 0 ? errno : ENXIO));
  return std::make_unique<BlockTarget>(fd, info, path, destroy_data);
}

}  // namespace zoneknot::tools
