#include "lockcheck/report/matrix_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "lockcheck/text/columns.h"
#include "t/lockcheck/report/sample_verdicts.h"

namespace zoneknot::lockcheck {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Verdict verdict_with(VerdictWord word, const std::vector<std::string>& rules) {
  Verdict v;
  v.word = word;
  v.executions = 1000;
  for (const std::string& rule : rules) v.rules.push_back({.rule = rule});
  return v;
}

Matrix small_matrix() {
  Verdict hang = verdict_with(VerdictWord::hang, {"g", "d"});
  hang.witness = "zk1:" + std::string(100, 'B');
  hang.replay_command = "zoneknot replay " + hang.witness;
  const Verdict clean = verdict_with(VerdictWord::clean, {});
  return {{"two-jobs.fio", "zone-lock-stress.fio"},
          {{"none", {{hang}, {hang}}},
           {"series,-zone-lock", {{clean}, {verdict_with(VerdictWord::rule, {"g", "assert"})}}}}};
}

TEST(CellText, IsTheWordThenSortedLettersThenNames) {
  EXPECT_EQ(cell_text(verdict_with(VerdictWord::clean, {})), "CLEAN");
  EXPECT_EQ(cell_text(verdict_with(VerdictWord::hang, {"g", "d", "g"})), "HANG dg");
  EXPECT_EQ(cell_text(verdict_with(VerdictWord::rule, {"assert", "g"})), "RULE g,assert");
  EXPECT_EQ(cell_text(verdict_with(VerdictWord::rule, {"self-wait", "assert"})), "RULE assert,self-wait");
}

TEST(PredictionCell, CountsKindsOfHangsAndOfPredictions) {
  const auto link = [](const std::string& site) {
    return LinkInVerdict{.owns_site = "a.cc:1", .waits_for = "b", .waits_site = site};
  };
  Verdict verdict;
  EXPECT_EQ(prediction_cell_text(verdict), "-");
  verdict.hangs.push_back({.executions = 3, .links = {link("a.cc:2")}, .predicted = true});
  verdict.hangs.push_back({.executions = 1, .links = {link("a.cc:3")}});
  EXPECT_EQ(prediction_cell_text(verdict), "1/2");
  verdict.predictions.push_back({.status = "confirmed", .links = {link("a.cc:2")}});
  verdict.predictions.push_back({.status = "possible", .links = {link("a.cc:4")}});
  verdict.predictions.push_back({.status = "refuted", .links = {link("a.cc:5")}});
  EXPECT_EQ(prediction_cell_text(verdict), "1/2 1+ 1? 1x");
}

TEST(MatrixReport, IsAnAlignedTableWithTheExecutionsBelow) {
  EXPECT_THAT(to_text(small_matrix()), StartsWith(R"(                             zone-lock-
fixes              two-jobs  stress
------------------------------------------
none               HANG dg   HANG dg
series,-zone-lock  CLEAN     RULE g,assert

Executions searched in every cell: 1,000
)"));
}

TEST(MatrixReport, DifferentNumbersOfExecutionsAreATableOfTheirOwn) {
  Matrix matrix = small_matrix();
  matrix.rows[0].cells[1].verdict.executions = 12;
  matrix.rows[1].cells[1].verdict.executions.reset();
  EXPECT_THAT(to_text(matrix), HasSubstr("\nExecutions searched\n\n"));
  EXPECT_THAT(to_text(matrix), HasSubstr("\nnone               1,000     12\nseries,-zone-lock  1,000     -\n"));
}

TEST(MatrixReport, WitnessesAreNumberedAndStandOnUnbrokenLines) {
  const std::string text = to_text_of_witnesses(small_matrix());
  const std::string witness = small_matrix().rows[0].cells[0].verdict.witness;
  EXPECT_THAT(text,
              HasSubstr("\n  1. none, two-jobs.fio: HANG dg\n" + witness + "\nzoneknot replay " + witness + "\n"));
  EXPECT_THAT(text, HasSubstr("\n  2. none, zone-lock-stress.fio: HANG dg\n"));
  EXPECT_THAT(text, Not(HasSubstr("  3. ")));
}

TEST(MatrixReport, WithoutWitnessesHasNoListOfThem) {
  Matrix matrix = small_matrix();
  matrix.rows.erase(matrix.rows.begin());
  EXPECT_EQ(to_text_of_witnesses(matrix), "");
}

TEST(MatrixReport, ColumnsThatDoNotFitInto80CharactersFollowInAnotherBlock) {
  Matrix matrix{{}, {{"series,-adjust-trylock", {}}}};
  for (int i = 0; i < 9; ++i) {
    std::string name = "sequential-regions-";
    name.append(std::to_string(i)).append(".fio");
    matrix.columns.push_back(name);
    matrix.rows[0].cells.push_back({verdict_with(VerdictWord::hang, {"a", "b", "c", "d", "e", "f", "g"})});
  }
  std::istringstream lines(to_text(matrix));
  int tables = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(width_of(line), kReportWidth) << line;
    tables += line.starts_with("fixes") ? 1 : 0;
  }
  EXPECT_GT(tables, 1);
}

TEST(MatrixReport, AMatrixWithoutJobsIsNoText) { EXPECT_EQ(to_text(Matrix{}), ""); }

}  // namespace
}  // namespace zoneknot::lockcheck
