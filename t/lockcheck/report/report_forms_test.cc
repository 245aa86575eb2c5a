// The page, the trace and SARIF of a verdict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lockcheck/report/page_run.h"
#include "lockcheck/report/report_html.h"
#include "lockcheck/report/report_sarif.h"
#include "lockcheck/report/run_json.h"
#include "t/lockcheck/report/sample_verdicts.h"

namespace zoneknot::lockcheck {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RunInVerdict sample_run() {
  RunInVerdict run{.lanes = {"main", "first", "second"}, .steps = 9, .spans = {}, .left_out = {}, .zones = {}};
  run.spans.push_back(
      {.kind = SpanKind::hold, .lane = 1, .from = 2, .to = 9, .open = true, .what = "zone 1", .at = {}});
  run.spans.push_back({.kind = SpanKind::io, .lane = 1, .from = 3, .to = 5, .what = "write of 4096 at 0", .at = {}});
  run.spans.push_back(
      {.kind = SpanKind::wait, .lane = 2, .from = 6, .to = 9, .open = true, .what = "zone 1", .at = {}});
  run.zones.push_back({.zone = "zone 1", .start = 1048576, .wp = {{0, 1048576}, {4, 1052672}}});
  return run;
}

TEST(ReportHtml, NeedsNothingFromElsewhere) {
  const std::string page = to_html(sample_hang(), sample_run());
  EXPECT_THAT(page, HasSubstr("<!DOCTYPE html>"));
  for (const char* elsewhere : {"https://", "src=", "@import", "url(http", "fetch(", "<link"}) {
    EXPECT_THAT(page, Not(HasSubstr(elsewhere))) << elsewhere;
  }
  // The name of a language of documents, which nobody fetches.
  EXPECT_EQ(page.find("http://"), page.rfind("http://"));
}

TEST(ReportHtml, HasTheReportAndTheRun) {
  const std::string page = to_html(sample_hang(), sample_run());
  EXPECT_THAT(page, HasSubstr("<h1>HANG: first and second wait on each other for ever</h1>"));
  EXPECT_THAT(page, HasSubstr("the knot: first -[zone 3]-&gt; second"));
  EXPECT_THAT(page, HasSubstr(R"("lanes":["main","first","second"])"));
}

TEST(ReportHtml, NamesThatLookLikeMarkup_AreText) {
  Verdict verdict = sample_hang();
  verdict.subject.job = "</script><script>alert(1)</script>";
  verdict.scene.tasks[0].task.name = "<img src=x onerror=alert(1)>";
  RunInVerdict run = sample_run();
  run.lanes[1] = "</script><b>";
  const std::string page = to_html(verdict, run);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  std::size_t ends = 0;
  for (std::size_t at = page.find("</script"); at != std::string::npos; at = page.find("</script", at + 1)) ++ends;
  EXPECT_EQ(ends, 1U);
}

// A page's run, as its script finds it.
nlohmann::json run_in(const std::string& page) {
  const std::string before = "const run = ";
  const std::size_t begin = page.find(before) + before.size();
  return nlohmann::json::parse(page.substr(begin, page.find(";\n", begin) - begin));
}

TEST(ReportHtml, ALongRun_StaysBelowAMegabyte_WithItsBeginningItsEndAndWhatHasNotEnded) {
  RunInVerdict run = sample_run();
  run.steps = 400'009;
  constexpr std::uint64_t kBars = 200'000;
  for (std::uint64_t i = 10; i < kBars; ++i) {
    run.spans.push_back(
        {.kind = SpanKind::io, .lane = 1, .from = 2 * i, .to = 2 * i + 1, .what = "write", .at = {"a.cc", 1, "f"}});
  }
  const std::string page = to_html(sample_hang(), run);
  EXPECT_LT(page.size(), 1'000'000U);
  EXPECT_GT(page.size(), 500'000U);
  const nlohmann::json packed = run_in(page);
  const std::vector<std::int64_t> bars = packed.at("bars");
  std::vector<std::uint64_t> begins;
  std::size_t open = 0;
  for (std::size_t i = 0; i < bars.size(); i += 3) {
    begins.push_back((begins.empty() ? 0 : begins.back()) + static_cast<std::uint64_t>(bars[i + 1]));
    open += bars[i + 2] < 0 ? 1 : 0;
  }
  EXPECT_EQ(open, 2U);
  EXPECT_GT(begins.size(), 40'000U);
  EXPECT_EQ(packed.at("left_out").at("bars"), run.spans.size() - begins.size());
  EXPECT_EQ(begins.back(), 2 * (kBars - 1));
  const std::uint64_t gap = packed.at("left_out").at("from");
  EXPECT_GT(gap, 1'000U);
  EXPECT_EQ(*(std::ranges::find_if(begins, [&](std::uint64_t at) { return at >= gap; }) - 1), gap - 2);
}

TEST(ReportHtml, WhatIsNeeded_IsLeftOutLast) {
  RunInVerdict run = sample_run();
  for (std::uint64_t i = 10; i < 100; ++i) run.spans.push_back({.from = i, .to = i + 1, .what = "M", .at = {}});
  run.spans[50].needed = true;
  const std::uint64_t needed = run.spans[50].from;
  leave_out_middle(run, 4);
  ASSERT_EQ(run.spans.size(), 4U);  // two are open, and the first of the others is kept
  EXPECT_EQ(run.spans[3].from, needed);
  EXPECT_EQ(run.left_out.spans, 89U);
}

TEST(ReportHtml, WhatReachesBeyondTheMiddle_IsKept_SoThatTheRestIsWhole) {
  RunInVerdict run;
  run.steps = 1000;
  for (std::uint64_t i = 0; i < 500; ++i) {
    run.spans.push_back({.from = i, .to = i + 2, .what = "M", .at = {}});
    if (i == 400) run.spans.push_back({.from = 400, .to = 999, .what = "long", .at = {}});
  }
  const std::vector<SpanInRun> all = run.spans;
  leave_out_middle(run, 200);
  EXPECT_LE(run.spans.size(), 200U);
  EXPECT_EQ(run.spans.size() + run.left_out.spans, all.size());
  const auto so_at = [](const std::vector<SpanInRun>& spans, std::uint64_t step) {
    return std::ranges::count_if(spans, [&](const SpanInRun& span) { return span.from <= step && step < span.to; });
  };
  for (std::uint64_t step = 0; step < run.steps; ++step) {
    if (run.left_out.from_step <= step && step < run.left_out.to_step) continue;
    EXPECT_EQ(so_at(run.spans, step), so_at(all, step)) << step;
  }
}

TEST(ReportHtml, SaysWhatToDo_AndNotToWriteThePageAgain) {
  Verdict verdict = sample_hang();
  verdict.scene.cause = CauseInVerdict{.ended_by = "find-lock",
                                       .routine = "find_zone",
                                       .does = "takes its candidates carefully",
                                       .since = "3.20",
                                       .meanwhile = "iodepth=1",
                                       .executions = 64,
                                       .hung = 60};
  verdict.scene.next = {"zoneknot shrink a.witness -o b.witness", "zoneknot replay a.witness --html=a.html"};
  const std::string page = to_html(verdict, sample_run());
  const std::string head = page.substr(0, page.find("<h2>Who waits for ever"));
  EXPECT_THAT(head,
              HasSubstr("<b>Fix:</b> find-lock, in fio since 3.20: find_zone takes its candidates carefully</p>"));
  EXPECT_THAT(head, HasSubstr("<b>Until then:</b> iodepth=1 in the job file</p>"));
  EXPECT_THAT(head, HasSubstr("zoneknot shrink a.witness -o b.witness"));
  EXPECT_THAT(head, Not(HasSubstr("--html")));
}

TEST(ReportHtml, ABrokenRuleOfTheKnot_ComesFirst_WithItsStep) {
  Verdict verdict = sample_hang();
  verdict.scene.rules[1].in_knot =
      RuleInKnot{.task = kFirstTask, .what = "asks for zone 0 while it owns zone 1", .step = 7};
  const std::string page = to_html(verdict, sample_run());
  const std::size_t rules = page.find("<table id=\"rules\">");
  const std::string first = page.substr(page.find("<td>", rules), 300);
  EXPECT_THAT(first, HasSubstr("<td>first</td><td>asks for zone 0 while it owns zone 1 (in step 7)<br>"
                               "the first time second asks for zone 1 while it owns zone 3</td>"));
}

TEST(ReportHtml, NamesFiosFunctionsBesideOurs) {
  RunInVerdict run = sample_run();
  run.spans[0].at = {"block_adjuster.cc", 49, "adjust_block"};
  Verdict verdict = sample_hang();
  EXPECT_THAT(run_in(to_html(verdict, run)).at("places").dump(),
              HasSubstr("adjust_block (fio: zbd_adjust_block) block_adjuster.cc:49"));
}

TEST(ReportHtml, WithoutARun_ShowsTheEnd) {
  EXPECT_THAT(to_html(sample_hang(), std::nullopt), HasSubstr("const run = null;"));
}

TEST(ReportHtml, ACleanVerdict_HasNoTables) {
  Verdict verdict = sample_clean();
  verdict.scene.rules.clear();
  verdict.order.predictions.clear();
  EXPECT_THAT(to_html(verdict, std::nullopt), Not(HasSubstr("<th>")));
}

TEST(Perfetto, HasAThreadForEachTaskAndWhatOverlapsInPairs) {
  const nlohmann::json trace = nlohmann::json::parse(to_perfetto(sample_run(), "two-jobs.fio"));
  std::size_t threads = 0;
  std::size_t begun = 0;
  std::size_t ended = 0;
  for (const nlohmann::json& event : trace.at("traceEvents")) {
    ASSERT_TRUE(event.at("ph").is_string() && event.at("pid").is_number() && event.at("name").is_string()) << event;
    const std::string phase = event.at("ph");
    threads += event.at("name") == "thread_name" ? 1 : 0;
    begun += phase == "b" ? 1 : 0;
    ended += phase == "e" ? 1 : 0;
    if (phase == "M") continue;
    EXPECT_TRUE(event.at("ts").is_number()) << event;
    if (phase == "b" || phase == "e") {
      EXPECT_TRUE(event.contains("id") && event.contains("cat")) << event;
    }
    if (phase == "X") {
      EXPECT_TRUE(event.at("dur").is_number()) << event;
    }
  }
  EXPECT_EQ(threads, 3U);
  EXPECT_EQ(begun, 2U);
  EXPECT_EQ(ended, 2U);
}

TEST(Perfetto, WhatBeginsEnds_AndSlicesOfAThreadDoNotOverlap) {
  RunInVerdict run = sample_run();
  run.spans.push_back({.kind = SpanKind::wait, .lane = 2, .from = 2, .to = 4, .what = "timer", .at = {}});
  run.spans.push_back({.kind = SpanKind::wait, .lane = 2, .from = 4, .to = 4, .what = "completion", .at = {}});
  run.spans.push_back({.kind = SpanKind::wait, .lane = 2, .from = 4, .to = 5, .what = "completion", .at = {}});
  run.spans.push_back({.kind = SpanKind::hold, .lane = 2, .from = 5, .to = 5, .what = "M", .at = {}});
  std::map<std::uint64_t, nlohmann::json> begun;
  std::map<int, std::vector<std::pair<std::uint64_t, std::uint64_t>>> slices;
  const nlohmann::json trace = nlohmann::json::parse(to_perfetto(run, "job"));
  for (const nlohmann::json& event : trace.at("traceEvents")) {
    const std::string phase = event.at("ph");
    ASSERT_TRUE((std::set<std::string>{"M", "X", "b", "e", "C"}).contains(phase)) << phase;
    if (phase == "b") {
      EXPECT_TRUE(begun.emplace(event.at("id"), event).second) << event;
    } else if (phase == "e") {
      const nlohmann::json& begin = begun.at(event.at("id"));
      EXPECT_EQ(begin.at("name"), event.at("name"));
      EXPECT_EQ(begin.at("cat"), event.at("cat"));
      EXPECT_EQ(begin.at("tid"), event.at("tid"));
      EXPECT_LT(begin.at("ts").get<std::uint64_t>(), event.at("ts").get<std::uint64_t>());
      begun.erase(event.at("id"));
    } else if (phase == "X") {
      slices[event.at("tid")].emplace_back(event.at("ts"),
                                           event.at("ts").get<std::uint64_t>() + event.at("dur").get<std::uint64_t>());
    }
  }
  EXPECT_TRUE(begun.empty());
  for (auto& [thread, of] : slices) {
    std::ranges::sort(of);
    for (std::size_t i = 1; i < of.size(); ++i) EXPECT_LE(of[i - 1].second, of[i].first) << thread;
  }
}

TEST(Sarif, AHangAndItsBrokenRules_AreResultsWithPlaces) {
  const nlohmann::json log = nlohmann::json::parse(to_sarif(sample_hang()));
  EXPECT_EQ(log.at("version"), "2.1.0");
  const nlohmann::json& run = log.at("runs").at(0);
  const nlohmann::json& results = run.at("results");
  ASSERT_GE(results.size(), 2U);
  EXPECT_EQ(results[0].at("ruleId"), "hang");
  EXPECT_EQ(results[0].at("level"), "error");
  EXPECT_EQ(results[0].at("locations").size(), 1U);
  EXPECT_EQ(results[0].at("locations")[0].at("physicalLocation").at("region").at("startLine"), 31);
  std::set<std::string> rules;
  for (const nlohmann::json& rule : run.at("tool").at("driver").at("rules")) rules.insert(rule.at("id"));
  for (const nlohmann::json& result : results) EXPECT_TRUE(rules.contains(result.at("ruleId"))) << result;
}

// What the schema of OASIS (sarif-schema-2.1.0.json) says of the objects that are written: no other properties, which
// ones have to be there, and which lists have no item twice.
class SarifSchema {
 public:
  static void expect_log(const nlohmann::json& log) {
    expect(log, {"$schema", "version", "runs"}, {"version", "runs"});
    EXPECT_EQ(log.at("version"), "2.1.0");
    for (const nlohmann::json& run : log.at("runs")) {
      expect(run, {"tool", "results", "properties"}, {"tool"});
      expect(run.at("tool"), {"driver"}, {"driver"});
      expect(run.at("tool").at("driver"), {"name", "rules"}, {"name"});
      expect_distinct(run.at("tool").at("driver").at("rules"));
      for (const nlohmann::json& rule : run.at("tool").at("driver").at("rules")) {
        expect(rule, {"id", "shortDescription"}, {"id"});
        expect(rule.at("shortDescription"), {"text"}, {"text"});
      }
      for (const nlohmann::json& result : run.at("results")) expect_result(result);
    }
  }

 private:
  static void expect(const nlohmann::json& object, const std::set<std::string>& known,
                     const std::set<std::string>& needed) {
    for (const auto& [name, value] : object.items()) EXPECT_TRUE(known.contains(name)) << name;
    for (const std::string& name : needed) EXPECT_TRUE(object.contains(name)) << name;
  }
  static void expect_distinct(const nlohmann::json& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t other = 0; other < i; ++other) EXPECT_NE(list[i], list[other]);
    }
  }
  static void expect_result(const nlohmann::json& result) {
    expect(result, {"ruleId", "level", "message", "locations", "relatedLocations"}, {"message"});
    EXPECT_TRUE((std::set<std::string>{"none", "note", "warning", "error"}).contains(result.at("level")));
    for (const char* list : {"locations", "relatedLocations"}) {
      if (!result.contains(list)) continue;
      for (const nlohmann::json& location : result.at(list)) expect_location(location);
    }
    if (result.contains("relatedLocations")) expect_distinct(result.at("relatedLocations"));
  }
  static void expect_location(const nlohmann::json& location) {
    expect(location, {"physicalLocation", "logicalLocations", "message"}, {});
    expect(location.at("message"), {"text"}, {"text"});
    if (location.contains("logicalLocations")) {
      expect_distinct(location.at("logicalLocations"));
      for (const nlohmann::json& function : location.at("logicalLocations")) expect(function, {"name", "kind"}, {});
    }
    if (!location.contains("physicalLocation")) return;
    const nlohmann::json& physical = location.at("physicalLocation");
    expect(physical, {"artifactLocation", "region"}, {"artifactLocation"});
    expect(physical.at("artifactLocation"), {"uri"}, {});
    std::string uri = physical.at("artifactLocation").at("uri");
    if (uri.starts_with("file:///")) uri = uri.substr(8);
    EXPECT_FALSE(uri.starts_with("/"));
    EXPECT_EQ(uri.find_first_of(" :%?#\"<>"), std::string::npos);
    if (!physical.contains("region")) return;
    expect(physical.at("region"), {"startLine"}, {});
    EXPECT_GE(physical.at("region").at("startLine").get<int>(), 1);
  }
};

TEST(Sarif, IsWhatTheSchemaAllows) {
  for (const Verdict& verdict : {sample_hang(), sample_clean(), sample_rest(), sample_possible(), Verdict{}}) {
    SarifSchema::expect_log(nlohmann::json::parse(to_sarif(verdict)));
  }
  Verdict twice = sample_hang();
  twice.scene.tasks[0].holds.push_back(twice.scene.tasks[0].holds[0]);
  SarifSchema::expect_log(nlohmann::json::parse(to_sarif(twice)));
}

TEST(Sarif, APathIsAUri) {
  Verdict verdict = sample_hang();
  verdict.scene.tasks[0].place.file = "my folder/c:a%.cc";
  const std::string log = to_sarif(verdict);
  EXPECT_THAT(log, HasSubstr("\"uri\": \"my%20folder/c%3Aa%25.cc\""));
  verdict.scene.tasks[0].place.file = "/srv/a b.cc";
  EXPECT_THAT(to_sarif(verdict), HasSubstr("\"uri\": \"file:///srv/a%20b.cc\""));
}

TEST(Sarif, ACleanVerdict_HasNoResults) {
  Verdict verdict = sample_clean();
  verdict.scene.rules.clear();
  verdict.order.predictions.clear();
  EXPECT_TRUE(nlohmann::json::parse(to_sarif(verdict)).at("runs").at(0).at("results").empty());
}

}  // namespace
}  // namespace zoneknot::lockcheck
