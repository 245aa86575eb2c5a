#include "lockcheck/report/report_predictions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "lockcheck/report/report_text.h"
#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"
#include "t/lockcheck/report/sample_verdicts.h"

namespace zoneknot::lockcheck {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A witness stands alone on its line, unbroken.
void expect_80_columns(const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("zk2:")) continue;
    EXPECT_LE(width_of(line), kReportWidth) << line;
    EXPECT_FALSE(line.ends_with(' ')) << "'" << line << "'";
  }
}

TEST(ReportPredictions, EachLinkSaysWhoHasWhatSinceWhereAndWaitsForWhatWhere) {
  EXPECT_THAT(to_text(sample_possible()),
              HasSubstr("predicted [sound]: 2 tasks could wait on each other: zone 3, zone 5\n"
                        "  task first.0\n"
                        "    has zone 3\n"
                        "      at adjust_block                               block_adjuster.cc:88\n"
                        "    waits for zone 5\n"
                        "      at convert_to_open_zone                       zone_locking.cc:31\n"
                        "  task second.0\n"
                        "    has zone 5\n"
                        "      at close_zone                                 open_zones.cc:77\n"
                        "    waits for zone 3\n"
                        "  the circle: first.0 -[zone 5]-> second.0 -[zone 3]-> first.0\n"));
}

TEST(ReportPredictions, TwoTasksAreShownSideBySideInTheOrderThatHangs) {
  EXPECT_THAT(text_of_predictions(sample_possible()),
              HasSubstr("  it would come to that like this\n"
                        "    first.0                                second.0\n"
                        "    has zone 3\n"
                        "                                           has zone 5\n"
                        "    waits for zone 5\n"
                        "                                           waits for"));
  Verdict ring = sample_possible();
  ring.order.predictions.erase(ring.order.predictions.begin());
  ring.order.predictions.resize(1);
  EXPECT_THAT(text_of_predictions(ring), Not(HasSubstr("like this")));
  EXPECT_THAT(text_of_predictions(ring),
              HasSubstr("the circle: first.0 -[zone 5]-> second.0 -[zone 7]-> T3 -[zone 3]-> first.0\n"));
}

TEST(ReportPredictions, TheStatusIsExplainedWithItsReasonOrWitness) {
  const Verdict v = sample_possible();
  const std::string text = text_of_predictions(v);
  EXPECT_THAT(text, HasSubstr("\n  possible: nothing that was seen rules it out\n"));
  EXPECT_THAT(text, HasSubstr("\n  refuted: it cannot come to that (every interleaving of this"));
  EXPECT_THAT(text, HasSubstr("\n  a schedule that hangs there\n" + v.order.predictions.back().witness + "\n"));
}

TEST(ReportPredictions, TheStatusesAreCountedAndTheHeadlineCountsTheOpenOnes) {
  Verdict v = sample_possible();
  EXPECT_THAT(to_text(v), HasSubstr("\ndeadlocks predicted: 1 confirmed, 1 sound, 1 possible, 1 refuted\n"
                                    "by their places: 2 kinds; the search hung in 1 kind, which is among them\n"));
  EXPECT_EQ(headline(v), "POSSIBLE: 2 predicted deadlocks, 1 of them sound: this very run can end in it");
  v.order.predictions.resize(1);
  EXPECT_EQ(headline(v), "POSSIBLE: 1 predicted deadlock, a sound one: this very run can end in it");
  v.order.predictions.clear();
  EXPECT_EQ(headline(v), "POSSIBLE: a rule can be broken, which no real run has shown");
  EXPECT_EQ(text_of_predictions(v), "");
}

TEST(ReportPredictions, ManyPredictionsAndLongCirclesAreCutAndCounted) {
  Verdict v = sample_possible();
  v.order.predictions.assign(kPredictionsShown + 3, v.order.predictions.front());
  EXPECT_THAT(text_of_predictions(v), HasSubstr("\nand 3 more predictions\n"));
  const LinkInVerdict link = v.order.predictions.front().links.front();
  v.order.predictions.front().links.assign(kLinksShown + 1, link);
  EXPECT_THAT(text_of_predictions(v), HasSubstr("\n  and 1 more task\n"));
}

TEST(ReportPredictions, LongNamesStillFitInto80Columns) {
  Verdict v = sample_possible();
  expect_80_columns(to_text(v));
  const std::string name(200, 'n');
  const Place place{name, 1, name};
  const ResourceInVerdict resource{.kind = ResourceType::unit, .name = name};
  for (PredictionInVerdict& prediction : v.order.predictions) {
    prediction.grounds = Grounds::no_common_gate;
    prediction.resources = {resource, resource};
    for (LinkInVerdict& link : prediction.links) link = {{1, name}, resource, place, resource, place};
  }
  expect_80_columns(to_text(v));
}

TEST(ReportPredictions, EveryStatusHasAMeaningOfItsOwn) {
  std::set<std::string_view> meanings;
  for (std::size_t i = 0; i < kPredictionStatuses; ++i)
    meanings.insert(status_meaning(static_cast<PredictionStatus>(i)));
  EXPECT_EQ(meanings.size(), kPredictionStatuses);
}

}  // namespace
}  // namespace zoneknot::lockcheck
