#include "lockcheck/report/report_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "lockcheck/report/report_scene.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/words.h"
#include "lockcheck/text/columns.h"
#include "t/lockcheck/report/sample_verdicts.h"

namespace zoneknot::lockcheck {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void expect_80_columns(const Verdict& verdict) {
  for (const std::string& line : lines_of(to_text(verdict, Detail::full))) {
    if (line.starts_with("zk2:") || line == verdict.scene.replay_command) continue;
    EXPECT_LE(width_of(line), kReportWidth) << line;
    EXPECT_FALSE(line.ends_with(' ')) << "'" << line << "'";
  }
}

TEST(ReportText, EveryLineFitsInto80Columns) {
  expect_80_columns(sample_hang());
  expect_80_columns(sample_clean());
}

TEST(ReportText, LongNamesAreCutAndStillFitInto80Columns) {
  Verdict v = sample_hang();
  const std::string name(200, 'n');
  v.subject.job = v.subject.device = v.search.strategy = v.subject.fix_set = name;
  const Place place{name, 4000000000U, name};
  const ResourceInVerdict resource{.kind = ResourceType::condition, .name = name, .released = name};
  v.subject.fixes = {name, name};
  v.assumptions = {name};
  for (StrategyInVerdict& strategy : v.search.strategies) strategy.strategy = strategy.coverage = name;
  for (TaskInVerdict& task : v.scene.tasks) {
    task.task.name += name;
    task.owner.name = name;
    task.waits_for = resource;
    task.place = place;
    for (HeldLock& held : task.holds) held = {resource, place, 4000000000U};
  }
  for (ZoneInVerdict& zone : v.scene.zones) zone = {name, name, 1, UINT64_MAX, {1, name}, UINT32_MAX};
  v.scene.zones.push_back({name, name, UINT64_MAX, 0, {1, name}, 0});
  for (StepInVerdict& step : v.scene.steps_to_hang) step = {99999999, {step.task.id, step.task.name + name}, name};
  for (RuleInVerdict& rule : v.scene.rules) rule = {rule.rule, place, {1, name}, name, UINT64_MAX};
  expect_80_columns(v);
  for (const VerdictWord word : {VerdictWord::rule, VerdictWord::incomplete, VerdictWord::clean}) {
    v.word = word;
    expect_80_columns(v);
  }
}

TEST(ReportText, AHangNamesWhoWaitsWhereForWhatOwnedByWhom) {
  const std::string text = to_text(sample_hang());
  EXPECT_THAT(text, HasSubstr("HANG: first and second wait on each other for ever\n"));
  EXPECT_THAT(text, HasSubstr("task first waits for ever for zone 3, owned by second\n"
                              "  at convert_to_open_zone (fio: zbd_convert_to_open_zone) zone_locking.cc:31\n"
                              "  owns 2 locks:\n"
                              "    zone 1         x3    since adjust_block             block_adjuster.cc:88\n"));
  EXPECT_THAT(text, HasSubstr("  has 3 I/Os in flight and 4 un-put\n"));
  EXPECT_THAT(text, HasSubstr("the knot: first -[zone 3]-> second -[zone 1]-> first\n"));
}

TEST(ReportText, AHangBeginsWithTwoSentences_AndHowItWasSearchedComesLater) {
  Verdict v = sample_hang();
  v.scene.no_return = NoReturnInVerdict{.step = {116, kFirstTask, "lock zone 1  block_adjuster.cc:88"},
                                        .exhausted = true,
                                        .continuations = 7,
                                        .tasks = {},
                                        .instead = StepInVerdict{116, kSecondTask, "unlock zone 3  put_zone:5"},
                                        .instead_steps = 321,
                                        .instead_ended = true};
  v.scene.cause = CauseInVerdict{.ended_by = "find-lock",
                                 .routine = "find_zone",
                                 .does = "takes its candidates carefully",
                                 .since = "3.20",
                                 .meanwhile = "iodepth=1",
                                 .executions = 64,
                                 .hung = 60,
                                 .switches_tried = 3};
  v.scene.next = {"zoneknot shrink hang.witness -o hang.small.witness"};
  const std::string text = to_text(v, Detail::full);
  EXPECT_THAT(text, ::testing::StartsWith("HANG: "));
  EXPECT_THAT(to_text(v), Not(HasSubstr("by strategy")));
  const std::vector<std::string> parts = {
      "HANG: ",
      "first waits for zone 3, which second owns, and second waits for zone 1, which\nfirst owns. It came to that "
      "because ",
      "task first waits for ever",
      "point of no return: after step 116: from here on it hangs whatever the schedule\n",
      "  avoidable: had second gone on before first (unlock zone 3 put_zone:5), the run\n             would have ended "
      "well after 321 steps\n",
      "  known by: every continuation was tried, in 7 executions\n",
      "fix: find-lock, in fio since 3.20: find_zone takes its candidates carefully\n",
      "  until then: iodepth=1 in the job file\n",
      "steered to this hang, 60 of 64 executions hung so",
      "next\n  zoneknot shrink hang.witness -o hang.small.witness\n",
      "\n--------------------------------------------------------------------------------\njob       two-jobs.fio\n",
      "\nby strategy\n",
      "\nwitness\n"};
  std::size_t at = 0;
  for (const std::string& part : parts) {
    const std::size_t next = text.find(part, at);
    ASSERT_NE(next, std::string::npos) << part << "\n" << text;
    at = next;
  }
  expect_80_columns(v);
}

TEST(ReportText, APointOfNoReturnThatIsNotTheFirst_SaysSo) {
  Verdict v = sample_hang();
  v.scene.no_return =
      NoReturnInVerdict{.step = {116, kFirstTask, "lock zone 1"}, .at_latest = true, .continuations = 8};
  const std::string text = to_text(v);
  EXPECT_THAT(text, HasSubstr("after step 116 at the latest: from here on every"));
  EXPECT_THAT(text, HasSubstr("none of 8 random continuations got away; for earlier steps"));
}

TEST(ReportText, ACauseThatWasNotFound_IsNoAdviceForLater) {
  Verdict v = sample_hang();
  v.scene.cause = CauseInVerdict{.meanwhile = "iodepth=1", .executions = 8, .hung = 8, .switches_tried = 3};
  EXPECT_THAT(to_text(v),
              HasSubstr("fix: none of 3 switches that were tried ends it\n  meanwhile: iodepth=1 in the job file\n"));
  v.scene.cause->meanwhile.clear();
  v.scene.cause->cut = true;
  EXPECT_THAT(to_text(v), HasSubstr("none of 3 switches that were tried ends it, and for others there was no"));
  EXPECT_THAT(to_text(v), HasSubstr("steered to this hang, 8 of 8 executions hung so\n"));
}

TEST(ReportText, EveryWordBeginsWithItself_AndTwoSentences) {
  for (auto word = static_cast<int>(VerdictWord::hang); word <= static_cast<int>(VerdictWord::clean); ++word) {
    Verdict v = static_cast<VerdictWord>(word) == VerdictWord::possible ? sample_possible() : sample_rest();
    v.word = static_cast<VerdictWord>(word);
    v.scene.rules.push_back(
        {.rule = Rule::assertion, .place = {"a.cc", 1, "f"}, .task = kFirstTask, .what = "wp moved"});
    v.scene.ends = {{.task = "first", .kind = EndKind::early, .bytes = 1, .bytes_told = 2},
                    {.task = "first", .kind = EndKind::late, .ran_ns = 2, .runtime_ns = 1}};
    const std::vector<std::string> lines = lines_of(to_text(v));
    EXPECT_THAT(lines.at(0), ::testing::StartsWith(std::string(word_name(v.word)) + ": "));
    EXPECT_EQ(lines.at(1), std::string(kReportWidth, '-'));
    const std::string told = story(v);
    EXPECT_GE(std::ranges::count(told, '.'), 2) << word_name(v.word) << ": " << told;
    EXPECT_TRUE(told.ends_with('.')) << told;
    expect_80_columns(v);
  }
}

TEST(ReportText, ANameThatIsLongerThanItsColumnIsWrittenOut) {
  Verdict v = sample_hang();
  v.scene.tasks[0].holds[0].lock.name = "rwlock of_the_whole_table";
  EXPECT_THAT(to_text(v), HasSubstr("    rwlock of_the_whole_table x3    since adjust_block block_adjuster.cc:88\n"));
}

TEST(ReportText, ALongCommandIsBrokenSoThatAShellTakesItForOne) {
  const std::string word(40, 'w');
  EXPECT_EQ(text_of_command("zoneknot check " + word + " " + word + " 'a b'"),
            "  zoneknot check " + word + " \\\n      " + word + " 'a b'\n");
  EXPECT_EQ(text_of_command("short"), "  short\n");
}

TEST(ReportText, APointThatWasOnlySampled_IsNotCalledSure) {
  Verdict v = sample_hang();
  v.scene.no_return = NoReturnInVerdict{.step = {116, kFirstTask, "lock zone 1  a:1"}, .continuations = 1000};
  const std::string text = to_text(v);
  EXPECT_THAT(text, HasSubstr("from here on every continuation that was\n                    tried hangs\n"));
  EXPECT_THAT(text, HasSubstr("none of 1,000 random continuations got away; there are more"));
  EXPECT_THAT(text, Not(HasSubstr("whatever the schedule")));
}

TEST(ReportText, AProgramThatIsNoWorkload_HasNoNamesOfFio) {
  Verdict v = sample_hang();
  v.subject.fix_set.clear();
  EXPECT_THAT(to_text(v), Not(HasSubstr("fio:")));
}

TEST(ReportText, OfASetWithDozensOfSwitches_TheNameAndTheirNumberAreTold) {
  Verdict v = sample_clean();
  v.subject.fix_set = "fio-3.33";
  v.subject.fixes.assign(12, "some-switch");
  EXPECT_THAT(to_text(v), HasSubstr("fio-3.33 (on: some-switch, "));
  v.subject.fixes.emplace_back("one-more");
  EXPECT_THAT(to_text(v), HasSubstr("fio-3.33 (13 switches on)"));
}

TEST(ReportText, BystandersAndOthersAreCounted) {
  const std::string text = to_text(sample_hang());
  EXPECT_THAT(text, HasSubstr("behind it: 1 more stuck task: third (zone 3)\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "others:    1 running: idle; 1 waiting for what can still come: main (the end of\n           first)\n"));
  Verdict many = sample_hang();
  for (int i = 0; i < 100; ++i) many.scene.tasks.push_back(many.scene.tasks[2]);
  EXPECT_THAT(to_text(many), HasSubstr("101 more stuck tasks: third"));
  EXPECT_THAT(to_text(many), HasSubstr("77 more\n"));
}

TEST(ReportText, ATaskBehindAnEndedOwnerIsShownWithWhatTheOwnerStillHas) {
  Verdict v = sample_hang();
  v.scene.tasks.resize(2);
  v.scene.tasks[1].standing = TaskStanding::ended;
  const std::string text = to_text(v);
  EXPECT_THAT(text, HasSubstr("HANG: first waits for zone 3 for ever\n"));
  EXPECT_THAT(text, HasSubstr("task second has ended and still owns 1 lock:\n    zone 3 "));
  EXPECT_THAT(text, HasSubstr("the knot: first -[zone 3]-> second\n"));
}

TEST(ReportText, AZoneShowsConditionStartWpOwnerAndUnputIos) {
  EXPECT_THAT(to_text(sample_hang()),
              HasSubstr("  zone 1     implicit-open        1048576    start+16384  first               3\n"));
}

TEST(ReportText, TwoStuckTasksHaveAColumnEachAndOthersStandInBrackets) {
  const std::string text = to_text(sample_hang());
  EXPECT_THAT(text, HasSubstr("    step  first                               second\n"));
  EXPECT_THAT(text, HasSubstr("     117  lock zone 3  block_adjuster.cc:88\n"));
  EXPECT_THAT(text, HasSubstr("     111                                      lock zone 1  block_adjuster.cc:88\n"));
  EXPECT_THAT(text, HasSubstr("     114      ( third: lock zone 2  block_adjuster.cc:88 )\n"));
}

TEST(ReportText, OnlyTheLastStepsAreShownAndTheOthersCounted) {
  const std::string text = to_text(sample_hang());
  EXPECT_THAT(text, HasSubstr("     ...  (16 steps left out)\n      48  "));
  EXPECT_THAT(text, Not(HasSubstr("\n      45  ")));
  EXPECT_THAT(text, HasSubstr("\n      48  "));
}

TEST(ReportText, AStepWhoseEffectLasts_IsShownHoweverLongAgoItWas) {
  Verdict v = sample_hang();
  v.scene.steps_to_hang[3].lasts = true;
  EXPECT_THAT(to_text(v), HasSubstr("     ...  (3 steps left out)\n       9  lock zone 3  block_adjuster.cc:88\n"
                                    "     ...  (13 steps left out)\n"));
}

TEST(ReportText, ALockThatWasTakenAtSeveralPlaces_ShowsThemAll) {
  Verdict v = sample_hang();
  const Place first{"block_adjuster.cc", 88, "adjust_block"};
  v.scene.tasks[0].holds[0].taken = {first, {"convert.cc", 53, "convert_to_open_zone"}, first};
  EXPECT_THAT(to_text(v), HasSubstr("    zone 1         x3    since adjust_block             block_adjuster.cc:88\n"
                                    "                   x2    in adjust_block block_adjuster.cc:88\n"
                                    "                   x1    in convert_to_open_zone convert.cc:53\n"));
}

TEST(ReportText, AChoiceThatWasDrawn_IsToldInWords) {
  Verdict v = sample_hang();
  v.scene.no_return = NoReturnInVerdict{
      .step = {.step = 116, .task = kFirstTask, .what = "draws 66 of 256  next_free:129", .draws = true},
      .exhausted = true,
      .continuations = 1,
      .tasks = {},
      .instead =
          StepInVerdict{.step = 116, .task = kFirstTask, .what = "draws 183 of 256  next_free:129", .draws = true},
      .instead_steps = 321};
  const std::string text = to_text(v);
  EXPECT_THAT(
      text,
      HasSubstr("  avoidable: had first chosen another block at random there (draws 183 of 256\n"
                "             next_free:129, not 66), the run would not have hung within 321\n             steps\n"));
  EXPECT_THAT(text, HasSubstr("  known by: there is only one way to go on from there, and it hangs\n"));
}

TEST(ReportText, ThreeStuckTasksShareOneColumnWithNames) {
  Verdict v = sample_hang();
  v.scene.tasks[2].standing = TaskStanding::stuck;
  const std::string text = to_text(v);
  EXPECT_THAT(text, HasSubstr("HANG: 3 tasks wait on each other for ever\n"));
  EXPECT_THAT(text, HasSubstr("    step  task            what it did\n"));
  EXPECT_THAT(text, HasSubstr("     117  first           lock zone 3  block_adjuster.cc:88\n"));
}

TEST(ReportText, AWaitThatAnybodyCouldHaveEndedSaysThatNobodyIsLeft) {
  Verdict v;
  v.word = VerdictWord::hang;
  v.scene.tasks = {{.task = {0, "main"},
                    .standing = TaskStanding::stuck,
                    .waits_for = {.kind = ResourceType::task_end, .name = "reader"}},
                   {.task = {1, "reader"},
                    .standing = TaskStanding::stuck,
                    .waits_for = {.kind = ResourceType::condition, .name = "changed", .released = "mutex"},
                    .by_anybody = true}};
  const std::string text = to_text(v);
  EXPECT_THAT(text, HasSubstr("HANG: reader waits for condition variable 'changed' (mutex released) for ever,\nand "
                              "nobody is left to wake it\n"));
  EXPECT_THAT(text, HasSubstr("(mutex released), and all who could give it have ended or wait\nthemselves."));
  // Who merely waits for its end comes last.
  EXPECT_THAT(text, HasSubstr("'changed' (mutex released)], main -[the end of reader]"));
  EXPECT_THAT(text, HasSubstr("task reader waits for ever for condition variable 'changed' (mutex released)"));
  expect_80_columns(v);
}

TEST(ReportText, AnOwnerThatHasEnded_NeverGivesItBack) {
  Verdict v;
  v.word = VerdictWord::hang;
  v.scene.tasks = {
      {.task = kFirstTask, .standing = TaskStanding::stuck, .waits_for = zone_lock(1), .owner = kSecondTask},
      {.task = kSecondTask, .standing = TaskStanding::ended, .holds = {{.lock = zone_lock(1)}}}};
  EXPECT_THAT(to_text(v), HasSubstr("which second has not given back and never will"));
}

TEST(ReportText, AWaitForAUnitOfAPoolNamesThoseWhoHaveOne) {
  Verdict v;
  v.word = VerdictWord::hang;
  v.scene.tasks = {
      {.task = kFirstTask, .standing = TaskStanding::stuck, .waits_for = zone_lock(1), .owner = kSecondTask},
      {.task = kSecondTask,
       .standing = TaskStanding::stuck,
       .waits_for = {.kind = ResourceType::pool, .name = "slots"},
       .unit_holders = {kFirstTask, kThirdTask}},
      {.task = kThirdTask, .standing = TaskStanding::stuck, .waits_for = zone_lock(1), .owner = kSecondTask}};
  const std::string text = to_text(v);
  EXPECT_THAT(text, HasSubstr("HANG: 3 tasks wait on each other for ever\n"));
  EXPECT_THAT(text, HasSubstr("task second waits for ever for a unit of pool 'slots', all with first and third\n"));
  EXPECT_THAT(text, HasSubstr("the knot: first -[zone 1]-> second, second -[a unit of pool 'slots']-> first and\n"
                              "          third, third -[zone 1]-> second\n"));
  expect_80_columns(v);
}

TEST(ReportText, OneStuckTaskHasAColumnAndTheOthersShareOne) {
  Verdict v = sample_hang();
  v.scene.tasks[1].standing = TaskStanding::ended;
  EXPECT_THAT(to_text(v), HasSubstr("    step  first                               others\n"));
  EXPECT_THAT(to_text(v), HasSubstr("     111                                      second: lock zone 1\n"
                                    "                                              block_adjuster.cc:88\n"));
}

TEST(ReportText, ABrokenRuleShowsLetterMeaningPlaceTaskAndCount) {
  EXPECT_THAT(to_text(sample_hang()),
              HasSubstr("rule d broken 12 times: no lock outlives its task\n"
                        "  first: zone 3 acquired here is never released\n"
                        "  at adjust_block                                   block_adjuster.cc:88\n"));
  Verdict v = sample_hang();
  v.word = VerdictWord::rule;
  EXPECT_EQ(headline(v), "RULE: rules d, g broken, no hang seen");
}

TEST(ReportText, WhatWasSearchedIsStatedWithCutExecutions) {
  const std::string text = to_text(sample_hang());
  EXPECT_THAT(text, HasSubstr("searched  1,234 executions, 3 of them cut at 100,000 scheduling points,"));
  EXPECT_THAT(text, HasSubstr("first hang in execution 87"));
  EXPECT_THAT(text, HasSubstr("bounds    jobs=2,zones=2\n"));
  EXPECT_THAT(text, Not(HasSubstr("trace")));
}

TEST(ReportText, AnExhaustiveSearchStatesItsTraces) {
  Verdict v = sample_clean();
  v.word = VerdictWord::verified;
  v.search.exhaustive = true;
  v.search.traces = 5040;
  EXPECT_THAT(to_text(v), HasSubstr("5,040 traces, exhaustive"));
  EXPECT_THAT(to_text(v), Not(HasSubstr("worth")));
}

TEST(ReportText, CleanSaysWhatZeroOfNIsWorthCountingOnlyExecutionsThatEnded) {
  EXPECT_THAT(to_text(sample_clean()),
              HasSubstr("worth     0 of 99,000 executions that ran to the end hung: at 95 % confidence\n"
                        "          fewer than 3/99,000 of such executions hang (1 in 33,000)\n"));
  Verdict v = sample_clean();
  v.search.executions_cut = 99999;
  EXPECT_THAT(to_text(v), HasSubstr("worth     little: only 1 execution ran to the end\n"));
}

TEST(ReportText, AHangIsNotWorthed) { EXPECT_THAT(to_text(sample_hang()), Not(HasSubstr("worth"))); }

TEST(ReportText, TheWitnessAndTheCommandStandAloneOnUnbrokenLines) {
  const Verdict v = sample_hang();
  EXPECT_THAT(to_text(v), HasSubstr("\n" + v.scene.witness + "\n"));
  EXPECT_THAT(to_text(v), HasSubstr("\n" + v.scene.replay_command + "\n"));
}

TEST(ReportText, IncompleteSaysWhatStoppedIt) {
  Verdict v;
  v.search.stopped_by = StoppedBy::user;
  EXPECT_EQ(headline(v), "INCOMPLETE: stopped by the user before an answer");
}

TEST(ReportText, JobsThatDidNothing_AreCountedAndTheWayOutIsNamed) {
  Verdict verdict = sample_clean();
  verdict.word = VerdictWord::incomplete;
  verdict.search.work = {{.job = "r.0", .ios = 0, .why_none = {core::NoIo::nothing_to_read}},
                         {.job = "r.1", .ios = 0, .why_none = {core::NoIo::nothing_to_read}},
                         {.job = "w", .ios = 1200}};
  verdict.search.lock_waits = 1;
  EXPECT_EQ(headline(verdict), "INCOMPLETE: 2 of 3 jobs did no I/O: there was nothing to read");
  EXPECT_THAT(to_text(verdict),
              HasSubstr("work      0 to 1,200 I/Os of each job, 1 wait for locks; none of r.0 and 1 more:\n"
                        "          zones that start with data are --device=sim:filled=0-7,half=8-11\n"));
  verdict.search.work[0].why_none = {core::NoIo::ended_by_others};
  EXPECT_EQ(headline(verdict),
            "INCOMPLETE: 2 of 3 jobs did no I/O: exitall of another job ended them before their first one, or there "
            "was nothing to read");
  EXPECT_THAT(to_text(verdict), HasSubstr("a proof looks at it without the others"));
  verdict.search.work[0].failed = verdict.search.work[1].failed = true;
  EXPECT_THAT(headline(verdict), Not(HasSubstr("I/O"))) << "an error is an answer";
}

TEST(ReportText, WhatTheBoundsTook_IsListed) {
  Verdict verdict = sample_clean();
  verdict.subject.dropped = {"runtime (of 2 jobs)"};
  EXPECT_THAT(to_text(verdict), HasSubstr("dropped   runtime (of 2 jobs)\n"));
}

TEST(ReportText, OneExecutionShowsNoTimeSoThatTwoReplaysPrintTheSame) {
  Verdict v = sample_hang();
  EXPECT_THAT(to_text(v), HasSubstr("0.4 s"));
  v.search.executions = 1;
  Verdict later = v;
  later.search.seconds = 9;
  EXPECT_EQ(to_text(v), to_text(later));
}

TEST(ReportText, EveryRuleHasANameAMeaningAndAnObligationOfItsOwn) {
  std::set<std::string_view> names, meanings;
  std::set<std::string> obligations;
  for (std::size_t i = 0; i < kRules; ++i) {
    const auto rule = static_cast<Rule>(i);
    EXPECT_EQ(rule_named(rule_name(rule)), rule);
    names.insert(rule_name(rule));
    meanings.insert(rule_meaning(rule));
    obligations.insert(obligation_text(rule));
  }
  EXPECT_EQ(names.size(), kRules);
  EXPECT_EQ(meanings.size(), kRules);
  EXPECT_EQ(obligations.size(), kRules);
}

TEST(ReportText, WhatHoldsForClassesOfLocks_StandsInTheHead) {
  Verdict v;
  v.order.lines = {"lock classes: acyclic for any number of instances", "zone inside zone: ordered by key"};
  EXPECT_THAT(to_text(v), HasSubstr("order     lock classes: acyclic for any number of instances\n"
                                    "          zone inside zone: ordered by key\n"));
}

}  // namespace
}  // namespace zoneknot::lockcheck
