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

Verdict verdict_with(VerdictWord word, const std::vector<Rule>& rules) {
  Verdict v;
  v.word = word;
  v.search.executions = 1000;
  for (const Rule rule : rules) v.scene.rules.push_back({.rule = rule});
  return v;
}

Matrix small_matrix() {
  Verdict hang = verdict_with(VerdictWord::hang, {Rule::order, Rule::lock_outlives_task});
  hang.scene.witness = "zk2:" + std::string(100, 'B');
  hang.scene.replay_command = "zoneknot replay " + hang.scene.witness;
  const Verdict clean = verdict_with(VerdictWord::clean, {});
  return {{"two-jobs.fio", "zone-lock-stress.fio"},
          {{"none", {{hang}, {hang}}},
           {"series,-zone-lock", {{clean}, {verdict_with(VerdictWord::rule, {Rule::order, Rule::assertion})}}}}};
}

TEST(CellText, IsTheWordThenSortedLettersThenNames) {
  EXPECT_EQ(cell_text(verdict_with(VerdictWord::clean, {})), "CLEAN");
  EXPECT_EQ(cell_text(verdict_with(VerdictWord::hang, {Rule::order, Rule::lock_outlives_task, Rule::order})),
            "HANG dg");
  EXPECT_EQ(cell_text(verdict_with(VerdictWord::rule, {Rule::assertion, Rule::order})), "RULE g,assert");
  EXPECT_EQ(cell_text(verdict_with(VerdictWord::rule, {Rule::self_wait, Rule::assertion})), "RULE assert,self-wait");
}

TEST(PredictionCell, CountsKindsOfHangsAndOfPredictions) {
  const auto link = [](std::uint32_t line) {
    return LinkInVerdict{.owned_at = {"a.cc", 1, "f"},
                         .waits_for = {.kind = ResourceType::lock, .name = "b"},
                         .asked_at = {"a.cc", line, "f"}};
  };
  Verdict verdict;
  EXPECT_EQ(prediction_cell_text(verdict), "-");
  verdict.search.hangs.push_back({.executions = 3, .links = {link(2)}, .predicted = true});
  verdict.search.hangs.push_back({.executions = 1, .links = {link(3)}});
  EXPECT_EQ(prediction_cell_text(verdict), "1/2");
  verdict.order.predictions.push_back({.status = PredictionStatus::confirmed, .links = {link(2)}});
  verdict.order.predictions.push_back({.status = PredictionStatus::possible, .links = {link(4)}});
  verdict.order.predictions.push_back({.status = PredictionStatus::refuted, .links = {link(5)}});
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
  matrix.rows[0].cells[1].verdict.search.executions = 12;
  matrix.rows[1].cells[1].verdict.search.executions.reset();
  EXPECT_THAT(to_text(matrix), HasSubstr("\nExecutions searched\n\n"));
  EXPECT_THAT(to_text(matrix), HasSubstr("\nnone               1,000     12\nseries,-zone-lock  1,000     -\n"));
}

TEST(MatrixReport, WitnessesAreNumberedAndStandOnUnbrokenLines) {
  const std::string text = to_text_of_witnesses(small_matrix());
  const std::string witness = small_matrix().rows[0].cells[0].verdict.scene.witness;
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
    matrix.rows[0].cells.push_back({verdict_with(
        VerdictWord::hang, {Rule::own_io_reapable, Rule::reap_ends, Rule::requeued_owns_none, Rule::lock_outlives_task,
                            Rule::released_by_owner, Rule::waits_owning, Rule::order})});
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
