// Compiled in place of block_target.cc where there is no libzbd.
#include "tools/device/block_target.h"

namespace zoneknot::tools {

tl::expected<std::unique_ptr<Target>, std::string> open_block_target(const std::string& path, bool) {
  return tl::unexpected(path + ": this zoneknot was built without libzbd (libzbd-dev), which block devices need");
}

}  // namespace zoneknot::tools
