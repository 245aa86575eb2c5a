// What a report says to type next can be typed: no command writes what it reads.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;

constexpr const char* kTwoTasks =
    "main|fork(T1)|1\nmain|fork(T2)|2\nT1|acq(A)|a.c:1\nT1|acq(B)|a.c:2\nT1|rel(B)|a.c:3\nT1|rel(A)|a.c:4\n"
    "T2|acq(B)|b.c:1\nT2|acq(A)|b.c:2\nT2|rel(A)|b.c:3\nT2|rel(B)|b.c:4\n";

class NextCommands : public CommandTest {
 protected:
  // The commands below "next", each in one line.
  static std::vector<std::string> next_of(const std::string& report) {
    const std::size_t begin = report.find("\nnext\n");
    if (begin == std::string::npos) return {};
    std::istringstream lines(report.substr(begin + 6, report.find("\n---", begin) - begin - 6));
    std::vector<std::string> commands;
    bool goes_on = false;
    for (std::string line; std::getline(lines, line);) {
      line.erase(0, line.find_first_not_of(' '));
      if (line.empty()) continue;
      const bool more = line.ends_with(" \\");
      if (more) line.erase(line.size() - 2);
      goes_on ? static_cast<void>(commands.back() += " " + line) : commands.push_back(line);
      goes_on = more;
    }
    return commands;
  }

  // All of them; none of their outputs is a file that they read.
  std::vector<std::string> expect_can_be_typed(const Arguments& arguments) {
    const Ended ended = zoneknot(arguments);
    const std::vector<std::string> commands = next_of(ended.out);
    EXPECT_FALSE(commands.empty()) << ::testing::PrintToString(arguments) << ended.out << ended.err;
    for (const std::string& command : commands) {
      std::istringstream words(command);
      std::vector<std::string> inputs;
      std::vector<std::string> outputs;
      bool is_output = false;
      for (std::string word; words >> word; is_output = word == "-o") {
        const std::size_t value = word.find('=');
        const bool writes = word.starts_with("--html=") || word.starts_with("--output=");
        if (is_output || writes) {
          outputs.push_back(writes ? word.substr(value + 1) : word);
        } else {
          inputs.push_back(word.starts_with("--") && value != std::string::npos ? word.substr(value + 1) : word);
        }
      }
      for (const std::string& output : outputs) {
        EXPECT_EQ(std::ranges::find(inputs, output), inputs.end()) << command;
      }
    }
    return commands;
  }
};

TEST_F(NextCommands, WriteNothingThatTheyRead) {
  const std::string bound = "--bound=jobs=2,zones=2,depth=2,ios=4,blocks=2";
  std::ifstream from(job_file("two-jobs.fio"));
  // The name that a witness is given where none was asked for.
  write("hang.witness", {std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>()});
  expect_can_be_typed({"check", "hang.witness", "--fixes=none", bound});
  expect_can_be_typed({"run", "hang.witness"});
  const std::vector<std::string> next =
      expect_can_be_typed({"check", "hang.witness", "--fixes=none", bound, "-o", "w"});
  expect_can_be_typed({"replay", "w"});
  ASSERT_FALSE(next.empty());
  EXPECT_THAT(next.front(), HasSubstr("shrink w -o w.small"));
  expect_can_be_typed({"shrink", "w", "-o", "w.small", "--executions=10"});
  expect_can_be_typed({"lockcheck", write("trace.std", kTwoTasks)});
}

}  // namespace
}  // namespace zoneknot::tools
