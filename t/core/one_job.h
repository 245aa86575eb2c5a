// One job's routines on a ScriptedWorld, without the loop around them: the test makes each call itself. And the devices
// and jobs that tests of core/ begin with.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/workload/block_adjuster.h"
#include "core/workload/pace.h"
#include "core/workload/verifier.h"
#include "core/workload/workload.h"
#include "t/core/scripted_world.h"

namespace zoneknot::core {

inline constexpr FixSet kSeries = FixSet::series();
inline constexpr int kZoneBlocks = static_cast<int>(kZone / kBlock);

// Zones of which so many blocks can be written, and whose write pointers are so many blocks behind their start; -1:
// conventional, -2: offline.
inline std::vector<ZoneReport> zones(const std::vector<int>& blocks_written, int capacity = kZoneBlocks) {
  std::vector<ZoneReport> reports;
  for (const int blocks : blocks_written) {
    ZoneReport zone{.start = at(reports.size()),
                    .length = kZone,
                    .capacity = static_cast<std::uint64_t>(capacity) * kBlock,
                    .wp = at(reports.size())};
    if (blocks >= 0) zone.wp += static_cast<std::uint64_t>(blocks) * kBlock;
    if (blocks == capacity) zone.condition = ZoneCondition::full;
    if (blocks > 0 && blocks < capacity) zone.condition = ZoneCondition::closed;
    if (blocks == -1) {
      zone.type = ZoneType::conventional;
      zone.condition = ZoneCondition::not_wp;
    }
    if (blocks == -2) zone.condition = ZoneCondition::offline;
    reports.push_back(zone);
  }
  return reports;
}

// "randwrite", "read", "rw", …, asynchronous with 4 slots, over the whole device.
inline JobSpec job(const std::string& rw, std::uint32_t iodepth = 4) {
  JobSpec spec;
  spec.name = "job";
  spec.filename = "disk";
  spec.engine = EngineKind::libaio;
  spec.random = rw.starts_with("rand");
  const std::string what = spec.random ? rw.substr(4) : rw;
  spec.reads = what == "read" || what == "rw";
  spec.writes = what == "write" || what == "rw";
  spec.trims = what == "trim";
  spec.iodepth = iodepth;
  return spec;
}

class OneJob {
 public:
  OneJob(const JobSpec& job, FixSet fixes, const std::vector<int>& blocks_written, int capacity = kZoneBlocks)
      : world(zones(blocks_written, capacity)),
        spec(job),
        table(world, world.the_device, 0, {.most_open = kMaxOpenZonesListed}),
        context{.world = world,
                .spec = spec,
                .fixes = fixes,
                .files = {file_of_job(table, job_range(spec, table.initial_report()))},
                .random_seed = 1,
                .stats = {}},
        verifier(context, 0),
        depths(context),
        pipeline(context, world.open_engine(spec), verifier, depths),
        locking(context, pipeline),
        resets(context, locking),
        adjuster(context, pipeline, locking, resets),
        pace(context, pipeline) {}

  // Another job of the same device has listed these zones as open.
  void list_open(const std::vector<std::uint32_t>& indices) {
    for (const std::uint32_t index : indices) {
      table.open_list.append(index);
      table.zone(index).open.write(true);
    }
  }

  [[nodiscard]] std::vector<std::uint32_t> open_list() const {
    std::vector<std::uint32_t> list;
    for (std::uint32_t i = 0; i < table.open_list.count(); ++i) list.push_back(table.open_list.at(i));
    return list;
  }

  // Prepares an I/O as the main loop does; null: EOF.
  IoUnit* prepare(Direction direction, std::uint64_t offset, std::uint32_t blocks = 1) {
    IoUnit* unit = pipeline.take();
    unit->request.direction = direction;
    unit->request.offset = unit->drawn_offset = offset;
    unit->request.length = blocks * kBlock;
    if (direction != Direction::sync && adjuster.adjust_block(*unit) == Adjusted::eof) {
      pipeline.put(*unit);
      return nullptr;
    }
    unit->full_length = unit->request.length;
    return unit;
  }
  // Prepares it and hands it to the engine; true: the engine was busy.
  bool issue(Direction direction, std::uint64_t offset, std::uint32_t blocks = 1) {
    return pipeline.issue(*prepare(direction, offset, blocks));
  }
  [[nodiscard]] std::uint64_t wp(std::uint32_t zone) const { return table.zone(zone).wp.read(); }
  [[nodiscard]] std::uint32_t owned(std::uint32_t zone) const { return world.the_runtime.owned(zone); }

  ScriptedWorld world;
  const JobSpec spec;
  ZoneTable table;
  JobContext context;
  Verifier verifier;
  DepthSearch depths;
  IoPipeline pipeline;
  ZoneLocking locking;
  ZoneResets resets;
  BlockAdjuster adjuster;
  Pace pace;
};

// Runs whole jobs, one after the other, and gives what the first one did.
class WholeJobs {
 public:
  WholeJobs(std::vector<JobSpec> jobs, FixSet fixes, const std::vector<int>& blocks_written)
      : world(zones(blocks_written)), specs(std::move(jobs)), workload(world, specs, fixes) {}

  Calls run() {
    world.calls.clear();
    workload.run();
    return world.take_calls();
  }
  // Of the calls of a run those that begin with one of these words.
  static Calls only(Calls calls, const std::vector<std::string>& words) {
    std::erase_if(calls, [&](const std::string& call) {
      return std::none_of(words.begin(), words.end(),
                          [&](const std::string& word) { return call.starts_with(word + " ") || call == word; });
    });
    return calls;
  }
  [[nodiscard]] const JobContext& job(std::size_t index = 0) const { return workload.job(index); }

  ScriptedWorld world;
  const std::vector<JobSpec> specs;
  Workload workload;
};

}  // namespace zoneknot::core
