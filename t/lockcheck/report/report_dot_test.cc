#include "lockcheck/report/report_dot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "t/lockcheck/report/sample_verdicts.h"

namespace zoneknot::lockcheck {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ReportDot, AHangShowsWhoWaitsWhereForWhatAndWhoOwnsItSinceWhere) {
  const std::string dot = to_dot(sample_hang());
  EXPECT_THAT(dot,
              StartsWith("digraph zoneknot {\n  graph [label=\"HANG: first and second wait on each other for ever\""));
  EXPECT_THAT(dot, HasSubstr("    n0 [label=\"first\\nowns 2 locks\\n3 I/Os in flight\", shape=box]\n"
                             "    n1 [label=\"second\\nowns 1 lock\\n1 I/O in flight\", shape=box]\n"
                             "    n2 [label=\"zone 3\", shape=ellipse]\n"
                             "    n0 -> n2 [label=\"convert_to_open_zone\\nzone_locking.cc:31\", color=red]\n"
                             "    n2 -> n1 [label=\"adjust_block\\nblock_adjuster.cc:88\", style=bold]\n"
                             "    n3 [label=\"zone 1\", shape=ellipse]\n"
                             "    n1 -> n3 [label=\"convert_to_open_zone\\nzone_locking.cc:31\", color=red]\n"
                             "    n3 -> n0 [label=\"adjust_block\\nblock_adjuster.cc:88\", style=bold]\n"));
  EXPECT_THAT(dot, HasSubstr("\"1 more stuck task behind them\""));
}

TEST(ReportDot, AnEndedOwnerIsDrawnAsOne) {
  Verdict v = sample_hang();
  v.scene.tasks[1].standing = TaskStanding::ended;
  EXPECT_THAT(to_dot(v),
              HasSubstr("[label=\"second\\nhas ended\\nowns 1 lock\\n1 I/O in flight\", shape=box, style=dashed]"));
}

TEST(ReportDot, WhoeverCouldHaveEndedAWaitIsDashed) {
  Verdict v;
  v.word = VerdictWord::hang;
  v.scene.tasks = {{.task = {0, "main"},
                    .standing = TaskStanding::stuck,
                    .waits_for = {.kind = ResourceType::task_end, .id = 1, .name = "reader"}},
                   {.task = {1, "reader"},
                    .standing = TaskStanding::stuck,
                    .waits_for = {.kind = ResourceType::condition, .name = "c"},
                    .by_anybody = true}};
  const std::string dot = to_dot(v);
  EXPECT_THAT(dot, HasSubstr("n3 [label=\"the end of reader\", shape=ellipse]\n    n1 -> n3 [label=\"\", color=red]\n"
                             "    n3 -> n0 [label=\"\", style=bold]\n"));
  EXPECT_THAT(dot, HasSubstr("n2 -> n1 [label=\"could end it\", style=dashed]\n"));
}

TEST(ReportDot, APoolHasAnArrowToEachThatHasAUnit) {
  Verdict v;
  v.word = VerdictWord::hang;
  const TaskRef a{0, "a"};
  const TaskRef b{1, "b"};
  const ResourceInVerdict unit{.kind = ResourceType::pool, .name = "p"};
  v.scene.tasks = {{.task = a, .standing = TaskStanding::stuck, .waits_for = unit, .unit_holders = {a, b}},
                   {.task = b, .standing = TaskStanding::stuck, .waits_for = unit, .unit_holders = {a, b}}};
  EXPECT_THAT(to_dot(v), HasSubstr("    n2 -> n0 [label=\"has a unit\", style=bold]\n"
                                   "    n2 -> n1 [label=\"has a unit\", style=bold]\n"));
}

TEST(ReportDot, EachPredictionIsAFrameOfItsOwnColoredByItsStatus) {
  const std::string dot = to_dot(sample_possible());
  EXPECT_THAT(dot, HasSubstr("  subgraph cluster_0 {\n    graph [label=\"predicted [sound]: 2 tasks could wait on each "
                             "other: zone 3,\\nzone 5\", color=\"orange\"]\n"));
  EXPECT_THAT(dot, HasSubstr("    n0 [label=\"first.0\", shape=box]\n    n1 [label=\"zone 3\", shape=ellipse]\n"
                             "    n1 -> n0 [label=\"adjust_block\\nblock_adjuster.cc:88\", style=bold]\n"));
  EXPECT_THAT(dot, HasSubstr("subgraph cluster_2 {\n    graph [label=\"predicted [refuted]"));
  EXPECT_THAT(dot, HasSubstr("color=\"gray\""));
}

TEST(ReportDot, TheOrderOfLocksHasBothPlacesOnEveryArrowAndItsCircleInRed) {
  const std::string dot = to_dot(sample_possible());
  EXPECT_THAT(dot, HasSubstr("[label=\"adjust_block block_adjuster.cc:88\\nthen convert_to_open_zone "
                             "zone_locking.cc:31\", color=red]\n"));
  EXPECT_THAT(dot, HasSubstr("\\nthen is_zone_open open_zones.cc:12\"]\n"));
}

TEST(ReportDot, NothingToShowIsATitleAlone) {
  const std::string dot = to_dot(sample_clean());
  EXPECT_THAT(dot, HasSubstr("CLEAN: nothing found"));
  EXPECT_THAT(dot, Not(HasSubstr("n0")));
}

TEST(ReportDot, NamesCannotBreakOutOfTheirLabels) {
  Verdict v = sample_hang();
  v.scene.tasks[0].task.name = v.scene.tasks[1].owner.name = "a\"]; x -> y [label=\"\\N\n&lt;\xff\xc3\xa4";
  const std::string dot = to_dot(v);
  EXPECT_THAT(dot, HasSubstr("n0 [label=\"a\\\"]; x -> y [label=\\\"\\\\N?&amp;lt;?\xc3\xa4\\nowns"));
}

}  // namespace
}  // namespace zoneknot::lockcheck
