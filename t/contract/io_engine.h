// What every IoEngine does, whoever made it. A type of engine is a class E with
//   static constexpr core::EngineKind kKind;
//   std::string not_to_be_had();  // why it cannot be tested in this place, or nothing
//   void on_engine(std::uint32_t depth, const std::function<void(core::IoEngine&)>& body);
// which calls `body`, once or under several schedules, on a task with an engine for `depth` I/Os; each time what lies
// under it are kBlocks blocks of zeros, to be written in any order.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/job_spec.h"
#include "t/contract/io.h"

namespace zoneknot::contract {

inline constexpr std::uint32_t kBlocks = 64;

template <class Engine>
class IoEngineContract : public testing::Test {
 protected:
  static constexpr bool kAsynchronous = Engine::kKind != core::EngineKind::psync;
  static constexpr bool kSyncIsQueued = Engine::kKind == core::EngineKind::io_uring;

  void SetUp() override {
    const std::string reason = engine_.not_to_be_had();
    if (!reason.empty()) GTEST_SKIP() << reason;
  }
  void on_engine(std::uint32_t depth, const std::function<void(core::IoEngine&)>& body) {
    engine_.on_engine(depth, body);
  }
  static std::vector<core::IoRequest> writes(std::size_t count, const Buffer& block) {
    std::vector<core::IoRequest> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(request(core::Direction::write, i * kBlock, block));
    return made;
  }
  // The first byte of a block.
  static char byte_of(core::IoEngine& engine, std::size_t block) {
    const Buffer in(kBlock, '?');
    core::IoRequest read = request(core::Direction::read, block * kBlock, in);
    EXPECT_TRUE(carry_out(engine, read));
    return in.at(0);
  }

  Engine engine_;
};

TYPED_TEST_SUITE_P(IoEngineContract);

TYPED_TEST_P(IoEngineContract, WrittenBlocksAreReadBack) {
  this->on_engine(4, [&](core::IoEngine& engine) {
    EXPECT_EQ(engine.synchronous(), !this->kAsynchronous);
    const Buffer out(2 * kBlock, 'w');
    const Buffer in(2 * kBlock);
    core::IoRequest write = request(core::Direction::write, 3 * kBlock, out, 2 * kBlock);
    write.tag = 77;
    ASSERT_TRUE(carry_out(engine, write));
    EXPECT_EQ(write.error, 0);
    EXPECT_EQ(write.transferred, 2 * kBlock);
    EXPECT_EQ(write.tag, 77U);
    core::IoRequest read = request(core::Direction::read, 3 * kBlock, in, 2 * kBlock);
    ASSERT_TRUE(carry_out(engine, read));
    EXPECT_EQ(read.error, 0);
    EXPECT_EQ(read.transferred, 2 * kBlock);
    EXPECT_EQ(std::memcmp(in.bytes(), out.bytes(), 2 * kBlock), 0);
  });
}

TYPED_TEST_P(IoEngineContract, SyncEndsWithoutError) {
  this->on_engine(1, [&](core::IoEngine& engine) {
    core::IoRequest sync = sync_request();
    ASSERT_TRUE(carry_out(engine, sync));
    EXPECT_EQ(sync.error, 0);
  });
}

TYPED_TEST_P(IoEngineContract, TrimIsDoneInsideQueue) {
  this->on_engine(1, [&](core::IoEngine& engine) {
    core::IoRequest trim = trim_request((kBlocks - 1) * kBlock);
    EXPECT_EQ(engine.queue(trim), core::QueueStatus::completed);
    EXPECT_EQ(trim.error, 0);
    EXPECT_EQ(trim.transferred, kBlock);
  });
}

TYPED_TEST_P(IoEngineContract, AllThatWereQueuedEndOnce) {
  this->on_engine(kBlocks, [&](core::IoEngine& engine) {
    std::deque<Buffer> buffers;
    std::deque<core::IoRequest> ios;
    for (std::uint32_t i = 0; i < kBlocks; ++i) {
      buffers.emplace_back(kBlock, static_cast<char>('0' + i));
      ios.push_back(request(core::Direction::write, i * kBlock, buffers.back()));
      ASSERT_EQ(engine.queue(ios.back()),
                this->kAsynchronous ? core::QueueStatus::queued : core::QueueStatus::completed);
    }
    std::vector<core::IoRequest*> ended(kBlocks);
    std::size_t count = this->kAsynchronous ? 0 : kBlocks;
    ASSERT_EQ(engine.commit(), 0);
    while (count < kBlocks) {
      const int got = engine.reap(std::span(ended).subspan(count, std::min<std::size_t>(7, kBlocks - count)), 1);
      ASSERT_GT(got, 0);
      count += static_cast<std::size_t>(got);
    }
    for (const core::IoRequest& io : ios) {
      EXPECT_EQ(io.transferred, kBlock);
      if (this->kAsynchronous) {
        EXPECT_EQ(std::ranges::count(ended, &io), 1);
      }
    }
    for (std::uint32_t i = 0; i < kBlocks; ++i) EXPECT_EQ(this->byte_of(engine, i), static_cast<char>('0' + i));
  });
}

TYPED_TEST_P(IoEngineContract, ReapWithoutAMinimumDoesNotWaitAndSubmitsNothing) {
  this->on_engine(1, [&](core::IoEngine& engine) {
    core::IoRequest* ended = nullptr;
    EXPECT_EQ(engine.reap(std::span(&ended, 1), 0), 0);
    if (!this->kAsynchronous) return;
    const Buffer block(kBlock, 'x');
    core::IoRequest write = request(core::Direction::write, 0, block);
    ASSERT_EQ(engine.queue(write), core::QueueStatus::queued);
    EXPECT_EQ(engine.reap(std::span(&ended, 1), 0), 0) << "not handed over yet";
    EXPECT_EQ(engine.reap(std::span(&ended, 1), 1), 1) << "a reap that waits hands it over";
    EXPECT_EQ(ended, &write);
  });
}

TYPED_TEST_P(IoEngineContract, ReapTakesAtMostAsManyAsThereIsRoomFor) {
  if (!this->kAsynchronous) return;
  this->on_engine(4, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    std::vector<core::IoRequest> ios = this->writes(4, block);
    for (core::IoRequest& io : ios) ASSERT_EQ(engine.queue(io), core::QueueStatus::queued);
    std::array<core::IoRequest*, 4> ended{};
    ASSERT_EQ(engine.reap(std::span(ended).first(3), 3), 3);
    ASSERT_EQ(engine.reap(std::span(ended).last(1), 1), 1);
    for (const core::IoRequest& io : ios) EXPECT_EQ(std::ranges::count(ended, &io), 1);
  });
}

TYPED_TEST_P(IoEngineContract, RequestThatWasReapedCanBeUsedAgain) {
  this->on_engine(1, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    core::IoRequest io = request(core::Direction::write, 0, block);
    for (int round = 0; round < 3; ++round) {
      io.offset = static_cast<std::uint64_t>(round) * kBlock;
      io.transferred = 0;
      ASSERT_TRUE(carry_out(engine, io));
      EXPECT_EQ(io.transferred, kBlock);
    }
  });
}

TYPED_TEST_P(IoEngineContract, WhatIsDoneInsideQueueIsBusyWhileAnIoIsNotCommitted) {
  if (!this->kAsynchronous) return;
  this->on_engine(4, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    core::IoRequest write = request(core::Direction::write, 0, block);
    core::IoRequest trim = trim_request(kBlock);
    core::IoRequest sync = sync_request();
    ASSERT_EQ(engine.queue(write), core::QueueStatus::queued);
    EXPECT_EQ(engine.queue(trim), core::QueueStatus::busy);
    EXPECT_EQ(engine.queue(sync), this->kSyncIsQueued ? core::QueueStatus::queued : core::QueueStatus::busy);
    ASSERT_EQ(engine.commit(), 0);
    EXPECT_EQ(engine.queue(trim), core::QueueStatus::completed);
    if (!this->kSyncIsQueued) {
      EXPECT_EQ(engine.queue(sync), core::QueueStatus::completed);
    }
    std::array<core::IoRequest*, 2> ended{};
    const int expected = this->kSyncIsQueued ? 2 : 1;
    EXPECT_EQ(engine.reap(ended, static_cast<std::size_t>(expected)), expected);
  });
}

TYPED_TEST_P(IoEngineContract, IoThatWasCancelledBeforeTheCommitIsNeitherReapedNorDone) {
  this->on_engine(2, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    std::vector<core::IoRequest> ios = this->writes(2, block);
    for (core::IoRequest& io : ios) ASSERT_NE(engine.queue(io), core::QueueStatus::busy);
    const bool cancelled = engine.cancel(ios[0]);
    if (!this->kAsynchronous) {
      EXPECT_FALSE(cancelled);
      return;
    }
    std::array<core::IoRequest*, 2> ended{};
    ASSERT_EQ(engine.reap(ended, cancelled ? 1 : 2), cancelled ? 1 : 2);
    EXPECT_EQ(std::ranges::count(ended, &ios[0]), cancelled ? 0 : 1);
    EXPECT_EQ(std::ranges::count(ended, &ios[1]), 1);
    EXPECT_EQ(this->byte_of(engine, 0), cancelled ? 0 : 'x');
    EXPECT_EQ(this->byte_of(engine, 1), 'x');
  });
}

TYPED_TEST_P(IoEngineContract, CancelAfterTheCommitSaysWhetherTheIoWillStillBeReaped) {
  if (!this->kAsynchronous) return;
  constexpr std::size_t kQueued = 16;
  this->on_engine(kQueued, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    std::vector<core::IoRequest> ios = this->writes(kQueued, block);
    for (core::IoRequest& io : ios) ASSERT_EQ(engine.queue(io), core::QueueStatus::queued);
    ASSERT_EQ(engine.commit(), 0);
    std::size_t left = 0;
    for (core::IoRequest& io : ios) left += engine.cancel(io) ? 0 : 1;
    std::array<core::IoRequest*, kQueued> ended{};
    if (left > 0) {
      EXPECT_EQ(engine.reap(ended, left), static_cast<int>(left));
    }
    EXPECT_EQ(engine.reap(ended, 0), 0);
  });
}

TYPED_TEST_P(IoEngineContract, AppendWhereThereIsNoZoneForItIsNotSupported) {
  this->on_engine(1, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'a');
    core::IoRequest append = request(core::Direction::write, 0, block);
    append.append = true;
    ASSERT_TRUE(carry_out(engine, append));
    EXPECT_EQ(append.error, EOPNOTSUPP);
    EXPECT_EQ(append.transferred, 0U);
    EXPECT_EQ(this->byte_of(engine, 0), 0);
  });
}

REGISTER_TYPED_TEST_SUITE_P(IoEngineContract, WrittenBlocksAreReadBack, SyncEndsWithoutError, TrimIsDoneInsideQueue,
                            AllThatWereQueuedEndOnce, ReapWithoutAMinimumDoesNotWaitAndSubmitsNothing,
                            ReapTakesAtMostAsManyAsThereIsRoomFor, RequestThatWasReapedCanBeUsedAgain,
                            WhatIsDoneInsideQueueIsBusyWhileAnIoIsNotCommitted,
                            IoThatWasCancelledBeforeTheCommitIsNeitherReapedNorDone,
                            CancelAfterTheCommitSaysWhetherTheIoWillStillBeReaped,
                            AppendWhereThereIsNoZoneForItIsNotSupported);

}  // namespace zoneknot::contract
