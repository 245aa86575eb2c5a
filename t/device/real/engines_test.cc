#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>

#include "device/real/engine_factory.h"
#include "t/device/real/event_log.h"
#include "t/device/real/io_bench.h"
#include "t/device/real/temp_folder.h"

namespace zoneknot::device {
namespace {

using core::Direction;
using core::EngineKind;
using core::IoRequest;
using core::QueueStatus;

constexpr std::uint32_t kFileBlocks = 64;

// Each test runs on a task of its own runtime, with a file of kFileBlocks blocks of zeros.
class Engines : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    const std::string reason = not_to_be_had(GetParam(), runtime_);
    if (!reason.empty()) GTEST_SKIP() << reason;
    fd_ = ::open(folder_.file("data").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(ftruncate(fd_, kFileBlocks * kBlock), 0);
  }
  ~Engines() override {
    if (fd_ >= 0) close(fd_);
  }

  void on_engine(std::uint32_t depth, const std::function<void(core::IoEngine&)>& body) {
    runtime_.run("job", [&] {
      auto engine = open_real_engine(GetParam(), fd_, depth, runtime_);
      ASSERT_TRUE(engine) << std::strerror(engine.error());
      body(**engine);
    });
  }

  [[nodiscard]] bool asynchronous() const { return GetParam() != EngineKind::psync; }

  TempFolder folder_;
  EventLog log_;
  ThreadRuntime runtime_{log_};
  int fd_ = -1;
};

TEST_P(Engines, WrittenBlockIsReadBack) {
  on_engine(4, [&](core::IoEngine& engine) {
    EXPECT_EQ(engine.synchronous(), !asynchronous());
    const Buffer out(2 * kBlock, 'w');
    const Buffer in(2 * kBlock);
    IoRequest write = request(Direction::write, 3 * kBlock, out, 2 * kBlock);
    ASSERT_TRUE(carry_out(engine, write));
    EXPECT_EQ(write.error, 0);
    EXPECT_EQ(write.transferred, 2 * kBlock);
    IoRequest read = request(Direction::read, 3 * kBlock, in, 2 * kBlock);
    ASSERT_TRUE(carry_out(engine, read));
    EXPECT_EQ(read.transferred, 2 * kBlock);
    EXPECT_EQ(std::memcmp(in.bytes(), out.bytes(), 2 * kBlock), 0);
  });
}

TEST_P(Engines, ReadAcrossTheEndOfTheFileIsShort) {
  on_engine(1, [&](core::IoEngine& engine) {
    const Buffer in(2 * kBlock);
    IoRequest read = request(Direction::read, (kFileBlocks - 1) * kBlock, in, 2 * kBlock);
    ASSERT_TRUE(carry_out(engine, read));
    EXPECT_EQ(read.error, 0);
    EXPECT_EQ(read.transferred, kBlock);
  });
}

TEST_P(Engines, SyncEndsWithoutError) {
  on_engine(1, [&](core::IoEngine& engine) {
    IoRequest sync = sync_request();
    ASSERT_TRUE(carry_out(engine, sync));
    EXPECT_EQ(sync.error, 0);
  });
}

TEST_P(Engines, TrimmedBlockReadsAsZerosAndTheFileKeepsItsSize) {
  on_engine(1, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'w');
    IoRequest write = request(Direction::write, (kFileBlocks - 1) * kBlock, block);
    ASSERT_TRUE(carry_out(engine, write));
    IoRequest trim = write;
    trim.direction = Direction::trim;
    trim.buffer = nullptr;
    EXPECT_EQ(engine.queue(trim), QueueStatus::completed);
    EXPECT_EQ(trim.error, 0);
    EXPECT_EQ(trim.transferred, kBlock);
    IoRequest read = request(Direction::read, write.offset, block);
    ASSERT_TRUE(carry_out(engine, read));
    EXPECT_EQ(read.transferred, kBlock);
    EXPECT_EQ(block.at(0), 0);
    EXPECT_EQ(block.at(kBlock - 1), 0);
  });
}

TEST_P(Engines, BadDescriptorIsAnErrorOfTheIo) {
  close(fd_);
  fd_ = -1;
  on_engine(2, [&](core::IoEngine& engine) {
    const Buffer block;
    std::array<IoRequest, 2> reads = {request(Direction::read, 0, block), request(Direction::read, kBlock, block)};
    for (IoRequest& read : reads) {
      ASSERT_TRUE(carry_out(engine, read));
      EXPECT_EQ(read.error, EBADF);
      EXPECT_EQ(read.transferred, 0U);
    }
  });
}

TEST_P(Engines, SixtyFourAtOnceAllEndOnce) {
  constexpr std::uint32_t kDepth = 64;
  on_engine(kDepth, [&](core::IoEngine& engine) {
    std::deque<Buffer> buffers;
    std::deque<IoRequest> writes;
    for (std::uint32_t i = 0; i < kDepth; ++i) {
      buffers.emplace_back(kBlock, static_cast<char>('0' + i));
      writes.push_back(request(Direction::write, i * kBlock, buffers.back()));
      ASSERT_EQ(engine.queue(writes.back()), asynchronous() ? QueueStatus::queued : QueueStatus::completed);
    }
    std::vector<IoRequest*> ended(kDepth);
    std::size_t count = asynchronous() ? 0 : kDepth;
    ASSERT_EQ(engine.commit(), 0);
    while (count < kDepth) {
      const int got = engine.reap(std::span(ended).subspan(count, std::min<std::size_t>(7, kDepth - count)), 1);
      ASSERT_GT(got, 0);
      count += static_cast<std::size_t>(got);
    }
    for (const IoRequest& write : writes) {
      EXPECT_EQ(write.transferred, kBlock);
      if (asynchronous()) {
        EXPECT_EQ(std::ranges::count(ended, &write), 1);
      }
    }
    const Buffer all(kDepth * kBlock);
    IoRequest read = request(Direction::read, 0, all, kDepth * kBlock);
    ASSERT_TRUE(carry_out(engine, read));
    for (std::uint32_t i = 0; i < kDepth; ++i) EXPECT_EQ(all.at(i * kBlock), static_cast<char>('0' + i));
  });
}

TEST_P(Engines, ReapWithoutMinimumDoesNotWait) {
  on_engine(1, [&](core::IoEngine& engine) {
    IoRequest* ended = nullptr;
    EXPECT_EQ(engine.reap(std::span(&ended, 1), 0), 0);
  });
  EXPECT_FALSE(log_.has("waits 0 completion"));
}

class AsynchronousEngines : public Engines {};

TEST_P(AsynchronousEngines, FullEngineIsBusyUntilAnIoHasEnded) {
  on_engine(2, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    std::array<IoRequest, 3> writes;
    for (std::size_t i = 0; i < 3; ++i) writes[i] = request(Direction::write, i * kBlock, block);
    EXPECT_EQ(engine.queue(writes[0]), QueueStatus::queued);
    EXPECT_EQ(engine.queue(writes[1]), QueueStatus::queued);
    EXPECT_EQ(engine.queue(writes[2]), QueueStatus::busy);
    std::array<IoRequest*, 3> ended{};
    ASSERT_EQ(engine.reap(ended, 2), 2);
    EXPECT_EQ(engine.queue(writes[2]), QueueStatus::queued);
    ASSERT_EQ(engine.reap(ended, 1), 1);
    EXPECT_EQ(ended[0], &writes[2]);
  });
}

TEST_P(AsynchronousEngines, ReapWithAMinimumSubmitsWhatWasQueuedFirst) {
  on_engine(1, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    IoRequest write = request(Direction::write, 0, block);
    ASSERT_EQ(engine.queue(write), QueueStatus::queued);
    IoRequest* ended = nullptr;
    EXPECT_EQ(engine.reap(std::span(&ended, 1), 0), 0) << "not handed over yet";
    EXPECT_EQ(engine.reap(std::span(&ended, 1), 1), 1);
    EXPECT_EQ(ended, &write);
  });
}

TEST_P(AsynchronousEngines, TrimIsBusyWhileAnIoIsNotSubmitted) {
  on_engine(4, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    IoRequest write = request(Direction::write, 0, block);
    IoRequest trim = write;
    trim.direction = Direction::trim;
    ASSERT_EQ(engine.queue(write), QueueStatus::queued);
    EXPECT_EQ(engine.queue(trim), QueueStatus::busy);
    ASSERT_EQ(engine.commit(), 0);
    EXPECT_EQ(engine.queue(trim), QueueStatus::completed);
    IoRequest* ended = nullptr;
    EXPECT_EQ(engine.reap(std::span(&ended, 1), 1), 1);
  });
}

TEST_P(AsynchronousEngines, SyncIsDoneInsideQueueByLibaioAndQueuedByIoUring) {
  on_engine(4, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    IoRequest write = request(Direction::write, 0, block);
    IoRequest sync = sync_request();
    ASSERT_EQ(engine.queue(write), QueueStatus::queued);
    const bool libaio = GetParam() == EngineKind::libaio;
    EXPECT_EQ(engine.queue(sync), libaio ? QueueStatus::busy : QueueStatus::queued);
    ASSERT_EQ(engine.commit(), 0);
    if (libaio) {
      EXPECT_EQ(engine.queue(sync), QueueStatus::completed);
    }
    std::array<IoRequest*, 2> ended{};
    EXPECT_EQ(engine.reap(ended, libaio ? 1 : 2), libaio ? 1 : 2);
  });
}

TEST_P(AsynchronousEngines, IoThatWasNotSubmittedIsCancelled) {
  on_engine(2, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    IoRequest first = request(Direction::write, 0, block);
    IoRequest second = request(Direction::write, kBlock, block);
    ASSERT_EQ(engine.queue(first), QueueStatus::queued);
    ASSERT_EQ(engine.queue(second), QueueStatus::queued);
    EXPECT_TRUE(engine.cancel(first));
    std::array<IoRequest*, 2> ended{};
    ASSERT_EQ(engine.reap(ended, 1), 1);
    EXPECT_EQ(ended[0], &second);
    const Buffer in(kBlock, 'y');
    IoRequest read = request(Direction::read, 0, in);
    ASSERT_TRUE(carry_out(engine, read));
    EXPECT_EQ(in.at(0), 0) << "the cancelled write reached the file";
  });
}

TEST_P(AsynchronousEngines, CancelOfASubmittedIoSaysWhetherItWillStillBeReaped) {
  constexpr std::size_t kDepth = 16;
  on_engine(kDepth, [&](core::IoEngine& engine) {
    const Buffer block(kBlock, 'x');
    std::array<IoRequest, kDepth> writes;
    for (std::size_t i = 0; i < kDepth; ++i) {
      writes[i] = request(Direction::write, i * kBlock, block);
      ASSERT_EQ(engine.queue(writes[i]), QueueStatus::queued);
    }
    ASSERT_EQ(engine.commit(), 0);
    std::size_t left = 0;
    for (IoRequest& write : writes) left += engine.cancel(write) ? 0 : 1;
    std::array<IoRequest*, kDepth> ended{};
    if (left > 0) {
      EXPECT_EQ(engine.reap(ended, left), static_cast<int>(left));
    }
    EXPECT_EQ(engine.reap(ended, 0), 0);
  });
}

// An eventfd-like source of a wait: a read from an empty pipe ends when something is written to it.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int out() const { return ends_[0]; }
  void feed() const { EXPECT_EQ(::write(ends_[1], "x", 1), 1); }

 private:
  std::array<int, 2> ends_{};
};

TEST(IoUringEngine, IoThatCannotEndByItselfIsCancelled) {
  EventLog log;
  ThreadRuntime runtime(log);
  const std::string reason = not_to_be_had(EngineKind::io_uring, runtime);
  if (!reason.empty()) GTEST_SKIP() << reason;
  const Pipe pipe;
  runtime.run("job", [&] {
    auto engine = open_real_engine(EngineKind::io_uring, pipe.out(), 2, runtime);
    ASSERT_TRUE(engine);
    const Buffer block;
    IoRequest read = request(Direction::read, 0, block);
    ASSERT_EQ((*engine)->queue(read), QueueStatus::queued);
    ASSERT_EQ((*engine)->commit(), 0);
    EXPECT_TRUE((*engine)->cancel(read));
    IoRequest* ended = nullptr;
    EXPECT_EQ((*engine)->reap(std::span(&ended, 1), 0), 0);
  });
}

TEST(IoUringEngine, IosAreReapedInTheOrderInWhichTheyEnd) {
  EventLog log;
  ThreadRuntime runtime(log);
  const std::string reason = not_to_be_had(EngineKind::io_uring, runtime);
  if (!reason.empty()) GTEST_SKIP() << reason;
  const Pipe pipe;
  runtime.run("job", [&] {
    auto engine = open_real_engine(EngineKind::io_uring, pipe.out(), 2, runtime);
    ASSERT_TRUE(engine);
    const Buffer block;
    IoRequest read = request(Direction::read, 0, block, 1);
    IoRequest sync = sync_request();  // of a pipe: ends at once, with EINVAL
    ASSERT_EQ((*engine)->queue(read), QueueStatus::queued);
    ASSERT_EQ((*engine)->queue(sync), QueueStatus::queued);
    std::array<IoRequest*, 2> ended{};
    ASSERT_EQ((*engine)->reap(std::span(ended).first(1), 1), 1);
    EXPECT_EQ(ended[0], &sync);
    EXPECT_EQ(sync.error, EINVAL);
    pipe.feed();
    ASSERT_EQ((*engine)->reap(std::span(ended).first(1), 1), 1);
    EXPECT_EQ(ended[0], &read);
    EXPECT_EQ(read.transferred, 1U);
  });
}

TEST(IoUringEngine, WaitForTooFewIosIsToldAsOneThatCannotEndAndLeftWhenTheRunIsAbandoned) {
  EventLog log;
  ThreadRuntime runtime(log);
  const std::string reason = not_to_be_had(EngineKind::io_uring, runtime);
  if (!reason.empty()) GTEST_SKIP() << reason;
  const Pipe pipe;
  runtime.run("main", [&] {
    runtime.spawn("job", [&] {
      auto engine = open_real_engine(EngineKind::io_uring, pipe.out(), 2, runtime);
      ASSERT_TRUE(engine);
      std::array<IoRequest*, 1> ended{};
      static_cast<void>((*engine)->reap(ended, 1));
      ADD_FAILURE() << "the reap came back";
    });
    while (!log.has("waits 1 completion")) std::this_thread::yield();
    EXPECT_FALSE(log.last_wait_can_end());
    runtime.abandon();
  });
}

INSTANTIATE_TEST_SUITE_P(All, Engines, testing::Values(EngineKind::psync, EngineKind::libaio, EngineKind::io_uring),
                         name_of);
INSTANTIATE_TEST_SUITE_P(All, AsynchronousEngines, testing::Values(EngineKind::libaio, EngineKind::io_uring), name_of);

}  // namespace
}  // namespace zoneknot::device
