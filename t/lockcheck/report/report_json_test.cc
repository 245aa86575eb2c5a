#include "lockcheck/report/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "t/lockcheck/report/sample_verdicts.h"

namespace zoneknot::lockcheck {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The keys that stand `indent` blanks from the left, in their order.
std::vector<std::string> keys_at(const std::string& json, std::size_t indent) {
  std::vector<std::string> keys;
  for (const std::string& line : lines_of(json)) {
    if (line.find_first_not_of(' ') != indent || line[indent] != '"') continue;
    keys.push_back(line.substr(indent + 1, line.find('"', indent + 1) - indent - 1));
  }
  return keys;
}

// What follows `key` on its lines, up to the comma.
std::vector<std::string> values_of(const std::string& json, const std::string& key) {
  const std::string label = "\"" + key + "\": ";
  std::vector<std::string> values;
  for (const std::string& line : lines_of(json)) {
    const std::size_t at = line.find(label);
    if (at != std::string::npos) values.push_back(line.substr(at + label.size(), line.find(',') - at - label.size()));
  }
  return values;
}

TEST(ReportJson, AVerdictHasItsFieldsInAFixedOrder) {
  EXPECT_THAT(keys_at(to_json(sample_hang()), 2),
              ElementsAre("schema", "verdict", "job", "fixes", "fix_set", "device", "strategy", "draws", "executions",
                          "executions_cut", "cut_at", "executions_pruned", "step_limit", "steps", "states",
                          "state_space", "traces", "exhaustive", "bounds", "dropped", "work", "lock_waits",
                          "first_hang_execution", "seconds", "stopped_by", "witness", "replay_command", "next", "story",
                          "cause", "strategies", "tasks", "zones", "steps_to_hang", "point_of_no_return", "cycle_steps",
                          "cycle", "rules", "ends", "assumptions", "evidence", "obligations", "hangs", "predictions",
                          "lock_order", "order_edges", "seen_counts", "kept_apart", "jobs"));
  EXPECT_EQ(keys_at(to_json(sample_clean()), 2), keys_at(to_json(sample_hang()), 2));
}

TEST(ReportJson, AVerdictStatesItsSchemaWordAndFixes) {
  const std::string json = to_json(sample_hang());
  EXPECT_THAT(json, StartsWith("{\n  \"schema\": \"zoneknot.verdict/2\",\n  \"verdict\": \"HANG\",\n"
                               "  \"job\": \"two-jobs.fio\",\n  \"fixes\": [\n    \"adjust-trylock\"\n  ],\n"));
  EXPECT_THAT(json, HasSubstr("\"executions\": 1234,"));
  EXPECT_THAT(json, HasSubstr("\"exhaustive\": false,"));
  EXPECT_THAT(json, HasSubstr("\"first_hang_execution\": 87,"));
}

TEST(ReportJson, WhatDoesNotApplyIsNullAndListsStayLists) {
  const std::string json = to_json(sample_clean());
  for (const char* key :
       {"states", "state_space", "traces", "bounds", "first_hang_execution", "witness", "stopped_by"}) {
    EXPECT_THAT(json, HasSubstr("\"" + std::string(key) + "\": null,"));
  }
  EXPECT_THAT(json, HasSubstr("\"tasks\": [],"));
  EXPECT_THAT(json, HasSubstr("\"assumptions\": []"));
}

TEST(ReportJson, ATaskHasStateWaitPlaceAndHolds) {
  EXPECT_THAT(to_json(sample_hang()), HasSubstr(R"(      "task": "second",
      "state": "stuck",
      "waits_for": "zone 1",
      "owner": "first",
      "by_anybody": false,
      "unit_holders": [],
      "site": "zone_locking.cc:31",
      "function": "convert_to_open_zone",
      "holds": [
        {
          "lock": "zone 3",
          "site": "block_adjuster.cc:88",
          "function": "adjust_block",
          "count": 2
        }
      ],
      "in_flight": 1,
      "unput": 2
)"));
}

TEST(ReportJson, ABrokenRuleHasLetterPlaceTaskAndCount) {
  EXPECT_THAT(to_json(sample_hang()), HasSubstr(R"(      "rule": "d",
      "site": "block_adjuster.cc:88",
      "function": "adjust_block",
      "task": "first",
      "what": "zone 3 acquired here is never released",
      "count": 12
)"));
}

TEST(ReportJson, BoundsThatWereNotGivenAreNull) {
  EXPECT_THAT(to_json(sample_hang()), HasSubstr(R"(  "bounds": {
    "jobs": 2,
    "zones": 2,
    "depth": null,
    "ios": null,
    "blocks": null
  },
)"));
}

TEST(ReportJson, APredictionHasStatusReasonAndEveryLinkWithItsPlaces) {
  const std::string json = to_json(sample_possible());
  EXPECT_THAT(json, HasSubstr(R"(      "status": "sound",
      "what": "2 tasks could wait on each other: zone 3, zone 5",
      "links": [
        {
          "task": "first.0",
          "owns": "zone 3",
          "owns_site": "block_adjuster.cc:88",
          "owns_function": "adjust_block",
          "waits_for": "zone 5",
          "waits_site": "zone_locking.cc:31",
          "waits_function": "convert_to_open_zone"
        },
)"));
  EXPECT_THAT(values_of(json, "status"), ElementsAre("\"sound\"", "\"possible\"", "\"refuted\"", "\"confirmed\""));
  EXPECT_THAT(values_of(json, "reason"), Contains("\"every interleaving of this instance was searched"));
}

TEST(ReportJson, SecondsAreTheOnlyFieldInWhichEqualRunsDiffer) {
  Verdict later = sample_hang();
  later.search.seconds = 0.5;
  const std::vector<std::string> one = lines_of(to_json(sample_hang()));
  const std::vector<std::string> two = lines_of(to_json(later));
  ASSERT_EQ(one.size(), two.size());
  std::vector<std::string> different;
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (one[i] != two[i]) different.push_back(two[i]);
  }
  EXPECT_THAT(different, ElementsAre("  \"seconds\": 0.5,"));
}

TEST(ReportJson, NamesWithQuotesAndBytesThatAreNoTextAreStillJson) {
  Verdict v = sample_clean();
  v.subject.job = "a\"b\\\xff\n";
  EXPECT_THAT(to_json(v), HasSubstr("\"job\": \"a\\\"b\\\\\xef\xbf\xbd\\n\","));
}

TEST(ReportJson, AMatrixIsAnArrayOfRowsWithAVerdictForEachJob) {
  const Matrix matrix{
      {"one.fio", "two.fio"},
      {{"legacy", {{sample_hang()}, {sample_hang()}}}, {"series", {{sample_clean()}, {sample_clean()}}}}};
  const std::string json = to_json(matrix);
  EXPECT_THAT(json, StartsWith("[\n  {\n    \"schema\": \"zoneknot.matrix/2\",\n    \"fix_set\": \"legacy\",\n"));
  EXPECT_THAT(keys_at(json, 4), ElementsAre("schema", "fix_set", "releases", "fixes", "verdicts", "schema", "fix_set",
                                            "releases", "fixes", "verdicts"));
  EXPECT_THAT(values_of(json, "verdict"), ElementsAre("\"HANG\"", "\"HANG\"", "\"CLEAN\"", "\"CLEAN\""));
}

TEST(ReportJson, ATableIsReadWithFieldsAndWordsOfLaterVersions_AndOfTheFirstOne) {
  const auto cells = [](const std::string& schema) {
    return cells_of_json(R"([{"schema": ")" + schema +
                         R"(", "fix_set": "series", "later": 1, "verdicts": [
                           {"verdict": "EARLY", "job": "a.fio", "rules": [{"rule": "zz"}, {"rule": "g"}]}]}])");
  };
  for (const char* schema : {"zoneknot.matrix/2", "zoneknot.matrix/1"}) {
    const auto read = cells(schema);
    ASSERT_TRUE(read) << schema;
    EXPECT_EQ(read->at({"series", "a.fio"}), "EARLY g,zz");
  }
  EXPECT_FALSE(cells("zoneknot.matrix/3"));
}

}  // namespace
}  // namespace zoneknot::lockcheck
