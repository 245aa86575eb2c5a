#include "device/real/real_world.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "t/device/real/io_bench.h"
#include "t/device/real/temp_folder.h"

namespace zoneknot::device {
namespace {

core::JobSpec job(const std::string& filename, core::EngineKind engine = core::EngineKind::psync) {
  core::JobSpec spec;
  spec.name = "job";
  spec.filename = filename;
  spec.engine = engine;
  spec.iodepth = 4;
  return spec;
}

RealWorldOptions small_world(const std::string& path) {
  RealWorldOptions options;
  options.path = path;
  options.config = {.zone_size = 16 * kBlock, .zones = 4};
  return options;
}

TEST(RealWorld, JobsOfOnePathShareOneDevice) {
  const TempFolder folder;
  const std::vector<core::JobSpec> jobs = {job("a"), job("b")};
  const auto world = RealWorld::open(jobs, small_world(folder.file("z")));
  ASSERT_TRUE(world) << world.error();
  EXPECT_EQ(&(*world)->device("a"), &(*world)->device("b"));
  EXPECT_TRUE((*world)->moves_data());
  EXPECT_FALSE((*world)->stop_requested());
}

TEST(RealWorld, JobsWithoutAPathWorkOnTheirOwnFiles) {
  const TempFolder folder;
  const std::vector<core::JobSpec> jobs = {job(folder.file("a")), job(folder.file("b")), job(folder.file("a"))};
  const auto world = RealWorld::open(jobs, small_world(""));
  ASSERT_TRUE(world) << world.error();
  EXPECT_NE(&(*world)->device(folder.file("a")), &(*world)->device(folder.file("b")));
  EXPECT_TRUE(std::filesystem::exists(folder.file("b")));
}

TEST(RealWorld, FileThatCannotBeUsedIsAnErrorThatNamesIt) {
  const TempFolder folder;
  const std::vector<core::JobSpec> jobs = {job("a")};
  const auto world = RealWorld::open(jobs, small_world(folder.file("missing/z")));
  ASSERT_FALSE(world);
  EXPECT_NE(world.error().find("missing/z"), std::string::npos);
}

// fs.aio-max-nr; 0: not known.
std::uint64_t most_aio_events() {
  std::uint64_t most = 0;
  std::ifstream("/proc/sys/fs/aio-max-nr") >> most;
  return most;
}

TEST(RealWorld, EnginesAreTriedForAllJobsAtOnce_BeforeAFileIsTouched) {
  constexpr std::uint64_t kJobs = 64;
  if (most_aio_events() == 0 || most_aio_events() >= kJobs * core::kMaxIoDepth) GTEST_SKIP() << "too many to be had";
  const TempFolder folder;
  std::vector<core::JobSpec> jobs(kJobs, job("a", core::EngineKind::libaio));
  for (core::JobSpec& each : jobs) each.iodepth = core::kMaxIoDepth;
  RealWorldOptions options = small_world(folder.file("new"));
  const auto world = RealWorld::open(jobs, options);
  ASSERT_FALSE(world);
  EXPECT_NE(world.error().find("are open already"), std::string::npos) << world.error();
  EXPECT_FALSE(std::filesystem::exists(folder.file("new")));

  std::ofstream(folder.file("old")) << "precious";
  options.path = folder.file("old");
  options.destroy_data = true;
  EXPECT_FALSE(RealWorld::open(jobs, options));
  EXPECT_EQ(std::filesystem::file_size(folder.file("old")), 8U);

  for (core::JobSpec& each : jobs) each.stonewall = true;
  EXPECT_TRUE(RealWorld::open(jobs, options)) << "one after the other they can be had";
}

TEST(RealWorld, ProgramRunsThroughItsEngineAndIsWatched) {
  const TempFolder folder;
  std::atomic<bool> stop{false};
  for (const core::EngineKind kind : {core::EngineKind::psync, core::EngineKind::libaio, core::EngineKind::io_uring}) {
    const std::vector<core::JobSpec> jobs = {job("a", kind)};
    RealWorldOptions options = small_world(folder.file("z"));
    options.destroy_data = true;
    options.stop = &stop;
    auto world = RealWorld::open(jobs, options);
    if (!world && kind == core::EngineKind::io_uring) GTEST_SKIP() << world.error();
    // The kernel has a number of contexts for all processes, and takes back those of one that has ended a little later.
    for (int tries = 0; !world && tries < 100; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      world = RealWorld::open(jobs, options);
    }
    ASSERT_TRUE(world) << world.error();
    (*world)->thread_runtime().run("main", [&] {
      const auto engine = (*world)->open_engine(jobs[0]);
      const Buffer block(kBlock, 'w');
      core::IoRequest write = request(core::Direction::write, 16 * kBlock, block);
      EXPECT_TRUE(carry_out(*engine, write));
      EXPECT_EQ(write.error, 0);
      EXPECT_TRUE(carry_out(*engine, write));
      EXPECT_EQ(write.error, EIO) << "not at the write pointer any more";
    });
    EXPECT_EQ((*world)->device("a").report()[1].wp, 17 * kBlock);
    ASSERT_EQ((*world)->watch().tasks().size(), 1U);
    EXPECT_EQ((*world)->watch().tasks()[0].state, lockcheck::TaskState::ended);
  }
}

TEST(RealWorld, StopFlagIsSeen) {
  const TempFolder folder;
  std::atomic<bool> stop{false};
  RealWorldOptions options = small_world(folder.file("z"));
  options.stop = &stop;
  const std::vector<core::JobSpec> jobs = {job("a")};
  const auto world = RealWorld::open(jobs, options);
  ASSERT_TRUE(world);
  EXPECT_FALSE((*world)->stop_requested());
  stop = true;
  EXPECT_TRUE((*world)->stop_requested());
}

TEST(RealWorld, EqualSeedsGiveEqualNumbers) {
  const TempFolder folder;
  const std::vector<core::JobSpec> jobs = {job("a")};
  const auto world = RealWorld::open(jobs, small_world(folder.file("z")));
  ASSERT_TRUE(world);
  const auto one = (*world)->open_random(7);
  const auto two = (*world)->open_random(7);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(one->below(1000), two->below(1000));
}

}  // namespace
}  // namespace zoneknot::device
