// Appends to a zoned block device through the engines, from several tasks at once, as a program on the library does it:
//   appends /dev/nvme0n1
// Every block must be somewhere in the zone, once, where the engine said that it was put, and be what was written.
// Prints a line for each engine and "ok", or what is wrong; t/guest/appends.sh runs it.
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "device/run_on_devices.h"

namespace {

using namespace zoneknot;

constexpr std::uint64_t kBlock = 4096;
constexpr std::uint32_t kTasks = 3;
constexpr std::uint32_t kRounds = 4;
constexpr std::uint32_t kDepth = 8;
constexpr std::uint32_t kAppends = kTasks * kRounds * kDepth;

struct alignas(kBlock) Block {
  std::array<std::byte, kBlock> bytes;
};

void must(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

// `most`: of how many I/Os at once queue() said that they were under way.
void append_all(core::World& world, core::EngineKind kind, std::uint64_t zone_start, std::uint32_t task,
                std::vector<std::uint64_t>& places, std::uint32_t& most) {
  const auto engine = world.open_engine_on("disk", kind, kDepth);
  std::vector<Block> blocks(kDepth);
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    std::vector<core::IoRequest> appends(kDepth);
    std::uint32_t queued = 0;
    for (std::uint32_t i = 0; i < kDepth; ++i) {
      core::IoRequest& append = appends[i];
      append = {.direction = core::Direction::write, .offset = zone_start, .length = kBlock};
      append.append = true;
      append.tag = (task * kRounds + round) * kDepth + i;
      append.buffer = blocks[i].bytes.data();
      std::memset(append.buffer, 'a' + static_cast<int>(append.tag % 26), kBlock);
      std::memcpy(append.buffer, &append.tag, sizeof(append.tag));
      const core::QueueStatus status = engine->queue(append);
      must(status != core::QueueStatus::busy, "an engine with room for it says busy");
      if (status == core::QueueStatus::queued) ++queued;
    }
    most = std::max(most, queued);
    std::vector<core::IoRequest*> ended(kDepth);
    const int taken = queued == 0 ? 0 : engine->reap(ended, queued);
    must(taken == static_cast<int>(queued), "not all were reaped");
    for (const core::IoRequest& append : appends) {
      must(append.error == 0 && append.transferred == kBlock,
           "an append ended with " + std::string(std::strerror(append.error)));
      places[append.tag] = append.written_at;
    }
  }
}

void look_at(core::World& world, std::uint64_t first, const std::vector<std::uint64_t>& places) {
  const auto engine = world.open_engine_on("disk", core::EngineKind::psync);
  std::vector<Block> block(1);
  std::vector<bool> seen(kAppends);
  for (std::uint32_t tag = 0; tag < kAppends; ++tag) {
    must(places[tag] >= first && places[tag] < first + kAppends * kBlock, "a hole in the zone");
    const auto index = static_cast<std::size_t>((places[tag] - first) / kBlock);
    must(!seen[index], "two appends in one place");
    seen[index] = true;
    core::IoRequest read{.direction = core::Direction::read, .offset = places[tag], .length = kBlock};
    read.buffer = block[0].bytes.data();
    engine->queue(read);
    must(read.error == 0 && read.transferred == kBlock, "a read failed");
    must(std::memcmp(block[0].bytes.data(), &tag, sizeof(tag)) == 0, "what was appended is not what is read");
  }
}

int write_one(core::IoEngine& engine, std::uint64_t offset) {
  std::vector<Block> block(1);
  core::IoRequest write{.direction = core::Direction::write, .offset = offset, .length = kBlock};
  write.buffer = block[0].bytes.data();
  core::IoRequest* ended = nullptr;
  if (engine.queue(write) == core::QueueStatus::queued) must(engine.reap({&ended, 1}, 1) == 1, "no end of a write");
  return write.error;
}

// A write before appends gives the zone a write pointer of the kernel's own on Linux 6.10 and later, which appends do
// not move: a write behind them fails there. Then the zone is reported, and the next one must come; of io_uring a
// second one was seen to fail as well.
void write_behind(core::IoEngine& engine, std::uint64_t offset) {
  const int first = write_one(engine, offset);
  must(first == 0 || first == EIO, "a write behind appends ended with " + std::string(std::strerror(first)));
  must(first == 0 || write_one(engine, offset) == 0, "a second write behind appends failed as well");
}

void appends(core::World& world, core::EngineKind kind, const char* name, std::uint32_t zone) {
  core::ZonedDevice& device = world.device("disk");
  const std::uint64_t start = device.geometry().zone_size * zone;
  must(device.reset(zone) == 0, "no reset");
  const auto engine = world.open_engine_on("disk", core::EngineKind::psync);
  must(write_one(*engine, start) == 0, "the first write failed");
  std::vector<std::uint64_t> places(kAppends);
  std::vector<std::uint32_t> most(kTasks);
  std::vector<core::TaskId> tasks;
  tasks.reserve(kTasks);
  for (std::uint32_t task = 0; task < kTasks; ++task) {
    tasks.push_back(world.runtime().spawn("append" + std::to_string(task), [&world, &places, &most, kind, start, task] {
      append_all(world, kind, start, task, places, most[task]);
    }));
  }
  for (const core::TaskId task : tasks) world.runtime().join(task);
  look_at(world, start + kBlock, places);
  write_behind(*engine, start + (kAppends + 1) * kBlock);
  must(device.report()[zone].wp == start + (kAppends + 2) * kBlock, "the write pointer is elsewhere");
  std::printf("%s: %u appends, %u of a task under way at once\n", name, kAppends, most[0]);
}

void all_engines(core::World& world) {
  appends(world, core::EngineKind::io_uring, "io_uring", 0);
  appends(world, core::EngineKind::libaio, "libaio", 1);
  appends(world, core::EngineKind::psync, "psync", 2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto verdict = device::run_on_devices(
      "appends", all_engines, {.path = argv[1], .backing = device::Backing::zoned_block, .destroy_data = true});
  if (!verdict) {
    std::fprintf(stderr, "%s\n", verdict.error().c_str());
    return 2;
  }
  const bool clean = verdict->word == lockcheck::VerdictWord::clean;
  std::printf("%s\n", clean ? "ok" : "the lock checker found something");
  return clean ? 0 : 1;
}
