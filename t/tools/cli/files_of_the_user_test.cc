// What a command does to the files that a user has: an input stays as it is whatever is named as an output, an output
// is whole or as it was, and a result that was found is shown whatever becomes of the files it was to be written to.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "t/device/real/temp_folder.h"
#include "t/tools/command/child_process.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kHangs = std::string(ZONEKNOT_JOBS) + "/two-jobs.fio";
const std::vector<std::string> kSearch = {"check", "--fixes=none", "--executions=50", "--seed=1"};

class FilesOfTheUser : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] std::string text(const std::string& name) const {
    return read_file(path(name)).value_or("<not there>");
  }
  void put(const std::string& name, const std::string& text) { ASSERT_FALSE(write_file(path(name), text)); }
  void put_job() { put("a.fio", *read_file(kHangs)); }

  Ended zoneknot(std::vector<std::string> arguments) {
    return ChildProcess(ZONEKNOT_BINARY, arguments, folder_.file("")).wait();
  }
  Ended shell(const std::string& command) {
    return ChildProcess("/bin/sh", {"-c", std::string("zoneknot() { '") + ZONEKNOT_BINARY + "' \"$@\"; }; " + command},
                        folder_.file(""))
        .wait();
  }
  Ended search(std::vector<std::string> more) {
    std::vector<std::string> arguments = kSearch;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return zoneknot(arguments);
  }
  [[nodiscard]] std::vector<std::string> all_names() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_.file(""))) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

 private:
  device::TempFolder folder_;
};

TEST_F(FilesOfTheUser, OutputThatIsAnInput_IsRefusedUnderEveryName) {
  put_job();
  const std::string before = text("a.fio");
  fs::create_symlink("a.fio", path("link"));
  fs::create_hard_link(path("a.fio"), path("same"));
  const std::string plan = *read_file(std::string(ZONEKNOT_JOBS) + "/half-the-zones-fail.toml");
  put("p.toml", plan);
  const std::vector<std::vector<std::string>> commands = {
      {"check", "a.fio", "-o", "a.fio"},
      {"check", "a.fio", "-o", "link"},
      {"check", "a.fio", "-o", "./same"},
      {"check", "a.fio", "--dot", "a.fio"},
      {"check", "a.fio", "--faults", "p.toml", "-o", "p.toml"},
      {"run", "a.fio", "--lock-trace=a.fio", "--device=sim"},
      {"run", "a.fio", "--device=file:D", "-o", "D"},
      {"prove", "a.fio", "-o", "a.fio"},
      {"matrix", "a.fio", "-o", "a.fio"},
      {"lockcheck", "a.fio", "--export=std", "-o", "a.fio"},
      {"shrink", "a.fio", "-o", "a.fio"},
      {"replay", "a.fio", "--trace", "a.fio"},
  };
  for (const std::vector<std::string>& command : commands) {
    const Ended ended = zoneknot(command);
    EXPECT_EQ(ended.code, 2) << testing::PrintToString(command) << ended.err;
    EXPECT_EQ(text("a.fio"), before) << testing::PrintToString(command);
  }
  EXPECT_THAT(zoneknot(commands[1]).err, HasSubstr("--output: 'link' is the file of JOB too"));
  EXPECT_EQ(text("p.toml"), plan);
  EXPECT_THAT(zoneknot(commands[4]).err, HasSubstr("--output: 'p.toml' is the file of --faults too"));
}

TEST_F(FilesOfTheUser, TwoOutputsInOneFile_AreRefused) {
  put_job();
  EXPECT_THAT(zoneknot({"check", "a.fio", "-o", "x", "--dot", "./x"}).err,
              HasSubstr("--output: 'x' is the file of --dot too"));
  EXPECT_EQ(search({"a.fio", "-o", "/dev/null", "--dot", "/dev/null"}).code, 1) << "what is thrown away is no file";
}

TEST_F(FilesOfTheUser, OutputKeepsItsModeAndItsLink) {
  put_job();
  put("report", "old");
  ASSERT_EQ(chmod(path("report").c_str(), 0640), 0);
  fs::create_symlink("report", path("link"));
  put("report.part", "somebody's");
  ASSERT_EQ(zoneknot({"run", "a.fio", "--device=sim", "--fixes=series", "-o", "link"}).code, 0);
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_THAT(text("report"), HasSubstr("Run status"));
  EXPECT_EQ(fs::status(path("report")).permissions(), fs::perms(0640));
  EXPECT_EQ(text("report.part"), "somebody's");
  EXPECT_EQ(all_names().size(), 4U) << testing::PrintToString(all_names());
}

TEST_F(FilesOfTheUser, ConversionThatFails_LeavesTheOldFile) {
  put("bad", "T1|acq(\n");
  put("out", "old");
  EXPECT_EQ(zoneknot({"lockcheck", "bad", "--export=std", "-o", "out"}).code, 2);
  EXPECT_EQ(text("out"), "old");
}

TEST_F(FilesOfTheUser, OldWitness_DoesNotOutliveASearchThatFindsNothing) {
  put_job();
  ASSERT_EQ(search({"a.fio", "-o", "w"}).code, 1);
  ASSERT_THAT(text("w"), HasSubstr("zoneknot.witness/"));
  const Ended clean = zoneknot({"check", "--fixes=series", "--executions=5", "a.fio", "-o", "w"});
  EXPECT_EQ(clean.code, 0);
  EXPECT_THAT(clean.err, HasSubstr("w was the witness of an older search; it is removed"));
  EXPECT_FALSE(fs::exists(path("w")));
}

TEST_F(FilesOfTheUser, FileThatIsNoWitness_IsNotReplacedByOne) {
  put_job();
  put("letter", "Dear");
  const Ended ended = search({"a.fio", "-o", "letter"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("'letter' is there and is no witness; it is not replaced"));
  EXPECT_EQ(text("letter"), "Dear");
}

TEST_F(FilesOfTheUser, JobsOfTheSameName_HaveWitnessesOfTheirOwn) {
  for (const std::string folder : {"a", "b"}) {
    fs::create_directory(path(folder));
    put(folder + "/j.fio", *read_file(kHangs));
  }
  ASSERT_EQ(zoneknot({"matrix", "--fixes=none", "--executions=9", "a/j.fio", "b/j.fio", "--witnesses=wd"}).code, 0);
  EXPECT_TRUE(fs::exists(path("wd/j.fio--none.json")));
  EXPECT_TRUE(fs::exists(path("wd/j.fio-2--none.json")));
}

TEST_F(FilesOfTheUser, JobWithAnAtInItsPath_IsNotTakenForAPlan) {
  fs::create_directory(path("x@y"));
  put("x@y/j.fio", *read_file(kHangs));
  EXPECT_EQ(zoneknot({"matrix", "--fixes=none", "--executions=1", "x@y/j.fio"}).code, 0);
  EXPECT_THAT(zoneknot({"matrix", "x@y/j.fio@"}).err, HasSubstr("'x@y/j.fio@' names no fault plan"));
}

TEST_F(FilesOfTheUser, HangIsShown_WhenItsWitnessCannotBeWritten) {
  put_job();
  const Ended ended = search({"a.fio", "-o", "/dev/full"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("HANG"));
  EXPECT_THAT(ended.out, HasSubstr("zoneknot replay 'zk2:")) << "the file is not there to be named";
  EXPECT_THAT(ended.err, HasSubstr("/dev/full: cannot be written: No space left on device"));
}

TEST_F(FilesOfTheUser, ReportIsShown_WhenNothingWasFoundAndItCannotBeWritten) {
  put_job();
  const Ended ended = zoneknot({"run", "a.fio", "--device=sim", "--fixes=series", "-o", "/dev/full"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.out, HasSubstr("Run status"));
}

TEST_F(FilesOfTheUser, HangIsShown_WhenTheLockTraceCannotBeWritten) {
  put_job();
  const Ended ended = zoneknot({"run", "a.fio", "--device=sim", "--fixes=series", "--lock-trace=/dev/full"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.out, HasSubstr("Run status"));
}

TEST_F(FilesOfTheUser, FullStandardOutput_IsNoSuccess) {
  put_job();
  EXPECT_EQ(shell("zoneknot run a.fio --device=sim --fixes=series >/dev/full").code, 4);
  EXPECT_EQ(shell("zoneknot run a.fio --device=sim --fixes=series >&-").code, 4);
  EXPECT_EQ(shell("zoneknot check --fixes=none --executions=50 --seed=1 a.fio >/dev/full").code, 1);
  EXPECT_EQ(shell("zoneknot --help >/dev/full").code, 4);
  shell("zoneknot check --fixes=none --executions=50 --seed=1 a.fio -o w >&-");
  EXPECT_THAT(text("w"), testing::StartsWith("{")) << "the report must not end up in a file";
}

TEST_F(FilesOfTheUser, ErrorOfTheDisk_IsNoEndOfATrace) {
  const Ended ended = zoneknot({"lockcheck", "/proc/self/mem"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("/proc/self/mem: cannot be read"));
}

TEST_F(FilesOfTheUser, EmptyValue_IsRefused) {
  put_job();
  for (const std::string option : {"--faults", "-o", "--device", "--fixes", "--dot", "--bound"}) {
    const Ended ended = zoneknot({"check", "a.fio", option, ""});
    EXPECT_EQ(ended.code, 2) << option;
    EXPECT_THAT(ended.err, HasSubstr("needs a value")) << option;
  }
  EXPECT_EQ(zoneknot({"check", ""}).code, 2);
}

}  // namespace
}  // namespace zoneknot::tools
