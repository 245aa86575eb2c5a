// What somebody finds on a page who has nothing but the page, and whose browser runs no script: the tasks, the zones or
// locks and the places of a hang.
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;

// As a browser without scripts shows it, with one blank for several.
std::string text_of_page(std::string page) {
  for (const char* element : {"script", "style"}) {
    const std::string end = std::string("</") + element + ">";
    for (std::size_t at = page.find(std::string("<") + element); at != std::string::npos;
         at = page.find(std::string("<") + element)) {
      page.erase(at, page.find(end, at) + end.size() - at);
    }
  }
  page = std::regex_replace(page, std::regex("<[^>]*>"), " ");
  for (const auto& [entity, sign] : {std::pair("&lt;", "<"), std::pair("&gt;", ">"), std::pair("&amp;", "&")}) {
    page = std::regex_replace(page, std::regex(entity), sign);
  }
  return std::regex_replace(page, std::regex("[ \n]+"), " ");
}

// What stands before the report: a reader who wants to know does not look for it in 80 columns.
std::string before_report(const std::string& page) { return text_of_page(page.substr(0, page.find("<h2>The report"))); }

class Page : public CommandTest {
 protected:
  // `arguments` without the page; the exit code is 1.
  void expect_everything_of_the_hang(Arguments arguments) {
    arguments.emplace_back("--format=json");
    arguments.emplace_back("--html=page.html");
    const Ended ended = zoneknot(arguments);
    ASSERT_EQ(ended.code, 1) << ended.err;
    const nlohmann::json verdict = nlohmann::json::parse(ended.out);
    const std::string page = before_report(read("page.html"));
    EXPECT_THAT(page, HasSubstr(verdict.at("verdict").get<std::string>() + ": "));
    std::size_t stuck = 0;
    for (const nlohmann::json& task : verdict.at("tasks")) {
      if (task.at("state") != "stuck") continue;
      ++stuck;
      expect_all(page, {task.at("task"), task.at("waits_for"), task.at("function"), task.at("site")});
      for (const nlohmann::json& held : task.at("holds")) {
        expect_all(page, {held.at("lock"), held.at("function"), held.at("site")});
      }
    }
    EXPECT_GE(stuck, 2U);
    for (const nlohmann::json& zone : verdict.at("zones")) expect_all(page, {zone.at("zone"), zone.at("condition")});
    if (!verdict.at("steps_to_hang").empty()) expect_one_numbering(verdict, run_of_page());
  }

 private:
  [[nodiscard]] nlohmann::json run_of_page() const {
    const std::string page = read("page.html");
    const std::string before = "const run = ";
    const std::size_t begin = page.find(before) + before.size();
    return nlohmann::json::parse(page.substr(begin, page.find(";\n", begin) - begin));
  }

  // Waits begin on the page at the steps at which the report has them, and none is behind the last step.
  static void expect_one_numbering(const nlohmann::json& verdict, const nlohmann::json& run) {
    std::map<std::string, std::int64_t> told;
    for (const nlohmann::json& step : verdict.at("steps_to_hang")) {
      if (step.at("what").get<std::string>().starts_with("WAITS")) told[step.at("task")] = step.at("step");
    }
    std::map<std::string, std::int64_t> shown;
    const nlohmann::json& bars = run.at("bars");
    std::int64_t from = 0;
    for (std::size_t i = 0; i < bars.size(); i += 3) {
      const nlohmann::json& kind = run.at("kinds").at(bars.at(i).get<std::size_t>());
      from += bars.at(i + 1).get<std::int64_t>();
      const std::string task = run.at("lanes").at(kind.at(1).get<std::size_t>());
      const bool open = bars.at(i + 2) == -1;
      if (open && kind.at(0) == 1 && told.contains(task)) shown[task] = from;
    }
    EXPECT_FALSE(told.empty());
    EXPECT_EQ(told, shown);
    for (const auto& [task, step] : told) EXPECT_LE(step, run.at("steps").get<std::int64_t>()) << task;
  }

  static void expect_all(const std::string& page, const std::vector<nlohmann::json>& words) {
    for (const nlohmann::json& word : words) {
      if (word.is_null()) continue;
      EXPECT_THAT(page, HasSubstr(word.get<std::string>()));
    }
  }
};

TEST_F(Page, OfTwoWriters_NamesTasksZonesAndPlaces) {
  expect_everything_of_the_hang({"check", job_file("two-jobs.fio"), "--fixes=legacy", "--executions=40"});
}

TEST_F(Page, OfManyReadersAndWriters_NamesTasksZonesAndPlaces) {
  expect_everything_of_the_hang({"check", job_file("zone-lock-stress.fio"), "--fixes=none", "--executions=40"});
}

TEST_F(Page, OfARecordedHang_NamesTasksLocksAndPlaces) {
  const std::string trace = write("trace.std",
                                  "main|fork(reader)|start.c:1\nmain|fork(writer)|start.c:2\n"
                                  "reader|req(index)|read.c:10\nreader|acq(index)|read.c:10\n"
                                  "writer|req(journal)|write.c:20\nwriter|acq(journal)|write.c:20\n"
                                  "reader|req(journal)|read.c:11\nwriter|req(index)|write.c:21\n");
  expect_everything_of_the_hang({"lockcheck", trace});
}

TEST_F(Page, OfAPrediction_NamesTasksLocksAndPlaces_AndShowsTheRunThatEndsInIt) {
  const std::string trace =
      write("trace.std",
            "main|fork(reader)|start.c:1\nmain|fork(writer)|start.c:2\n"
            "reader|acq(index)|read.c:10\nreader|acq(journal)|read.c:11\nreader|rel(journal)|read.c:12\n"
            "reader|rel(index)|read.c:13\nwriter|acq(journal)|write.c:20\nwriter|acq(index)|write.c:21\n"
            "writer|rel(index)|write.c:22\nwriter|rel(journal)|write.c:23\n");
  ASSERT_EQ(zoneknot({"lockcheck", trace, "--html=page.html", "--perfetto=trace.json"}).code, 1);
  const std::string page = before_report(read("page.html"));
  for (const char* word : {"POSSIBLE: ", "reader", "writer", "index", "journal", "read.c:10", "read.c:11", "write.c:20",
                           "write.c:21", "read.c:11 (line 4)", "put together from events of the trace",
                           "that prediction 1 needs", "numbered by lines of the trace"}) {
    EXPECT_THAT(page, HasSubstr(word));
  }
  std::size_t waits = 0;
  const nlohmann::json trace_of_run = nlohmann::json::parse(read("trace.json"));
  for (const nlohmann::json& event : trace_of_run.at("traceEvents")) waits += event.at("ph") == "X" ? 1 : 0;
  EXPECT_EQ(waits, 2U);
}

TEST_F(Page, OfARunOnThreads_HasItsSteps) {
  ASSERT_EQ(zoneknot({"run", job_file("two-jobs.fio"), "--device=file:device", "--html=page.html",
                      "--perfetto=trace.json", "--sarif=run.sarif"})
                .code,
            0);
  const std::string page = read("page.html");
  EXPECT_THAT(page, HasSubstr("const run = {\"lanes\":[\"main\",\"first\",\"second\"]"));
  EXPECT_THAT(page, HasSubstr("\"write of 16384 at "));
  EXPECT_THAT(page, HasSubstr("\"zones\":[{\"zone\":\"zone "));
  EXPECT_GT(nlohmann::json::parse(read("trace.json")).at("traceEvents").size(), 100U);
  EXPECT_TRUE(nlohmann::json::parse(read("run.sarif")).at("runs").at(0).at("results").empty());
}

TEST_F(Page, OfARunOnTheSimulator_AndOfAWitnessThatIsFollowed_HasItsSteps) {
  ASSERT_EQ(zoneknot({"run", job_file("two-jobs.fio"), "--html=page.html", "--lock-trace=lock.trace"}).code, 0);
  EXPECT_THAT(read("page.html"), HasSubstr("\"lanes\":[\"main\",\"first\",\"second\"]"));
  ASSERT_EQ(zoneknot({"lockcheck", "lock.trace"}).code, 0);
  ASSERT_EQ(
      zoneknot({"check", job_file("two-jobs.fio"), "--fixes=legacy", "--executions=40", "-o", "witness.json"}).code, 1);
  (void)zoneknot({"replay", "witness.json", "--fixes=series", "--html=followed.html"});
  EXPECT_THAT(read("followed.html"), HasSubstr("\"lanes\":[\"main\",\"first\",\"second\"]"));
}

}  // namespace
}  // namespace zoneknot::tools
