#include "device/block/order_notes.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace zoneknot::device {
namespace {

// Major and minor number; zeros for what is none.
std::pair<int, int> numbers_of(std::string_view release) {
  std::pair<int, int> numbers;
  const char* end = release.data() + release.size();
  const auto major_end = std::from_chars(release.data(), end, numbers.first).ptr;
  if (major_end != end && *major_end == '.') std::from_chars(major_end + 1, end, numbers.second);
  return numbers;
}

bool writes_several(const core::JobSpec& job) { return job.writes && job.iodepth > 1; }

}  // namespace

std::vector<std::string> order_notes(const std::string& path, const BlockFacts& facts, std::string_view release,
                                     std::span<const core::JobSpec> jobs) {
  std::vector<std::string> notes;
  // From 6.10 on the block layer itself keeps the writes of a zone in order.
  const bool needs_scheduler = numbers_of(release) < std::pair(6, 10) && facts.scheduler != "mq-deadline";
  const bool asynchronous = std::ranges::any_of(
      jobs, [](const core::JobSpec& job) { return writes_several(job) && job.engine != core::EngineKind::psync; });
  if (needs_scheduler && asynchronous) {
    notes.push_back(fmt::format(
        "{}: this kernel keeps the writes of a zone in order by the scheduler mq-deadline alone, and the device "
        "has {}: with iodepth above 1 they may end with EIO. As root: "
        "echo mq-deadline >/sys/block/{}/queue/scheduler",
        path, facts.scheduler.empty() ? "none" : facts.scheduler, facts.name));
  }
  const bool cut = std::ranges::any_of(jobs, [&](const core::JobSpec& job) {
    return writes_several(job) && job.engine == core::EngineKind::io_uring && facts.largest_io != 0 &&
           job.max_bs_of(core::Direction::write) > facts.largest_io;
  });
  if (cut) {
    notes.push_back(fmt::format(
        "{}: writes above {} KiB are cut, and io_uring leaves those to threads of the kernel, which may do two "
        "of a zone the wrong way round: with iodepth above 1 they may end with EIO. libaio keeps them in order",
        path, facts.largest_io / 1024));
  }
  return notes;
}

}  // namespace zoneknot::device
