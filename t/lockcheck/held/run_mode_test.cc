// Events and pictures keep out of each other's way, with the barrier that the kernel offers and without it.
#include "lockcheck/held/run_mode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <thread>

namespace zoneknot::lockcheck {
namespace {

constexpr int kPictures = 1'000;

// A record of which all parts change with each event.
struct Record {
  Moves moves = 0;
  std::array<std::uint64_t, 64> parts{};

  void change() {
    for (std::uint64_t& part : parts) ++part;
  }
  [[nodiscard]] bool is_whole() const {
    const std::uint64_t events = moves.load(std::memory_order_relaxed) / 2;
    return std::all_of(parts.begin(), parts.end(), [events](std::uint64_t part) { return part == events; });
  }
};

void one_event(const RunMode& mode, Record& record) {
  const std::uint64_t before = record.moves.load(std::memory_order_relaxed);
  if (mode.enter_plainly(record.moves, before)) {
    record.change();
    return RunMode::leave(record.moves, before + 2);
  }
  RunMode::leave(record.moves, before);
  mode.enter(record.moves);
  record.change();
  RunMode::leave(record.moves, before + 2);
}

class EventsAndPictures : public testing::TestWithParam<bool> {};

TEST_P(EventsAndPictures, APictureNeverSeesHalfAnEventAndEventsGoOnAfterIt) {
  RunMode mode(Threads::many, GetParam());
  Record record;
  std::atomic<bool> done = false;
  std::thread task([&] {
    while (!done.load(std::memory_order_relaxed)) one_event(mode, record);
  });
  int torn = 0;
  for (int picture = 0; picture < kPictures; ++picture) {
    const std::uint64_t seen = record.moves.load(std::memory_order_relaxed);
    while (record.moves.load(std::memory_order_relaxed) < seen + 2) std::this_thread::yield();
    mode.stop_tasks();
    RunMode::wait_for(record.moves);
    torn += record.is_whole() ? 0 : 1;
    mode.let_tasks_go();
  }
  done.store(true, std::memory_order_relaxed);
  task.join();
  EXPECT_EQ(torn, 0);
  EXPECT_TRUE(record.is_whole());
}

INSTANTIATE_TEST_SUITE_P(WithoutMembarrier, EventsAndPictures, testing::Bool());

TEST(RunMode, AFrozenRunTellsNobodyUntilTheNextOneBegins) {
  RunMode mode(Threads::many);
  mode.begin(true);
  EXPECT_TRUE(mode.listened());
  mode.freeze();
  EXPECT_TRUE(mode.frozen());
  EXPECT_FALSE(mode.listened());
  EXPECT_FALSE(mode.plain());
  mode.begin(false);
  EXPECT_FALSE(mode.frozen());
}

}  // namespace
}  // namespace zoneknot::lockcheck
