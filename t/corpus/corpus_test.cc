// Every program and every trace of the corpus says about itself what the file beside it expects: the verdict, and lines
// that the report contains. A program says it from one run, which does not hang if it is only predicted that another
// one could.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/report/report_text.h"
#include "lockcheck/report/words.h"
#include "lockcheck/trace/std_trace.h"
#include "sim/observe_program.h"
#include "t/corpus/programs.h"

namespace zoneknot::corpus {
namespace {

namespace fs = std::filesystem;

fs::path file_of(const std::string& situation, const std::string& ending) {
  return fs::path(ZONEKNOT_CORPUS) / (situation + ending);
}

bool is_program(const std::string& situation) { return fs::exists(file_of(situation, ".cc")); }
bool is_trace(const std::string& situation) { return fs::exists(file_of(situation, ".std")); }

// Whatever has a file in one of the folders, of whichever kind, or is a program.
std::set<std::string> all_situations() {
  std::set<std::string> all;
  for (const std::string folder : {"ok", "bad"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(ZONEKNOT_CORPUS) / folder)) {
      all.insert(folder + "/" + entry.path().stem().string());
    }
  }
  for (const CorpusProgram& program : kPrograms) all.insert(program.name);
  return all;
}

lockcheck::Verdict verdict_of_program(const std::string& name) {
  const auto* const program = std::ranges::find(kPrograms, name, &CorpusProgram::name);
  if (program == std::end(kPrograms)) {
    ADD_FAILURE() << name << ".cc is not in programs.h";
    return {};
  }
  return sim::observe_program(name, program->run);
}

lockcheck::Verdict verdict_of_trace(const std::string& name) {
  std::ifstream in(file_of(name, ".std"));
  lockcheck::TraceNames names;
  lockcheck::TraceCheck check;
  const auto events = lockcheck::read_std(in, names, check);
  if (!events) ADD_FAILURE() << name << ".std:" << events.error().line << ": " << events.error().message;
  lockcheck::Verdict verdict;
  check.conclude(names, verdict);
  return verdict;
}

// The report, and all that is predicted without being cut to the width of a line.
std::string report_of(const lockcheck::Verdict& verdict) {
  std::string report = lockcheck::to_text(verdict);
  for (const lockcheck::PredictionInVerdict& prediction : verdict.order.predictions) {
    report += lockcheck::prediction_text(prediction) + "\n";
    for (const lockcheck::LinkInVerdict& link : prediction.links) {
      report += link.task.name + " owns " + lockcheck::owned_text(link.owns) + " and waits for " +
                lockcheck::awaited_text(link.waits_for) + " at " + lockcheck::place_text(link.asked_at) + "\n";
    }
  }
  for (const std::string& line : verdict.order.lines) report += line + "\n";
  return report;
}

class Corpus : public testing::TestWithParam<std::string> {};

TEST_P(Corpus, SaysOfItselfWhatIsExpected) {
  const std::string& name = GetParam();
  ASSERT_NE(is_program(name), is_trace(name)) << "there is to be one program or one trace of the name";
  std::ifstream expected(file_of(name, ".expected"));
  std::string line;
  ASSERT_TRUE(std::getline(expected, line)) << "nothing is expected of it";
  const lockcheck::Verdict verdict = is_program(name) ? verdict_of_program(name) : verdict_of_trace(name);
  const std::string report = report_of(verdict);
  EXPECT_EQ(lockcheck::word_name(verdict.word), line) << report;
  EXPECT_EQ(name.starts_with("ok/"), verdict.word == lockcheck::VerdictWord::clean);
  while (std::getline(expected, line)) EXPECT_THAT(report, testing::HasSubstr(line));
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  name.replace(name.find('/'), 1, "_");
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Corpus, testing::ValuesIn(all_situations()), test_name);

}  // namespace
}  // namespace zoneknot::corpus
