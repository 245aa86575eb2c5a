// Compiled in place of zoned_block.cc where there is no libzbd.
#include "device/block/zoned_block.h"

namespace zoneknot::device {

bool has_zones(const std::string& /*path*/) { return false; }

tl::expected<std::unique_ptr<ZonedBlock>, std::string> ZonedBlock::open(const std::string& path, Use /*use*/) {
  return tl::unexpected(path + ": this zoneknot was built without libzbd (libzbd-dev), which zoned block devices need");
}

}  // namespace zoneknot::device
