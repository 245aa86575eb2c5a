// Data verification: what is logged, the order in which it is read back, and what counts as sound.

#include "core/workload/verifier.h"

#include "t/core/one_job.h"

namespace zoneknot::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

JobSpec verified(const std::string& rw) {
  JobSpec spec = job(rw, 1);
  spec.verify = VerifyKind::crc32c;
  return spec;
}

// A device that keeps data, and what happens to it between the writes and the first read.
class KeepsData : public WholeJobs {
 public:
  KeepsData(std::vector<JobSpec> jobs, const std::vector<int>& device) : WholeJobs(std::move(jobs), kSeries, device) {
    world.script.memory.resize(device.size() * kZone);
    world.the_runtime.meanwhile = [this](const std::string&) {
      const Calls queued = only(world.calls, {"queue"});
      const bool reopened = !queued.empty() && world.calls.back().starts_with("reap") == false;
      if (reopened && queued.size() == after_writes && between) std::exchange(between, nullptr)(world.script.memory);
    };
  }
  std::size_t after_writes = 4;
  std::function<void(std::vector<std::byte>&)> between;
};

Calls reads_of(Calls calls) { return WholeJobs::only(std::move(calls), {"queue"}); }

TEST(Verify, EveryWriteIsReadBackAndFoundSound) {
  KeepsData jobs({verified("write")}, {0});
  const Calls calls = jobs.run();
  EXPECT_EQ(reads_of(calls).size(), 8U);
  EXPECT_EQ(jobs.job().stats.blocks_verified, 4U);
  EXPECT_EQ(jobs.job().error, 0);
  EXPECT_EQ(jobs.job().stats.of(Direction::read).ios, 4U);
}

TEST(Verify, ReadsTakeNoZoneLock_ButTheFirstOneOpensTheFile) {
  KeepsData jobs({verified("write")}, {0});
  const Calls calls = jobs.run();
  const auto first = std::find(calls.begin(), calls.end(), "queue read 0:0+1");
  ASSERT_NE(first, calls.end());
  EXPECT_EQ(Calls(first - 2, first), (Calls{"lock 0", "unlock 0"})) << "file_reset, which resets nothing";
  EXPECT_THAT(Calls(first, calls.end()),
              ElementsAre("queue read 0:0+1", "commit", "reap 1", "queue read 0:1+1", "commit", "reap 1",
                          "queue read 0:2+1", "commit", "reap 1", "queue read 0:3+1", "commit", "reap 1", "close"));
}

TEST(Verify, JobWithAMap_ReadsInTheOrderWritten) {
  KeepsData jobs({verified("randwrite")}, {0, 0});
  jobs.world.draws = {4, 0, 5, 1, 6, 2, 7, 3};
  EXPECT_THAT(Calls(reads_of(jobs.run())),
              ElementsAre("queue write 1:0+1", "queue write 0:0+1", "queue write 1:1+1", "queue write 0:1+1",
                          "queue write 1:2+1", "queue write 0:2+1", "queue write 1:3+1", "queue write 0:3+1",
                          "queue read 1:0+1", "queue read 0:0+1", "queue read 1:1+1", "queue read 0:1+1",
                          "queue read 1:2+1", "queue read 0:2+1", "queue read 1:3+1", "queue read 0:3+1"));
}

TEST(Verify, JobWithoutAMap_ReadsByOffset) {
  JobSpec spec = verified("randwrite");
  spec.random_map = false;
  spec.io_size = 4 * kBlock;
  KeepsData jobs({spec}, {0, 0});
  jobs.world.draws = {4, 0, 4, 0};
  const Calls calls = reads_of(jobs.run());
  ASSERT_EQ(calls.size(), 8U);
  EXPECT_THAT(Calls(calls.begin() + 4, calls.end()),
              ElementsAre("queue read 0:0+1", "queue read 0:1+1", "queue read 1:0+1", "queue read 1:1+1"));
}

TEST(Verify, BlockThatChanged_IsEilseqAndEndsTheJob) {
  for (const std::size_t byte : {std::size_t{0}, std::size_t{9}, std::size_t{17}, std::size_t{25}, std::size_t{4095}}) {
    KeepsData jobs({verified("write")}, {0});
    jobs.between = [byte](std::vector<std::byte>& memory) { memory[kBlock + byte] ^= std::byte{1}; };
    jobs.run();
    EXPECT_EQ(jobs.job().error, EILSEQ) << byte;
    EXPECT_EQ(jobs.job().stats.blocks_verified, 1U);
    EXPECT_EQ(jobs.job().stats.of(Direction::read).errors, 1U);
  }
}

TEST(Verify, SoundBlockFromAnotherPlace_IsEilseq) {
  KeepsData jobs({verified("write")}, {0});
  jobs.between = [](std::vector<std::byte>& memory) { std::copy_n(memory.data(), kBlock, memory.data() + kBlock); };
  jobs.run();
  EXPECT_EQ(jobs.job().error, EILSEQ);
}

TEST(Verify, SoundBlockOfAnEarlierRound_IsEilseq) {
  JobSpec spec = verified("write");
  spec.loops = 2;
  KeepsData jobs({spec}, {0});
  std::vector<std::byte> earlier;
  jobs.between = [&](std::vector<std::byte>& memory) {
    earlier = memory;
    jobs.after_writes = 12;
    jobs.between = [&](std::vector<std::byte>& later) { later = earlier; };
  };
  jobs.run();
  EXPECT_FALSE(earlier.empty());
  EXPECT_EQ(jobs.job().stats.blocks_verified, 4U);
  EXPECT_EQ(jobs.job().error, EILSEQ);
}

TEST(Verify, ContinueOnErrorVerify_LooksAtTheOthersToo) {
  JobSpec spec = verified("write");
  spec.continue_on_error.verify = true;
  KeepsData jobs({spec}, {0});
  jobs.between = [](std::vector<std::byte>& memory) { memory[kBlock] ^= std::byte{1}; };
  jobs.run();
  EXPECT_EQ(jobs.job().error, 0);
  EXPECT_EQ(jobs.job().stats.blocks_verified, 3U);
  EXPECT_EQ(jobs.job().stats.of(Direction::read).errors, 1U);
}

TEST(Verify, WriteThatFailed_IsNotReadBack) {
  JobSpec spec = verified("write");
  spec.continue_on_error.write = true;
  KeepsData jobs({spec}, {0});
  jobs.world.script.completions = {{0}, {EIO}};
  const Calls calls = reads_of(jobs.run());
  EXPECT_EQ(calls.size(), 7U);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "queue read 0:1+1"), 0);
}

TEST(Verify, ReadInTwoParts_IsWhole) {
  JobSpec spec = verified("write");
  spec.min_bs = spec.max_bs = {2 * kBlock, 2 * kBlock, 2 * kBlock};
  KeepsData jobs({spec}, {0});
  jobs.world.script.answers = {{}, {}, {QueueStatus::completed, 0, kBlock}, {QueueStatus::queued}};
  EXPECT_THAT(reads_of(jobs.run()), ElementsAre("queue write 0:0+2", "queue write 0:2+2", "queue read 0:0+2",
                                                "queue read 0:1+1", "queue read 0:2+2"));
  EXPECT_EQ(jobs.job().stats.blocks_verified, 2U);
  EXPECT_EQ(jobs.job().error, 0);
}

TEST(Verify, ShortAsynchronousRead_IsEilseq) {
  JobSpec spec = verified("write");
  spec.min_bs = spec.max_bs = {2 * kBlock, 2 * kBlock, 2 * kBlock};
  KeepsData jobs({spec}, {0});
  jobs.world.script.completions = {{0}, {0}, {0, kBlock}};
  jobs.run();
  EXPECT_EQ(jobs.job().error, EILSEQ);
}

TEST(Verify, SwitchedOffByDoVerify_LeavesOutTheReads) {
  JobSpec spec = verified("write");
  spec.do_verify = false;
  KeepsData jobs({spec}, {0});
  EXPECT_EQ(reads_of(jobs.run()).size(), 4U);
}

TEST(Verify, NothingLogged_TheFileIsNotOpenedAgain) {
  KeepsData jobs({verified("randread")}, {2});
  const Calls calls = jobs.run();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "lock 0"), 1);
}

TEST(Verify, EveryRound_HasItsOwnPhase) {
  JobSpec spec = verified("write");
  spec.loops = 2;
  KeepsData jobs({spec}, {0});
  EXPECT_EQ(reads_of(jobs.run()).size(), 16U);
  EXPECT_EQ(jobs.job().stats.blocks_verified, 8U);
  EXPECT_EQ(jobs.job().stats.zone_resets, 1U) << "the second round finds the zone written and resets it";
}

TEST(Verify, PureReader_TakesAnySoundBlockOfItsOffset) {
  JobSpec reader = verified("randread");
  reader.random_map = false;
  reader.io_size = 3 * kBlock;
  JobSpec writer = verified("write");
  writer.do_verify = false;
  writer.io_size = 3 * kBlock;
  KeepsData jobs({writer, reader}, {0});
  jobs.run();
  EXPECT_EQ(jobs.job(1).error, 0);
  EXPECT_EQ(jobs.job(1).stats.blocks_verified, 3U);
  KeepsData damaged({writer, reader}, {0});
  damaged.after_writes = 3;
  damaged.between = [](std::vector<std::byte>& memory) { memory[0] ^= std::byte{1}; };
  damaged.run();
  EXPECT_EQ(damaged.job(1).error, EILSEQ);
}

TEST(VerifyLog, LaterWrite_ReplacesWhatItOverlapsInALogByOffset) {
  OneJob one(verified("write"), kSeries, {0});
  const auto log = [&](std::uint64_t block, std::uint32_t blocks) {
    IoUnit unit;
    unit.request.offset = at(0, block);
    unit.request.length = unit.full_length = blocks * kBlock;
    one.verifier.prepare_write(unit);
  };
  log(0, 2);
  log(2, 1);
  log(3, 1);
  log(1, 2);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> left;
  while (!one.verifier.log_empty()) {
    const auto next = one.verifier.next_logged();
    left.emplace_back(next->offset / kBlock, next->length / kBlock);
  }
  EXPECT_THAT(left, ElementsAre(std::pair(1U, 2U), std::pair(3U, 1U)));
  EXPECT_FALSE(one.verifier.next_logged());
}

TEST(VerifyLog, WriteThatFailedAfterALaterOneOfItsPlace_LeavesTheLaterOneLogged) {
  OneJob one(verified("write"), kSeries, {0});
  IoUnit first, second;
  first.request.length = first.full_length = second.request.length = second.full_length = kBlock;
  one.verifier.prepare_write(first);
  one.verifier.prepare_write(second);
  one.verifier.write_failed(first);
  EXPECT_FALSE(one.verifier.log_empty());
  one.verifier.write_failed(second);
  EXPECT_TRUE(one.verifier.log_empty());
}

TEST(VerifyLog, JobsNumberTheirWritesApart) {
  OneJob one(verified("write"), kSeries, {0});
  Verifier second(one.context, 1);
  IoUnit mine, other;
  mine.request.length = other.request.length = kBlock;
  one.verifier.prepare_write(mine);
  second.prepare_write(other);
  EXPECT_NE(mine.verify_sequence, other.verify_sequence);
}

}  // namespace
}  // namespace zoneknot::core
