// Every program of the corpus says about itself what the file beside it expects, from one run that does not hang.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "lockcheck/report_text.h"
#include "sim/observe_program.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {
namespace {

namespace fs = std::filesystem;

fs::path file_of(const std::string& name) { return fs::path(ZONEKNOT_CORPUS) / (name + ".expected"); }

// The lines of a file: the verdict, and what the report contains.
std::vector<std::string> expected_of(const std::string& name) {
  std::ifstream file(file_of(name));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::set<std::string> names_in_folder(const std::string& folder, const std::string& ending) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(ZONEKNOT_CORPUS) / folder)) {
    if (entry.path().extension() == ending) names.insert(folder + "/" + entry.path().stem().string());
  }
  return names;
}

// The report, and all that is predicted without being cut to the width of a line.
std::string report_of(const lockcheck::Verdict& verdict) {
  std::string report = lockcheck::to_text(verdict);
  for (const lockcheck::PredictionInVerdict& prediction : verdict.predictions) {
    report += prediction.what + "\n";
    for (const lockcheck::LinkInVerdict& link : prediction.links) {
      report += link.task + " owns " + link.owns + " and waits for " + link.waits_for + " at " + link.waits_site + "\n";
    }
  }
  for (const std::string& line : verdict.lock_order) report += line + "\n";
  return report;
}

void expect_verdict(const std::string& name, const lockcheck::Verdict& verdict) {
  const std::vector<std::string> expected = expected_of(name);
  ASSERT_FALSE(expected.empty()) << "there is no " << file_of(name);
  const std::string report = report_of(verdict);
  EXPECT_EQ(lockcheck::word_name(verdict.word), expected.front()) << report;
  for (std::size_t i = 1; i < expected.size(); ++i) EXPECT_THAT(report, testing::HasSubstr(expected[i]));
}

class CorpusPrograms : public testing::TestWithParam<CorpusProgram> {};

TEST_P(CorpusPrograms, SayOfThemselvesWhatIsExpected) {
  const CorpusProgram program = GetParam();
  expect_verdict(program.name, sim::observe_program(program.name, program.run));
}

std::string test_name(const testing::TestParamInfo<CorpusProgram>& info) {
  std::string name = info.param.name;
  name.replace(name.find('/'), 1, "_");
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, CorpusPrograms, testing::ValuesIn(kPrograms), test_name);

TEST(Corpus, EveryProgramOfTheFoldersIsRun) {
  std::set<std::string> run;
  for (const CorpusProgram& program : kPrograms) run.insert(program.name);
  std::set<std::string> there = names_in_folder("ok", ".cc");
  there.merge(names_in_folder("bad", ".cc"));
  EXPECT_EQ(run, there);
}

// Traces have theirs beside them too: corpus_traces_test runs those.
TEST(Corpus, EveryExpectationBelongsToSomething) {
  for (const std::string folder : {"ok", "bad"}) {
    std::set<std::string> there = names_in_folder(folder, ".cc");
    there.merge(names_in_folder(folder, ".std"));
    EXPECT_EQ(names_in_folder(folder, ".expected"), there);
  }
}

}  // namespace
}  // namespace zoneknot::corpus
