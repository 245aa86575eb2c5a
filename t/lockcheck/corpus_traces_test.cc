// Every trace of the corpus says what the file beside it expects: the verdict, then what the report contains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lockcheck/report_text.h"
#include "lockcheck/std_trace.h"
#include "lockcheck/trace_check.h"

namespace zoneknot::lockcheck {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> traces() {
  std::vector<fs::path> paths;
  for (const char* folder : {"ok", "bad"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(ZONEKNOT_JOBS "/../corpus") / folder)) {
      if (entry.path().extension() == ".std") paths.push_back(entry.path());
    }
  }
  std::ranges::sort(paths);
  return paths;
}

class CorpusTraces : public testing::TestWithParam<fs::path> {};

TEST_P(CorpusTraces, SayWhatIsExpected) {
  std::ifstream in(GetParam());
  TraceNames names;
  TraceCheck check;
  const auto events = read_std(in, names, check);
  ASSERT_TRUE(events) << events.error().line << ": " << events.error().message;
  Verdict verdict;
  check.conclude(names, verdict);
  std::ifstream expected(fs::path(GetParam()).replace_extension(".expected"));
  std::string line;
  ASSERT_TRUE(std::getline(expected, line)) << "there is nothing expected";
  const std::string report = to_text(verdict);
  EXPECT_EQ(word_name(verdict.word), line) << report;
  EXPECT_EQ(GetParam().parent_path().filename() == "ok", verdict.word == VerdictWord::clean);
  while (std::getline(expected, line)) EXPECT_THAT(report, testing::HasSubstr(line));
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) { return info.param.stem().string(); }

INSTANTIATE_TEST_SUITE_P(All, CorpusTraces, testing::ValuesIn(traces()), test_name);

}  // namespace
}  // namespace zoneknot::lockcheck
