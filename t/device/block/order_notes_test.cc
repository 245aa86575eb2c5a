#include "device/block/order_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace zoneknot::device {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

core::JobSpec writer(core::EngineKind engine, std::uint32_t iodepth, std::uint32_t bs) {
  core::JobSpec job;
  job.engine = engine;
  job.iodepth = iodepth;
  job.writes = true;
  job.min_bs.fill(bs);
  job.max_bs.fill(bs);
  return job;
}

std::vector<std::string> notes_of(const BlockFacts& facts, std::string_view release, const core::JobSpec& job) {
  return order_notes("/dev/zns", facts, release, std::vector{job});
}

constexpr std::uint32_t kSmall = 64U << 10U;
constexpr std::uint32_t kLarge = 256U << 10U;
const BlockFacts kUnscheduled{.name = "nvme0n1", .model{}, .largest_io = 124U << 10U, .scheduler = "none"};
const BlockFacts kScheduled{.name = "sda", .model{}, .largest_io = 124U << 10U, .scheduler = "mq-deadline"};

TEST(OrderNotes, OldKernelNeedsTheSchedulerThatKeepsWritesOfAZoneInOrder) {
  const auto job = writer(core::EngineKind::libaio, 8, kSmall);
  EXPECT_THAT(
      notes_of(kUnscheduled, "6.1.0-13-amd64", job),
      ElementsAre(AllOf(HasSubstr("has none"), HasSubstr("echo mq-deadline >/sys/block/nvme0n1/queue/scheduler"))));
  EXPECT_THAT(notes_of(kUnscheduled, "6.9.12", job), testing::SizeIs(1));
  EXPECT_THAT(notes_of(kScheduled, "6.1.0-13-amd64", job), IsEmpty());
  EXPECT_THAT(notes_of(kUnscheduled, "6.10.1", job), IsEmpty());
  EXPECT_THAT(notes_of(kUnscheduled, "6.12", job), IsEmpty());
}

TEST(OrderNotes, OneWriteAtATimeIsInOrderAnyway) {
  EXPECT_THAT(notes_of(kUnscheduled, "6.1.0", writer(core::EngineKind::io_uring, 1, kLarge)), IsEmpty());
  EXPECT_THAT(notes_of(kUnscheduled, "6.1.0", writer(core::EngineKind::psync, 8, kLarge)), IsEmpty());
  core::JobSpec reader = writer(core::EngineKind::libaio, 8, kLarge);
  reader.writes = false;
  EXPECT_THAT(notes_of(kUnscheduled, "6.1.0", reader), IsEmpty());
}

TEST(OrderNotes, WritesOfIoUringThatAreCutMayBeDoneTheWrongWayRound) {
  EXPECT_THAT(notes_of(kScheduled, "6.12.1", writer(core::EngineKind::io_uring, 4, kLarge)),
              ElementsAre(HasSubstr("writes above 124 KiB are cut")));
  EXPECT_THAT(notes_of(kScheduled, "6.12.1", writer(core::EngineKind::io_uring, 4, kSmall)), IsEmpty());
  EXPECT_THAT(notes_of(kScheduled, "6.12.1", writer(core::EngineKind::libaio, 4, kLarge)), IsEmpty());
}

}  // namespace
}  // namespace zoneknot::device
