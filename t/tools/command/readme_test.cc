// What the README shows is what the commands print, but for numbers, which change with the sources' lines.
#include <regex>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

// The block of code of the README that begins so.
std::string block_of_readme(const std::string& begin) {
  std::ifstream file(job_file("../../README.md"));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::size_t at = text.find("```\n" + begin);
  if (at == std::string::npos) return "the README has no such block";
  const std::size_t first = at + std::string("```\n").size();
  return text.substr(first, text.find("```", first) - first);
}

// Without numbers, witness lines, line breaks within commands and the program's place, and with one blank for several:
// columns move with the width of a number.
std::string shape(const std::string& text) {
  const std::string joined = std::regex_replace(text, std::regex(R"( \\\n *)"), " ");
  const std::string called = std::regex_replace(joined, std::regex("[^ \n]*zoneknot (replay|shrink)"), "zoneknot $1");
  const std::string without_witness = std::regex_replace(called, std::regex("zk2:[^\n]*"), "zk2:...");
  return std::regex_replace(std::regex_replace(without_witness, std::regex("[0-9]+"), "#"), std::regex(" +"), " ");
}

using Readme = CommandTest;

TEST_F(Readme, SmallestHang_IsWhatCheckPrints) {
  const Ended ended = zoneknot({"check", "--fixes=none", job_file("two-jobs.fio"),
                                "--bound=jobs=2,zones=2,depth=2,ios=4,blocks=2", "-o", "two-jobs.witness"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  std::string shown = shape(block_of_readme("HANG: "));
  shown = std::regex_replace(shown, std::regex("build/quickstart/"), "");
  EXPECT_EQ(shape(ended.out), shown);
}

TEST_F(Readme, SetsOfFixesOfTheTable_AreTheRowsOfTheMatrix) {
  const Ended ended = zoneknot({"matrix", job_file("two-jobs.fio"), "--executions=1", "--no-order-check"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::string table = block_of_readme("                                  zone-lock-");
  std::istringstream lines(ended.out.substr(ended.out.find("\nnone ") + 1));
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    EXPECT_THAT(table, ::testing::HasSubstr("\n" + line.substr(0, line.find(' ')) + " "));
  }
}

}  // namespace
}  // namespace zoneknot::tools
