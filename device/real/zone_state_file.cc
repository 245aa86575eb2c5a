#include "device/real/zone_state_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "device/model/zone_state.h"

namespace zoneknot::device {

tl::expected<std::unique_ptr<ZoneStateFile>, std::string> ZoneStateFile::open(const std::string& path,
                                                                              const DeviceConfig& config) {
  const auto fail = [&](const char* what) {
    return tl::unexpected(path + ": " + what + ": " + std::generic_category().message(errno));
  };
  DeviceConfig zones = config;  // without how they start
  zones.prefilled = false;
  zones.filled = zones.half = {};
  zones.starts = {};
  const std::string head = "zoneknot zone state 1\n" + zones.to_string() + "\n";
  const std::size_t bytes = kHeadBytes + config.zones * sizeof(Record);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0644);
  if (fd < 0) return fail("cannot be opened");
  struct stat status{};
  const bool there = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const bool same_size = there && std::cmp_equal(status.st_size, bytes);
  void* memory = MAP_FAILED;
  if (there && (same_size || ftruncate(fd, static_cast<off_t>(bytes)) == 0)) {
    memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  const int error = errno;
  close(fd);
  errno = there ? error : EINVAL;
  if (memory == MAP_FAILED) return fail("cannot be used");
  std::unique_ptr<ZoneStateFile> state(new ZoneStateFile(head, config, memory, bytes));
  state->found_ = same_size && std::memcmp(memory, head.c_str(), head.size() + 1) == 0;
  return state;
}

ZoneStateFile::~ZoneStateFile() { munmap(memory_, bytes_); }

std::vector<ZoneStart> ZoneStateFile::starts() const {
  std::vector<core::ZoneReport> zones = ZoneModel(config_).report();
  for (std::uint32_t index = config_.conventional; index < config_.zones; ++index) {
    const Record& record = records()[index];
    core::ZoneReport& zone = zones[index];
    zone.wp = zone.start + std::min(record.written, zone.capacity);
    zone.condition = static_cast<core::ZoneCondition>(record.condition);
    if (!counts_as_active(zone.condition)) continue;
    zone.condition = zone.wp == zone.start                   ? core::ZoneCondition::empty
                     : zone.wp == zone.start + zone.capacity ? core::ZoneCondition::full
                                                             : core::ZoneCondition::closed;
  }
  return starts_of(zones, config_.block_size);
}

void ZoneStateFile::begin(const std::vector<core::ZoneReport>& zones) {
  for (std::uint32_t index = 0; index < zones.size(); ++index) keep(index, zones[index]);
  std::memcpy(memory_, head_.c_str(), head_.size() + 1);
}

void ZoneStateFile::keep(std::uint32_t index, const core::ZoneReport& zone) {
  records()[index] = {.written = zone.wp - zone.start, .condition = static_cast<std::uint64_t>(zone.condition)};
}

}  // namespace zoneknot::device
