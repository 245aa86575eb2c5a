// Inputs that got a wrong answer once, each whole, with the right one: NAME.expect says what the zoneknot command, run
// in this folder, has to answer. docs/verdicts.md says what the words promise. Lines of such a file:
//
//   # why this is the right answer
//   $ check --fixes=none default-device.fio     a run; {tmp} is a folder of its own, empty before each file
//   exit 1                                      its exit code
//   says HANG                                   what it prints, standard output and standard error, has this
//   never PROVED                                …and has not this

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "t/tools/command/child_process.h"

namespace zoneknot::tools {
namespace {

namespace fs = std::filesystem;

std::set<std::string> all_cases() {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(ZONEKNOT_TRUST)) {
    if (entry.path().extension() == ".expect") names.insert(entry.path().stem().string());
  }
  return names;
}

std::vector<std::string> words_of(std::string line, const std::string& folder) {
  const std::string mark = "{tmp}";
  for (auto at = line.find(mark); at != std::string::npos; at = line.find(mark)) line.replace(at, mark.size(), folder);
  std::istringstream words(line);
  return {std::istream_iterator<std::string>(words), {}};
}

class Trust : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "zoneknot-trust-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string folder_;
};

TEST_P(Trust, AnswersRight) {
  std::ifstream expected(fs::path(ZONEKNOT_TRUST) / (GetParam() + ".expect"));
  Ended ended;
  std::string printed;
  int answers = 0;
  int number = 0;
  for (std::string line; std::getline(expected, line);) {
    SCOPED_TRACE(GetParam() + ".expect:" + std::to_string(++number) + ": " + line);
    if (line.empty() || line.starts_with("#")) continue;
    const std::string rest = line.substr(std::min(line.find(' ') + 1, line.size()));
    if (line.starts_with("$ ")) {
      ended = ChildProcess(ZONEKNOT_BINARY, words_of(rest, folder_), ZONEKNOT_TRUST).wait();
      printed = ended.out + ended.err;
      continue;
    }
    ++answers;
    if (line.starts_with("exit ")) {
      EXPECT_EQ(std::to_string(ended.code), rest) << printed;
    } else if (line.starts_with("says ")) {
      EXPECT_THAT(printed, testing::HasSubstr(rest));
    } else if (line.starts_with("never ")) {
      EXPECT_THAT(printed, testing::Not(testing::HasSubstr(rest)));
    } else {
      ADD_FAILURE() << "neither $, exit, says nor never";
    }
  }
  EXPECT_GT(answers, 0) << "nothing is expected";
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Inputs, Trust, testing::ValuesIn(all_cases()), test_name);

}  // namespace
}  // namespace zoneknot::tools
