// What every ZonedDevice and the engines on it do, whoever made them: zones, write pointers, faults. A type of world is
// a class W with
//   std::string not_to_be_had();  // why it cannot be tested in this place, or nothing
//   void on_device(const DeviceSetup& setup, const std::function<void(core::IoEngine&, core::ZonedDevice&)>& body);
// and a kKind as in io_engine.h. It calls `body`, once or under several schedules, on a task with an engine for kDepth
// I/Os on a fresh device that keeps its data.
#pragma once

#include <array>
#include <cerrno>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/job_spec.h"
#include "core/random.h"
#include "core/zoned_device.h"
#include "device/model/fault_plan.h"
#include "device/model/zone_model.h"
#include "t/contract/io.h"

namespace zoneknot::contract {

inline constexpr std::uint64_t kZone = 64 * kBlock;
inline constexpr std::uint32_t kDepth = 8;

struct DeviceSetup {
  device::DeviceConfig config{.zone_size = kZone, .zones = 8};
  device::FaultPlan faults{};
  std::uint64_t fault_seed = 1;
};

inline DeviceSetup with_fault(const device::Fault& fault) { return {.faults = {{fault}}}; }

template <class World>
class ZonedDeviceContract : public testing::Test {
 protected:
  using Outcome = std::pair<int, std::uint32_t>;  // error and bytes
  static constexpr bool kAsynchronous = World::kKind != core::EngineKind::psync;

  void SetUp() override {
    const std::string reason = world_.not_to_be_had();
    if (!reason.empty()) GTEST_SKIP() << reason;
  }
  void on_device(const DeviceSetup& setup, const std::function<void(core::IoEngine&, core::ZonedDevice&)>& body) {
    world_.on_device(setup, body);
  }
  static Outcome transfer(core::IoEngine& engine, core::Direction direction, std::uint64_t offset, const Buffer& buffer,
                          std::uint32_t length = kBlock) {
    core::IoRequest io = request(direction, offset, buffer, length);
    EXPECT_TRUE(carry_out(engine, io));
    return {io.error, io.transferred};
  }
  static Outcome write(core::IoEngine& engine, std::uint64_t offset, std::uint32_t blocks = 1, char fill = 'w') {
    return transfer(engine, core::Direction::write, offset, Buffer(blocks * kBlock, fill), blocks * kBlock);
  }
  static core::IoRequest append_request(std::uint64_t zone_start, const Buffer& buffer, std::uint32_t blocks = 1) {
    core::IoRequest io = request(core::Direction::write, zone_start, buffer, blocks * kBlock);
    io.append = true;
    return io;
  }
  static int append(core::IoEngine& engine, std::uint64_t zone_start, std::uint32_t blocks = 1) {
    const Buffer buffer(blocks * kBlock, 'a');
    core::IoRequest io = append_request(zone_start, buffer, blocks);
    EXPECT_TRUE(carry_out(engine, io));
    return io.error;
  }
  // The first byte of each block, after a read that must not fail.
  static std::string contents(core::IoEngine& engine, std::uint64_t offset, std::uint32_t blocks = 1) {
    const Buffer in(blocks * kBlock, '?');
    EXPECT_EQ(transfer(engine, core::Direction::read, offset, in, blocks * kBlock), Outcome(0, blocks * kBlock));
    std::string bytes;
    for (std::uint32_t block = 0; block < blocks; ++block) {
      const char byte = in.at(block * kBlock);
      bytes += byte == 0 ? '0' : byte;
    }
    return bytes;
  }
  static std::uint64_t wp(const core::ZonedDevice& device, std::uint32_t zone) { return device.report().at(zone).wp; }

  World world_;
};

TYPED_TEST_SUITE_P(ZonedDeviceContract);

TYPED_TEST_P(ZonedDeviceContract, FreshDeviceIsEmptyAndReportsItsShape) {
  DeviceSetup setup;
  setup.config = {.zone_size = kZone, .zone_capacity = 48 * kBlock, .zones = 6, .conventional = 2, .max_open = 3};
  this->on_device(setup, [&](core::IoEngine&, core::ZonedDevice& device) {
    EXPECT_EQ(device.geometry().nr_zones(), 6U);
    EXPECT_EQ(device.geometry().block_size, kBlock);
    EXPECT_EQ(device.geometry().max_open, 3U);
    const std::vector<core::ZoneReport> zones = device.report();
    ASSERT_EQ(zones.size(), 6U);
    EXPECT_EQ(zones[1].condition, core::ZoneCondition::not_wp);
    EXPECT_EQ(zones[1].capacity, kZone);
    EXPECT_EQ(zones[2].condition, core::ZoneCondition::empty);
    EXPECT_EQ(zones[2].capacity, 48 * kBlock);
    EXPECT_EQ(zones[2].wp, 2 * kZone);
  });
}

TYPED_TEST_P(ZonedDeviceContract, WritesAtTheWritePointerMoveItAndAreReadBack) {
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    EXPECT_EQ(this->write(engine, kZone + kBlock, 2, 'x'), std::pair(0, 2 * kBlock));
    EXPECT_EQ(this->wp(device, 1), kZone + 3 * kBlock);
    EXPECT_EQ(device.report()[1].condition, core::ZoneCondition::implicit_open);
    EXPECT_EQ(this->contents(engine, kZone, 4), "wxx0");
  });
}

TYPED_TEST_P(ZonedDeviceContract, WriteElsewhereFailsAndChangesNothing) {
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone + kBlock), std::pair(EIO, 0U));
    EXPECT_EQ(this->write(engine, 8 * kZone), std::pair(ENOSPC, 0U));
    EXPECT_EQ(this->wp(device, 1), kZone);
    EXPECT_EQ(this->contents(engine, kZone, 2), "00");
  });
}

TYPED_TEST_P(ZonedDeviceContract, ResetZoneReadsAsZerosAndIsWrittenFromItsStart) {
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    EXPECT_EQ(device.reset(1), 0);
    EXPECT_EQ(device.report()[1].condition, core::ZoneCondition::empty);
    EXPECT_EQ(this->contents(engine, kZone), "0");
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    EXPECT_EQ(device.finish(1), 0);
    EXPECT_EQ(this->write(engine, kZone + kBlock), std::pair(EIO, 0U));
    EXPECT_EQ(this->contents(engine, kZone), "w");
    EXPECT_EQ(device.reset(1), 0) << "of a full zone";
    EXPECT_EQ(this->contents(engine, kZone), "0");
  });
}

TYPED_TEST_P(ZonedDeviceContract, SyncAndTrimLeaveTheWritePointerAlone) {
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    core::IoRequest trim = trim_request(kZone);
    EXPECT_TRUE(carry_out(engine, trim));
    EXPECT_EQ(trim.error, 0);
    EXPECT_EQ(trim.transferred, kBlock);
    core::IoRequest sync = sync_request();
    EXPECT_TRUE(carry_out(engine, sync));
    EXPECT_EQ(sync.error, 0);
    EXPECT_EQ(this->wp(device, 1), kZone + kBlock);
  });
}

TYPED_TEST_P(ZonedDeviceContract, CommandsThatAreNotLegalOrExceedALimitAreRefused) {
  DeviceSetup setup;
  setup.config.conventional = 1;
  setup.config.max_open = 2;
  setup.config.max_active = 3;
  this->on_device(setup, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(device.reset(0), EIO) << "of a conventional zone";
    EXPECT_EQ(device.close(1), EIO) << "of an empty zone";
    EXPECT_EQ(device.open(1), 0);
    EXPECT_EQ(device.open(2), 0);
    EXPECT_EQ(this->write(engine, 3 * kZone), std::pair(ETOOMANYREFS, 0U));
    EXPECT_EQ(device.close(2), 0);
    EXPECT_EQ(this->write(engine, 3 * kZone), std::pair(0, kBlock));
    EXPECT_EQ(this->write(engine, 4 * kZone), std::pair(EOVERFLOW, 0U));
    EXPECT_EQ(device.report()[4].condition, core::ZoneCondition::empty);
  });
}

// --- the moment of the effect, and parts of an I/O ---

TYPED_TEST_P(ZonedDeviceContract, WritePointerMovesWhenTheWriteIsCommitted) {
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    const Buffer block(kBlock, 'w');
    core::IoRequest io = request(core::Direction::write, kZone, block);
    const bool queued = engine.queue(io) == core::QueueStatus::queued;
    EXPECT_EQ(queued, this->kAsynchronous);
    EXPECT_EQ(this->wp(device, 1), queued ? kZone : kZone + kBlock);
    EXPECT_EQ(engine.commit(), 0);
    EXPECT_EQ(this->wp(device, 1), kZone + kBlock) << "before it was reaped";
    core::IoRequest* ended = nullptr;
    EXPECT_EQ(engine.reap(std::span(&ended, 1), queued ? 1 : 0), queued ? 1 : 0);
    EXPECT_EQ(io.error, 0);
  });
}

TYPED_TEST_P(ZonedDeviceContract, ZoneThatIsResetBetweenQueueAndCommitRefusesTheWrite) {
  if (!this->kAsynchronous) return;
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    const Buffer block(kBlock, 'w');
    core::IoRequest io = request(core::Direction::write, kZone + kBlock, block);
    EXPECT_EQ(engine.queue(io), core::QueueStatus::queued);
    EXPECT_EQ(device.reset(1), 0);
    core::IoRequest* ended = nullptr;
    EXPECT_EQ(engine.reap(std::span(&ended, 1), 1), 1);
    EXPECT_EQ(io.error, EIO);
    EXPECT_EQ(this->wp(device, 1), kZone);
  });
}

TYPED_TEST_P(ZonedDeviceContract, WriteThatIsCancelledBeforeTheCommitMovesNoPointer) {
  if (!this->kAsynchronous) return;
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    const Buffer block(kBlock, 'w');
    core::IoRequest io = request(core::Direction::write, kZone, block);
    EXPECT_EQ(engine.queue(io), core::QueueStatus::queued);
    const bool cancelled = engine.cancel(io);
    EXPECT_EQ(engine.commit(), 0);
    EXPECT_EQ(this->wp(device, 1), cancelled ? kZone : kZone + kBlock);
    if (!cancelled) {
      core::IoRequest* ended = nullptr;
      EXPECT_EQ(engine.reap(std::span(&ended, 1), 1), 1);
    }
  });
}

TYPED_TEST_P(ZonedDeviceContract, IosReachTheDeviceInTheOrderOfTheirQueueing) {
  if (!this->kAsynchronous) return;
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    const Buffer block(kBlock, 'w');
    std::array<core::IoRequest, 4> ios;
    const std::array<std::uint64_t, 4> blocks = {0, 9, 1, 0};
    for (std::size_t i = 0; i < 4; ++i) {
      ios[i] = request(core::Direction::write, kZone + blocks[i] * kBlock, block);
      ASSERT_EQ(engine.queue(ios[i]), core::QueueStatus::queued);
    }
    std::array<core::IoRequest*, 5> ended{};
    EXPECT_EQ(engine.reap(ended, 0), 0) << "what is refused ends after the commit too";
    EXPECT_EQ(engine.reap(ended, 4), 4);
    EXPECT_EQ(ios[0].error, 0);
    EXPECT_EQ(ios[1].error, EIO);
    EXPECT_EQ(ios[2].error, 0);
    EXPECT_EQ(ios[3].error, EIO);
    EXPECT_EQ(this->wp(device, 1), kZone + 2 * kBlock);
  });
}

TYPED_TEST_P(ZonedDeviceContract, WriteThatFailsInItsSecondZoneHasWrittenTheFirst) {
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, 0, 63), std::pair(0, 63 * kBlock));
    EXPECT_EQ(this->write(engine, kZone, 1, 'x'), std::pair(0, kBlock));
    EXPECT_EQ(this->write(engine, 63 * kBlock, 2, 'n'), std::pair(EIO, 0U));
    EXPECT_EQ(device.report()[0].condition, core::ZoneCondition::full);
    EXPECT_EQ(this->wp(device, 1), kZone + kBlock);
    EXPECT_EQ(this->contents(engine, 62 * kBlock, 4), "wnx0");
  });
}

TYPED_TEST_P(ZonedDeviceContract, IoOverZoneBoundsReachesBothZones) {
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, 0, 63), std::pair(0, 63 * kBlock));
    EXPECT_EQ(this->write(engine, 63 * kBlock, 3, 'n'), std::pair(0, 3 * kBlock));
    EXPECT_EQ(this->wp(device, 1), kZone + 2 * kBlock);
    EXPECT_EQ(this->contents(engine, 62 * kBlock, 5), "wnnn0");
  });
}

// --- zone append ---

TYPED_TEST_P(ZonedDeviceContract, AppendsArePutAtTheWritePointerAndSayWhere) {
  this->on_device({}, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    const std::array<Buffer, 3> blocks = {Buffer(kBlock, 'a'), Buffer(kBlock, 'b'), Buffer(kBlock, 'c')};
    std::array<core::IoRequest, 3> ios;
    std::size_t queued = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      ios[i] = this->append_request(kZone, blocks[i]);
      queued += engine.queue(ios[i]) == core::QueueStatus::queued ? 1 : 0;
    }
    EXPECT_EQ(queued, this->kAsynchronous ? 3U : 0U);
    EXPECT_EQ(engine.commit(), 0);
    std::array<core::IoRequest*, 3> ended{};
    EXPECT_EQ(engine.reap(ended, queued), static_cast<int>(queued));
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(ios[i].error, 0);
      EXPECT_EQ(ios[i].transferred, kBlock);
      EXPECT_EQ(ios[i].written_at, kZone + (i + 1) * kBlock) << "in the order of their queueing";
      EXPECT_EQ(ios[i].offset, kZone) << "is the job's";
    }
    EXPECT_EQ(this->wp(device, 1), kZone + 4 * kBlock);
    EXPECT_EQ(this->contents(engine, kZone, 5), "wabc0");
  });
}

TYPED_TEST_P(ZonedDeviceContract, AppendThatIsRefusedPutsNothing) {
  DeviceSetup setup;
  setup.config = {.zone_size = kZone, .zone_capacity = 2 * kBlock, .zones = 4, .conventional = 1};
  this->on_device(setup, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->append(engine, kZone, 3), EIO) << "beyond the capacity";
    EXPECT_EQ(this->append(engine, kZone + kBlock), EOPNOTSUPP) << "at no zone's start: an invalid field";
    EXPECT_EQ(this->append(engine, 0), EOPNOTSUPP) << "to a conventional zone";
    EXPECT_EQ(this->append(engine, 4 * kZone), EREMOTEIO) << "beyond the device";
    EXPECT_EQ(this->wp(device, 1), kZone);
    EXPECT_EQ(this->append(engine, kZone, 2), 0);
    EXPECT_EQ(device.report()[1].condition, core::ZoneCondition::full);
    EXPECT_EQ(this->append(engine, kZone), EIO) << "to a full zone";
  });
  setup.config.dialect = device::DialectName::null_blk;
  this->on_device(setup, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->append(engine, kZone), EOPNOTSUPP) << "a device without append";
    EXPECT_EQ(this->wp(device, 1), kZone);
  });
}

// --- ranges of zones ---

TYPED_TEST_P(ZonedDeviceContract, RangeIsDoneAsFarAsItGoesAndEndsAsTheLastZoneThatFailed) {
  DeviceSetup setup;
  setup.config.conventional = 1;
  setup.config.max_open = 3;
  this->on_device(setup, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(device.open({1, 4}), ETOOMANYREFS);
    const std::vector<core::ZoneReport> opened = device.report();
    for (std::uint32_t zone = 1; zone < 5; ++zone) {
      EXPECT_EQ(opened[zone].condition, zone < 4 ? core::ZoneCondition::explicit_open : core::ZoneCondition::empty);
    }
    EXPECT_EQ(this->write(engine, 2 * kZone), std::pair(0, kBlock));
    EXPECT_EQ(device.close({1, 4}), EIO) << "zone 4 was never open";
    EXPECT_EQ(device.report()[3].condition, core::ZoneCondition::closed);
    EXPECT_EQ(device.finish({1, 2}), 0);
    EXPECT_EQ(device.report()[2].condition, core::ZoneCondition::full);
    EXPECT_EQ(device.reset({0, 3}), EIO) << "of a conventional zone";
    EXPECT_EQ(device.report()[2].condition, core::ZoneCondition::empty);
    EXPECT_EQ(this->contents(engine, 2 * kZone), "0");
  });
}

TYPED_TEST_P(ZonedDeviceContract, ResetOfAllZonesPassesOverThoseThatCannotBeReset) {
  DeviceSetup setup;
  setup.config.conventional = 1;
  setup.config.starts = {{3, 3, core::ZoneCondition::read_only}};
  this->on_device(setup, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, 0), std::pair(0, kBlock));
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    EXPECT_EQ(device.finish(2), 0);
    EXPECT_EQ(device.reset({1, 7}), EIO) << "zone 3 alone is refused";
    EXPECT_EQ(this->wp(device, 1), kZone);
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    EXPECT_EQ(device.reset_all(), 0);
    EXPECT_EQ(this->wp(device, 1), kZone);
    EXPECT_EQ(device.report()[2].condition, core::ZoneCondition::empty);
    EXPECT_EQ(device.report()[3].condition, core::ZoneCondition::read_only);
    EXPECT_EQ(this->contents(engine, 0), "w");
  });
}

TYPED_TEST_P(ZonedDeviceContract, RangeThatIsNotOnTheDeviceIsInvalidAndDoesNothing) {
  this->on_device({}, [&](core::IoEngine&, core::ZonedDevice& device) {
    EXPECT_EQ(device.open({1, 0}), EINVAL);
    EXPECT_EQ(device.open({7, 2}), EINVAL);
    EXPECT_EQ(device.reset({8, 1}), EINVAL);
    EXPECT_EQ(device.finish({1, UINT32_MAX}), EINVAL);
    EXPECT_EQ(device.report()[7].condition, core::ZoneCondition::empty);
  });
}

// --- faults ---

TYPED_TEST_P(ZonedDeviceContract, FaultStrikesZonesOfARangeOneByOne) {
  const device::Fault fault = {
      .target = device::FaultTarget::finish, .zones = {device::ZoneSelection::Kind::list, {2}}, .error = EILSEQ};
  this->on_device(with_fault(fault), [&](core::IoEngine&, core::ZonedDevice& device) {
    EXPECT_EQ(device.finish({1, 3}), EILSEQ);
    const std::vector<core::ZoneReport> zones = device.report();
    EXPECT_EQ(zones[1].condition, core::ZoneCondition::full);
    EXPECT_EQ(zones[2].condition, core::ZoneCondition::empty);
    EXPECT_EQ(zones[3].condition, core::ZoneCondition::full);
  });
}

TYPED_TEST_P(ZonedDeviceContract, FaultAtCompletionLeavesDataAndWritePointerAsTheyWere) {
  const device::Fault fault = {.zones = {device::ZoneSelection::Kind::odd, {}}, .error = EILSEQ};
  this->on_device(with_fault(fault), [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone), std::pair(EILSEQ, 0U));
    EXPECT_EQ(this->write(engine, 2 * kZone), std::pair(0, kBlock));
    EXPECT_EQ(this->wp(device, 1), kZone);
    EXPECT_EQ(this->contents(engine, kZone), "0");
  });
}

TYPED_TEST_P(ZonedDeviceContract, FaultAtTheQueueEndsTheIoInsideQueue) {
  const device::Fault fault = {.zones = {}, .moment = device::FaultMoment::queue, .error = ENOSPC};
  this->on_device(with_fault(fault), [&](core::IoEngine& engine, core::ZonedDevice& device) {
    const Buffer block(kBlock, 'w');
    core::IoRequest io = request(core::Direction::write, kZone, block);
    EXPECT_EQ(engine.queue(io), core::QueueStatus::completed);
    EXPECT_EQ(io.error, ENOSPC);
    EXPECT_EQ(io.transferred, 0U);
    EXPECT_EQ(this->wp(device, 1), kZone);
  });
}

TYPED_TEST_P(ZonedDeviceContract, BusyFaultAcceptsNothing) {
  const device::Fault fault = {
      .zones = {}, .kind = device::FaultKind::busy, .moment = device::FaultMoment::queue, .count = 1};
  this->on_device(with_fault(fault), [&](core::IoEngine& engine, core::ZonedDevice& device) {
    const Buffer block(kBlock, 'w');
    core::IoRequest io = request(core::Direction::write, kZone, block);
    EXPECT_EQ(engine.queue(io), core::QueueStatus::busy);
    EXPECT_EQ(this->wp(device, 1), kZone);
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
  });
}

TYPED_TEST_P(ZonedDeviceContract, ShortTransferIsRoundedDownToBlocks) {
  device::Fault fault = {.zones = {}, .kind = device::FaultKind::short_transfer, .transferred = 4196, .count = 1};
  this->on_device(with_fault(fault), [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone, 3), std::pair(0, kBlock));
    EXPECT_EQ(this->wp(device, 1), kZone + kBlock);
    EXPECT_EQ(this->contents(engine, kZone, 3), "w00");
    EXPECT_EQ(this->write(engine, kZone + kBlock, 2), std::pair(0, 2 * kBlock));
  });
  fault.target = device::FaultTarget::read;
  this->on_device(with_fault(fault), [&](core::IoEngine& engine, core::ZonedDevice&) {
    EXPECT_EQ(this->write(engine, kZone, 3), std::pair(0, 3 * kBlock));
    const Buffer in(3 * kBlock, '?');
    EXPECT_EQ(this->transfer(engine, core::Direction::read, kZone, in, 3 * kBlock), std::pair(0, kBlock));
    EXPECT_EQ(in.at(0), 'w');
    EXPECT_EQ(in.at(kBlock), '?') << "what was not read is left alone";
  });
}

TYPED_TEST_P(ZonedDeviceContract, TransferOfLessThanABlockTouchesNothing) {
  const device::Fault fault = {.zones = {}, .kind = device::FaultKind::short_transfer, .transferred = 100, .count = 1};
  this->on_device(with_fault(fault), [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone + kBlock), std::pair(0, 0U)) << "not even held against the write pointer";
    EXPECT_EQ(device.report()[1].condition, core::ZoneCondition::empty);
  });
}

TYPED_TEST_P(ZonedDeviceContract, FaultOfAResetLeavesTheZoneAsItWas) {
  const device::Fault fault = {.target = device::FaultTarget::reset, .zones = {}, .error = EIO, .count = 1};
  this->on_device(with_fault(fault), [&](core::IoEngine& engine, core::ZonedDevice& device) {
    EXPECT_EQ(this->write(engine, kZone), std::pair(0, kBlock));
    EXPECT_EQ(device.reset(1), EIO);
    EXPECT_EQ(this->contents(engine, kZone), "w");
    EXPECT_EQ(device.reset(1), 0);
  });
}

TYPED_TEST_P(ZonedDeviceContract, ChancesComeFromTheSeedInOrder) {
  const device::Fault fault = {.zones = {}, .error = EIO, .probability = 0.3};
  DeviceSetup setup = with_fault(fault);
  setup.fault_seed = 7;
  this->on_device(setup, [&](core::IoEngine& engine, core::ZonedDevice& device) {
    core::SplitMix64 draws(7);
    int struck = 0;
    for (int i = 0; i < 40; ++i) {
      const bool strikes = draws.chance(0.3);
      struck += strikes ? 1 : 0;
      EXPECT_EQ(this->write(engine, this->wp(device, 1)).first, strikes ? EIO : 0) << i;
    }
    EXPECT_GT(struck, 4);
    EXPECT_LT(struck, 24);
  });
}

REGISTER_TYPED_TEST_SUITE_P(
    ZonedDeviceContract, FreshDeviceIsEmptyAndReportsItsShape, WritesAtTheWritePointerMoveItAndAreReadBack,
    WriteElsewhereFailsAndChangesNothing, ResetZoneReadsAsZerosAndIsWrittenFromItsStart,
    SyncAndTrimLeaveTheWritePointerAlone, CommandsThatAreNotLegalOrExceedALimitAreRefused,
    WritePointerMovesWhenTheWriteIsCommitted, ZoneThatIsResetBetweenQueueAndCommitRefusesTheWrite,
    WriteThatIsCancelledBeforeTheCommitMovesNoPointer, IosReachTheDeviceInTheOrderOfTheirQueueing,
    WriteThatFailsInItsSecondZoneHasWrittenTheFirst, IoOverZoneBoundsReachesBothZones,
    FaultAtCompletionLeavesDataAndWritePointerAsTheyWere, FaultAtTheQueueEndsTheIoInsideQueue, BusyFaultAcceptsNothing,
    ShortTransferIsRoundedDownToBlocks, TransferOfLessThanABlockTouchesNothing, FaultOfAResetLeavesTheZoneAsItWas,
    ChancesComeFromTheSeedInOrder, AppendsArePutAtTheWritePointerAndSayWhere, AppendThatIsRefusedPutsNothing,
    RangeIsDoneAsFarAsItGoesAndEndsAsTheLastZoneThatFailed, ResetOfAllZonesPassesOverThoseThatCannotBeReset,
    RangeThatIsNotOnTheDeviceIsInvalidAndDoesNothing, FaultStrikesZonesOfARangeOneByOne);

}  // namespace zoneknot::contract
