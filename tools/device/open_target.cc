#include "tools/device/open_target.h"

#include <utility>

#include "device/real/backing_file.h"
#include "tools/device/block_target.h"
#include "tools/device/emulated_target.h"
#include "tools/option/device_option.h"

namespace zoneknot::tools {

tl::expected<std::unique_ptr<Target>, InputError> open_target(std::string_view text, bool destroy_data) {
  const auto fail = [&](std::string message) {
    return tl::unexpected(InputError{.file = "TARGET", .message = std::move(message)});
  };
  const auto option = parse_device_option(text);
  if (!option) return fail(option.error().message);
  if (option->kind == DeviceKind::block) {
    auto target = open_block_target(option->path, destroy_data);
    if (!target) return fail(std::move(target.error()));
    return std::move(*target);
  }
  if (option->latency || !option->latency_file.empty()) {
    return fail("latency: commands of a script take no time; it goes with the commands that play jobs");
  }
  const auto config = device_config(*option, {});
  if (!config) return fail(config.error().message);
  std::unique_ptr<Contents> contents = std::make_unique<StampMap>();
  if (option->kind == DeviceKind::file) {
    auto file = device::BackingFile::open(option->path, {.size = config->zone_size * config->zones,
                                                         .block_size = config->block_size,
                                                         .destroy_existing = destroy_data,
                                                         .direct = false});
    if (!file) return fail(std::move(file.error()));
    contents = std::make_unique<FileContents>(std::move(*file), config->block_size);
  }
  return std::make_unique<EmulatedTarget>(*config, std::move(contents));
}

}  // namespace zoneknot::tools
