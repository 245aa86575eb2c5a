// What tests of engines need in both worlds: aligned buffers, requests, and an I/O carried to its end. One test each.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include "core/io_engine.h"

namespace zoneknot::contract {

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

inline core::IoRequest trim_request(std::uint64_t offset) {
  core::IoRequest made;
  made.direction = core::Direction::trim;
  made.offset = offset;
  made.length = kBlock;
  return made;
}

// The names of a contract's types of engine in the names of tests.
struct EngineNames {
  template <class Engine>
  static std::string GetName(int) {
    constexpr std::array kNames = {"psync", "libaio", "io_uring"};
    return kNames.at(static_cast<std::size_t>(Engine::kKind));
  }
};

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

}  // namespace zoneknot::contract
