#include "device/real/file_device.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "device/block/block_facts.h"
#include "device/real/emulated_engine.h"
#include "t/contract/zoned_device.h"
#include "t/device/real/event_log.h"
#include "t/device/real/io_bench.h"
#include "t/device/real/temp_folder.h"

namespace zoneknot::device {
namespace {

using contract::kZone;
using core::Direction;
using core::EngineKind;
using core::IoRequest;
using core::QueueStatus;
using core::ZoneCondition;

FileDeviceOptions eight_zones() {
  FileDeviceOptions options;
  options.config = {.zone_size = kZone, .zones = 8};
  return options;
}

void fill_file(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(FileDevice, MissingFileIsMadeWithTheSizeOfTheDevice) {
  const TempFolder folder;
  const auto device = FileDevice::open(folder.file("z"), eight_zones());
  ASSERT_TRUE(device) << device.error();
  EXPECT_EQ((*device)->begin(), "");
  EXPECT_EQ(std::filesystem::file_size(folder.file("z")), 8 * kZone);
  EXPECT_EQ((*device)->geometry().nr_zones(), 8U);
  EXPECT_EQ((*device)->report()[3].condition, ZoneCondition::empty);
}

TEST(FileDevice, FileThatHoldsSomethingIsLeftAloneUnlessItMayBeDestroyed) {
  const TempFolder folder;
  fill_file(folder.file("z"), "precious");
  FileDeviceOptions options = eight_zones();
  const auto refused = FileDevice::open(folder.file("z"), options);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("holds 8 bytes"), std::string::npos) << refused.error();
  EXPECT_EQ(std::filesystem::file_size(folder.file("z")), 8U);
  options.destroy_data = true;
  const auto taken = FileDevice::open(folder.file("z"), options);
  ASSERT_TRUE(taken);
  EXPECT_EQ(text_of(folder.file("z")), "precious") << "until everything else is known to be there";
  EXPECT_EQ((*taken)->begin(), "");
  EXPECT_EQ(std::filesystem::file_size(folder.file("z")), 8 * kZone);
  EXPECT_EQ(text_of(folder.file("z")).front(), '\0');
}

TEST(FileDevice, FileThatWasMadeForNothing_IsGone) {
  const TempFolder folder;
  EXPECT_TRUE(FileDevice::open(folder.file("z"), eight_zones()));
  EXPECT_FALSE(std::filesystem::exists(folder.file("z")));
  fill_file(folder.file("there"), "");
  EXPECT_TRUE(FileDevice::open(folder.file("there"), eight_zones()));
  EXPECT_TRUE(std::filesystem::exists(folder.file("there")));
}

TEST(FileDevice, EmptyFileIsUsed) {
  const TempFolder folder;
  fill_file(folder.file("z"), "");
  EXPECT_TRUE(FileDevice::open(folder.file("z"), eight_zones()));
}

TEST(FileDevice, DevicesAndFoldersAreRefused) {
  const TempFolder folder;
  const auto of_folder = FileDevice::open(folder.file(""), eight_zones());
  ASSERT_FALSE(of_folder);
  std::filesystem::create_symlink("/dev/null", folder.file("link"));
  FileDeviceOptions options = eight_zones();
  options.destroy_data = true;
  const auto of_device = FileDevice::open(folder.file("link"), options);
  ASSERT_FALSE(of_device);
  EXPECT_NE(of_device.error().find("not a regular file"), std::string::npos) << of_device.error();
}

TEST(FileDevice, BlockDeviceIsRefusedBeforeItIsOpened) {
  const TempFolder folder;
  // A node of a device that does not exist: only its kind can be looked at.
  if (mknod(folder.file("node").c_str(), S_IFBLK | 0600, makedev(255, 255)) != 0) {
    GTEST_SKIP() << "making a device node is not permitted here";
  }
  FileDeviceOptions options = eight_zones();
  options.destroy_data = true;
  const auto device = FileDevice::open(folder.file("node"), options);
  ASSERT_FALSE(device);
  EXPECT_NE(device.error().find("block device"), std::string::npos) << device.error();
}

TEST(FileDevice, TablesOfPartitionsAreSeen) {
  const TempFolder folder;
  const auto begins_with = [&](const std::string& head) {
    fill_file(folder.file("disk"), head + std::string(8192 - head.size(), '\0'));
    const int fd = open(folder.file("disk").c_str(), O_RDONLY);
    const bool seen = has_partition_table(fd);
    close(fd);
    return seen;
  };
  std::string mbr(512, '\0');
  EXPECT_FALSE(begins_with(mbr));
  mbr[510] = '\x55';
  mbr[511] = '\xaa';
  EXPECT_FALSE(begins_with(mbr)) << "of no partition";
  mbr[446 + 4] = '\x83';
  EXPECT_TRUE(begins_with(mbr));
  mbr[446] = '\x31';
  EXPECT_FALSE(begins_with(mbr)) << "code of a boot sector";
  EXPECT_TRUE(begins_with(std::string(512, '\0') + "EFI PART"));
  EXPECT_TRUE(begins_with(std::string(4096, '\0') + "EFI PART"));
}

TEST(FileDevice, FileInUseIsRefused) {
  const TempFolder folder;
  const auto first = FileDevice::open(folder.file("z"), eight_zones());
  ASSERT_TRUE(first);
  FileDeviceOptions options = eight_zones();
  options.destroy_data = true;
  const auto second = FileDevice::open(folder.file("z"), options);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("in use"), std::string::npos) << second.error();
}

TEST(FileDevice, UnusableDescriptionsAndPlacesLeaveNoFile) {
  const TempFolder folder;
  FileDeviceOptions options = eight_zones();
  options.config.conventional = 9;
  EXPECT_FALSE(FileDevice::open(folder.file("z"), options));
  EXPECT_FALSE(std::filesystem::exists(folder.file("z")));
  const auto missing = FileDevice::open(folder.file("missing/z"), eight_zones());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("missing/z: cannot be made"), std::string::npos) << missing.error();
}

TEST(FileDevice, FileThatCannotGetItsSizeIsRemovedAgain) {
  const TempFolder folder;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {.rlim_cur = kZone, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto device = FileDevice::open(folder.file("z"), eight_zones());
  FileDeviceOptions options = eight_zones();
  options.destroy_data = true;
  fill_file(folder.file("old"), "precious");
  EXPECT_FALSE(FileDevice::open(folder.file("old"), options));
  EXPECT_EQ(text_of(folder.file("old")), "precious");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(device);
  EXPECT_NE(device.error().find("bytes large"), std::string::npos) << device.error();
  EXPECT_FALSE(std::filesystem::exists(folder.file("z")));
}

// Engines on a FileDevice, each on a task of its own runtime.
class EmulatedEngines : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    ThreadRuntime runtime(log_);
    const std::string reason = not_to_be_had(GetParam(), runtime);
    if (!reason.empty()) GTEST_SKIP() << reason;
  }

  void on_device(const FileDeviceOptions& options, const std::function<void(core::IoEngine&, FileDevice&)>& body) {
    auto device = FileDevice::open(folder_.file("z"), options);
    ASSERT_TRUE(device) << device.error();
    ASSERT_EQ((*device)->begin(), "");
    constexpr std::uint32_t kDepth = 8;
    ThreadRuntime runtime(log_);
    runtime.run("job", [&] {
      auto inner = open_real_engine(GetParam(), (*device)->fd(), kDepth, runtime);
      ASSERT_TRUE(inner);
      EmulatedEngine engine(std::move(*inner), GetParam(), kDepth, **device, runtime);
      body(engine, **device);
    });
  }

  TempFolder folder_;
  EventLog log_;
};

TEST_P(EmulatedEngines, EndsAreToldTheObserverWithTheirErrors) {
  on_device(eight_zones(), [&](core::IoEngine& engine, FileDevice&) {
    const Buffer block(kBlock, 'w');
    for (const std::uint64_t offset : {kZone, kZone + 9 * kBlock}) {
      IoRequest write = request(Direction::write, offset, block);
      EXPECT_TRUE(carry_out(engine, write));
    }
  });
  EXPECT_EQ(log_.count("io complete " + std::to_string(kZone) + " error 0"), 1U);
  EXPECT_EQ(log_.count("io complete " + std::to_string(kZone + 9 * kBlock) + " error 5"), 1U);
}

std::string read_text(core::IoEngine& engine, std::uint64_t offset) {
  const Buffer block(kBlock, '-');
  IoRequest read = request(Direction::read, offset, block);
  EXPECT_TRUE(carry_out(engine, read));
  return {reinterpret_cast<const char*>(read.buffer), kBlock};
}

TEST_P(EmulatedEngines, WhatAFileHeldBefore_IsReadNowhere_AndItsBlocksStay) {
  fill_file(folder_.file("z"), std::string(8 * kZone, 'o'));
  struct stat before{};
  ASSERT_EQ(stat(folder_.file("z").c_str(), &before), 0);
  FileDeviceOptions options = eight_zones();
  options.destroy_data = true;
  options.config.conventional = 1;
  options.config.filled = {{.first = 2, .last = 2}};
  options.config.half = {{.first = 3, .last = 3}};
  on_device(options, [&](core::IoEngine& engine, FileDevice& device) {
    EXPECT_EQ(device.report()[2].condition, ZoneCondition::full);
    for (std::uint64_t zone = 0; zone < 5; ++zone) {
      EXPECT_EQ(read_text(engine, zone * kZone), std::string(kBlock, '\0')) << zone;
    }
  });
  struct stat after{};
  ASSERT_EQ(stat(folder_.file("z").c_str(), &after), 0);
  EXPECT_GE(after.st_blocks, before.st_blocks * 7 / 8) << "all but those of the conventional zone";
}

TEST_P(EmulatedEngines, ARunThatIsKilledBetweenWritePointerAndData_LeavesZerosInAFileThatIsKept) {
  FileDeviceOptions options = eight_zones();
  options.keep_state = true;
  const Buffer block(kBlock, 'w');
  IoRequest write = request(Direction::write, kZone, block);
  on_device(options, [&](core::IoEngine& engine, FileDevice& device) {
    EXPECT_TRUE(carry_out(engine, write));
    EXPECT_EQ(device.reset(1), 0);
    write = request(Direction::write, kZone, block);
    EXPECT_EQ(device.carry_out(write).device.error, 0);
  });
  on_device(options, [&](core::IoEngine& engine, FileDevice& device) {
    EXPECT_EQ(device.report()[1].wp, kZone + kBlock);
    EXPECT_EQ(read_text(engine, kZone), std::string(kBlock, '\0'));
  });
}

class AsynchronousEmulatedEngines : public EmulatedEngines {};

TEST_P(AsynchronousEmulatedEngines, RefusedIosCountForTheDepthAndForWhatMustWait) {
  on_device(eight_zones(), [&](core::IoEngine& engine, FileDevice&) {
    const Buffer block(kBlock, 'w');
    std::array<IoRequest, 9> writes;
    for (IoRequest& write : writes) write = request(Direction::write, kZone + kBlock, block);
    for (std::size_t i = 0; i < 8; ++i) ASSERT_EQ(engine.queue(writes[i]), QueueStatus::queued);
    EXPECT_EQ(engine.queue(writes[8]), QueueStatus::busy);
    IoRequest trim = request(Direction::trim, 0, block);
    EXPECT_TRUE(engine.cancel(writes[7]));
    EXPECT_EQ(engine.queue(trim), QueueStatus::busy);
    ASSERT_EQ(engine.commit(), 0);
    EXPECT_EQ(engine.queue(trim), QueueStatus::completed);
    EXPECT_FALSE(engine.cancel(writes[0])) << "it has ended";
    std::array<IoRequest*, 9> ended{};
    EXPECT_EQ(engine.reap(ended, 1), 7);
  });
}

INSTANTIATE_TEST_SUITE_P(All, EmulatedEngines,
                         testing::Values(EngineKind::psync, EngineKind::libaio, EngineKind::io_uring), name_of);

INSTANTIATE_TEST_SUITE_P(All, AsynchronousEmulatedEngines, testing::Values(EngineKind::libaio, EngineKind::io_uring),
                         name_of);

}  // namespace
}  // namespace zoneknot::device
