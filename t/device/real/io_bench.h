// What the tests of engines need: aligned buffers, requests, and a task to make the calls on. One test each.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/io_engine.h"
#include "core/job_spec.h"
#include "device/real/engine_factory.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

inline constexpr std::uint32_t kBlock = 4096;

// `length` bytes of `fill`, aligned for direct I/O.
class Buffer {
 public:
  explicit Buffer(std::uint32_t length = kBlock, char fill = 0)
      : bytes_(static_cast<std::byte*>(std::aligned_alloc(kBlock, length)), &std::free) {
    std::memset(bytes_.get(), fill, length);
  }
  [[nodiscard]] std::byte* bytes() const { return bytes_.get(); }
  [[nodiscard]] char at(std::size_t index) const { return static_cast<char>(bytes_.get()[index]); }

 private:
  std::unique_ptr<std::byte, decltype(&std::free)> bytes_;
};

inline core::IoRequest request(core::Direction direction, std::uint64_t offset, const Buffer& buffer,
                               std::uint32_t length = kBlock) {
  core::IoRequest made;
  made.direction = direction;
  made.offset = offset;
  made.length = length;
  made.buffer = buffer.bytes();
  return made;
}

inline core::IoRequest sync_request() {
  core::IoRequest made;
  made.direction = core::Direction::sync;
  return made;
}

// Carries one I/O to its end, whatever the engine. False: busy.
inline bool carry_out(core::IoEngine& engine, core::IoRequest& io) {
  const core::QueueStatus status = engine.queue(io);
  EXPECT_FALSE(engine.synchronous() && status == core::QueueStatus::queued);
  switch (status) {
    case core::QueueStatus::busy:
      return false;
    case core::QueueStatus::completed:
      return true;
    case core::QueueStatus::queued:
      break;
  }
  core::IoRequest* ended = nullptr;
  EXPECT_EQ(engine.commit(), 0);
  EXPECT_EQ(engine.reap(std::span(&ended, 1), 1), 1);
  EXPECT_EQ(ended, &io);
  return true;
}

// Names the tests of one engine.
inline std::string name_of(const testing::TestParamInfo<core::EngineKind>& info) {
  return std::string(engine_name(info.param));
}

// Why an engine cannot be tested in this place, or nothing. Only a system that itself refuses io_uring is a reason.
inline std::string not_to_be_had(core::EngineKind kind, ThreadRuntime& runtime) {
  const auto engine = open_real_engine(kind, 0, 1, runtime);
  if (engine || (engine.error() != ENOSYS && engine.error() != EPERM)) return {};
  return std::string(engine_name(kind)) + " is refused here: " + std::strerror(engine.error());
}

}  // namespace zoneknot::device
