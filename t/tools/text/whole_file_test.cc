#include "tools/text/whole_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>

#include "t/device/real/temp_folder.h"

namespace zoneknot::tools {
namespace {

using ::testing::StartsWith;

class WholeFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] bool folder_is_empty() const { return std::filesystem::is_empty(path("")); }

 private:
  device::TempFolder folder_;
};

TEST_F(WholeFile, WhatIsWritten_IsRead) {
  ASSERT_FALSE(write_file(path("a"), std::string("one\0two", 7)));
  EXPECT_EQ(*read_file(path("a")), std::string("one\0two", 7));
}

TEST_F(WholeFile, UntilItIsKept_TheOldFileStandsUnderItsName) {
  ASSERT_FALSE(write_file(path("a"), "old"));
  OutputFile file(path("a"));
  file.stream() << "new" << std::flush;
  EXPECT_EQ(*read_file(path("a")), "old");
  ASSERT_FALSE(file.keep());
  EXPECT_EQ(*read_file(path("a")), "new");
}

TEST_F(WholeFile, UntilItIsKept_TheOldFileStandsBehindALinkToo) {
  ASSERT_FALSE(write_file(path("a"), "old"));
  std::filesystem::create_symlink("a", path("link"));
  OutputFile file(path("link"));
  file.stream() << "new" << std::flush;
  EXPECT_EQ(*read_file(path("a")), "old");
  ASSERT_FALSE(file.keep());
  EXPECT_EQ(*read_file(path("a")), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
}

TEST_F(WholeFile, WhatIsNotKept_LeavesNothingBehind) {
  {
    OutputFile(path("a")).stream() << "half";
  }
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(WholeFile, PathThatCannotBeWritten_IsNamedWithTheReason) {
  const std::string nowhere = path("no-folder/a");
  EXPECT_EQ(write_file(nowhere, "text")->to_string(), nowhere + ": cannot be written: No such file or directory");
  EXPECT_EQ(check_writable(nowhere)->to_string(), nowhere + ": cannot be written: No such file or directory");
}

TEST_F(WholeFile, TextThatDoesNotFit_IsRefusedWithTheReasonOfTheWrite) {
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit nothing{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &nothing), 0);
  const auto error = write_file(path("a"), "text");
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  EXPECT_EQ(error->to_string(), path("a") + ": cannot be written: File too large");
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(WholeFile, DeviceIsWrittenToAndNotReplaced) {
  EXPECT_FALSE(write_file("/dev/null", "text"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_EQ(write_file("/dev/full", "text")->to_string(), "/dev/full: cannot be written: No space left on device");
}

TEST_F(WholeFile, PlaceThatIsOnlyLookedAt_StaysAsItWas) {
  EXPECT_FALSE(check_writable(path("a")));
  EXPECT_FALSE(check_writable(""));
  EXPECT_TRUE(folder_is_empty());
}

TEST_F(WholeFile, FileThatIsNotThere_IsNamed) {
  EXPECT_THAT(read_file(path("a")).error().to_string(), StartsWith(path("a") + ": cannot be opened: No such file"));
}

TEST_F(WholeFile, FileThatCannotBeReadToItsEnd_IsNoShorterOne) {
  EXPECT_THAT(read_file("/proc/self/mem").error().to_string(), StartsWith("/proc/self/mem: cannot be read"));
}

}  // namespace
}  // namespace zoneknot::tools
