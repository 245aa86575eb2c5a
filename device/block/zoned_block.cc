#include "device/block/zoned_block.h"

#include <fcntl.h>
#include <libzbd/zbd.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace zoneknot::device {
namespace {

using core::ZoneCondition;
using core::ZoneReport;
using core::ZoneType;

std::string errno_text(int error) { return std::generic_category().message(error); }

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

class OpenedBlock final : public ZonedBlock {
 public:
  OpenedBlock(int fd, const zbd_info& info, std::string path)
      : fd_(fd),
        path_(std::move(path)),
        geometry_({.size = info.zone_size * info.nr_zones,
                   .zone_size = info.zone_size,
                   .block_size = info.lblock_size,
                   .max_open = limit_of(info.max_nr_open_zones),
                   .max_active = limit_of(info.max_nr_active_zones)}) {}
  ~OpenedBlock() override { zbd_close(fd_); }
  OpenedBlock(const OpenedBlock&) = delete;
  OpenedBlock& operator=(const OpenedBlock&) = delete;

  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] const std::string& path() const override { return path_; }
  [[nodiscard]] const core::DeviceGeometry& geometry() const override { return geometry_; }

  // libzbd rounds a range to whole zones, outward; these are whole zones.
  [[nodiscard]] int manage(core::ZoneAction action, std::uint32_t first, std::uint32_t count) override {
    errno = 0;
    const int result = zbd_zones_operation(fd_, operation_of(action), static_cast<off_t>(first * geometry_.zone_size),
                                           static_cast<off_t>(count * geometry_.zone_size));
    return result == 0 ? 0 : errno != 0 ? errno : EIO;
  }

  [[nodiscard]] tl::expected<std::vector<ZoneReport>, int> report(std::uint32_t first,
                                                                  std::uint32_t count) const override;

 private:
  int fd_;
  std::string path_;
  core::DeviceGeometry geometry_;
};

// libzbd says -1 in its header and a negative errno value in its code.
tl::expected<std::vector<ZoneReport>, int> OpenedBlock::report(std::uint32_t first, std::uint32_t count) const {
  std::vector<zbd_zone> zones(count);
  unsigned found = count;
  errno = 0;
  const int result =
      zbd_report_zones(fd_, static_cast<off_t>(first * geometry_.zone_size),
                       static_cast<off_t>(count * geometry_.zone_size), ZBD_RO_ALL, zones.data(), &found);
  if (result != 0) return tl::unexpected(errno != 0 ? errno : result < -1 ? -result : EIO);
  std::vector<ZoneReport> report;
  report.reserve(found);
  for (unsigned i = 0; i < found && i < zones.size(); ++i) {
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

int flags_of(ZonedBlock::Use use) {
  switch (use) {
    case ZonedBlock::Use::look:
      return O_RDONLY;
    case ZonedBlock::Use::read:
      return O_RDONLY | O_EXCL;
    case ZonedBlock::Use::write:
      return O_RDWR | O_EXCL;
  }
  __builtin_unreachable();
}

}  // namespace

bool has_zones(const std::string& path) {
  struct stat status{};
  zbd_set_log_level(ZBD_LOG_NONE);
  return stat(path.c_str(), &status) == 0 && S_ISBLK(status.st_mode) && zbd_device_is_zoned(path.c_str()) == 1;
}

tl::expected<std::unique_ptr<ZonedBlock>, std::string> ZonedBlock::open(const std::string& path, Use use) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return tl::unexpected(path + ": " + errno_text(errno));
  if (!S_ISBLK(status.st_mode)) return tl::unexpected(path + ": is not a block device");
  if (!has_zones(path)) return tl::unexpected(path + ": is not a zoned block device");
  zbd_info info{};
  errno = 0;
  const int fd = zbd_open(path.c_str(), flags_of(use) | O_DIRECT | O_CLOEXEC, &info);
  if (fd < 0 && errno == EBUSY) return tl::unexpected(path + ": is mounted, or held by another program or layer");
  if (fd < 0) return tl::unexpected(path + ": cannot be opened: " + errno_text(errno != 0 ? errno : ENXIO));
  return std::make_unique<OpenedBlock>(fd, info, path);
}

}  // namespace zoneknot::device
