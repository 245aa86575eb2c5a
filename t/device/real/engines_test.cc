// What is peculiar to real engines on a file; t/contract/io_engine.h has the rest.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

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

  TempFolder folder_;
  EventLog log_;
  ThreadRuntime runtime_{log_};
  int fd_ = -1;
};

TEST_P(Engines, ReadAcrossTheEndOfTheFileIsShort) {
  on_engine(1, [&](core::IoEngine& engine) {
    const Buffer in(2 * kBlock);
    IoRequest read = request(Direction::read, (kFileBlocks - 1) * kBlock, in, 2 * kBlock);
    ASSERT_TRUE(carry_out(engine, read));
    EXPECT_EQ(read.error, 0);
    EXPECT_EQ(read.transferred, kBlock);
  });
}

// How often the kernel says so of a ring of this process: "UserFiles:	1", say.
std::size_t rings_that_say(const std::string& words) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream info(entry.path());
    for (std::string line; std::getline(info, line);) count += line == words ? 1 : 0;
  }
  return count;
}

TEST_P(Engines, BuffersThatWereMadeKnownAndOthersCarryTheData) {
  on_engine(1, [&](core::IoEngine& engine) {
    const Buffer known(2 * kBlock, 'k');
    const Buffer other;
    engine.use_buffers(std::span(known.bytes(), 2 * kBlock));
    IoRequest write = request(Direction::write, kBlock, known);
    ASSERT_TRUE(carry_out(engine, write));
    EXPECT_EQ(write.transferred, kBlock);
    std::memset(known.bytes(), 0, 2 * kBlock);
    IoRequest read = request(Direction::read, kBlock, known);
    read.buffer += kBlock;
    ASSERT_TRUE(carry_out(engine, read));
    EXPECT_EQ(known.at(0), 0);
    EXPECT_EQ(known.at(kBlock), 'k');
    EXPECT_EQ(known.at(2 * kBlock - 1), 'k');
    IoRequest into_other = request(Direction::read, kBlock, other);
    ASSERT_TRUE(carry_out(engine, into_other));
    EXPECT_EQ(other.at(0), 'k');
    const std::size_t rings = GetParam() == EngineKind::io_uring ? 1 : 0;
    EXPECT_EQ(rings_that_say("UserFiles:\t1"), rings);
    EXPECT_EQ(rings_that_say("UserBufs:\t1"), rings);
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
