// What tests of the zoneknot command share: a folder for each test, the command run in it, and files in that folder.
// One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "t/device/real/temp_folder.h"
#include "t/tools/command/child_process.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ZONEKNOT_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ZONEKNOT_SANITIZED 1
#endif

namespace zoneknot::tools {

// A sanitizer needs far more address space than a program does.
#if defined(ZONEKNOT_SANITIZED)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

using Arguments = std::vector<std::string>;

// One of the job files and fault plans of t/jobs.
inline std::string job_file(const std::string& name) { return std::string(ZONEKNOT_JOBS) + "/" + name; }

// The first text value of that name in JSON as the command prints it.
inline std::string text_field(const std::string& json, const std::string& name) {
  const std::string head = "\"" + name + "\": \"";
  const std::size_t at = json.find(head);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + head.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

// A report but for the commands to type next, which name the files that the command was given.
inline std::string without_next(const std::string& report) {
  const std::size_t next = report.find("\nnext\n");
  if (next == std::string::npos) return report;
  return report.substr(0, next) + report.substr(report.find("\n----", next));
}

class CommandTest : public ::testing::Test {
 protected:
  [[nodiscard]] Ended zoneknot(const Arguments& arguments, FileModes modes = FileModes::as_given) const {
    return ChildProcess(ZONEKNOT_BINARY, arguments, folder_.file(""), modes).wait();
  }
  // Behind a line of a shell: "ulimit -v 800000", "exec <job.fio".
  [[nodiscard]] Ended zoneknot_behind(const std::string& line, Arguments arguments) const {
    const Arguments shell = {"-c", line + "; exec \"$0\" \"$@\"", ZONEKNOT_BINARY};
    arguments.insert(arguments.begin(), shell.begin(), shell.end());
    return ChildProcess("/bin/sh", arguments, folder_.file("")).wait();
  }
  [[nodiscard]] ChildProcess start(const Arguments& arguments) const {
    return {ZONEKNOT_BINARY, arguments, folder_.file("")};
  }

  // The path of a file of this test.
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    EXPECT_TRUE(file) << name << " is missing";
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  // What is in the folder, sorted.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.file(""))) {
      names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }

  // Bad usage or input: exit code 2, one line, nothing done.
  void expect_refused(const Arguments& arguments, const std::string& message_part,
                      FileModes modes = FileModes::as_given) const {
    const std::vector<std::string> before = files();
    const Ended ended = zoneknot(arguments, modes);
    const std::string command = ::testing::PrintToString(arguments);
    EXPECT_EQ(ended.code, 2) << command << ended.err;
    EXPECT_EQ(ended.out, "") << command;
    EXPECT_THAT(ended.err, ::testing::StartsWith("zoneknot: ")) << command;
    EXPECT_THAT(ended.err, ::testing::HasSubstr(message_part)) << command;
    EXPECT_EQ(ended.err.find('\n') + 1, ended.err.size()) << command << " says more or less than one line";
    EXPECT_EQ(files(), before) << command << " left something behind";
  }

 private:
  device::TempFolder folder_;
};

}  // namespace zoneknot::tools
