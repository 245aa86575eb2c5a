// What a recorded trace predicts: which rings, how sure each is, what it was read off, and what is kept apart by what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "lockcheck/offline/predicted_run.h"
#include "lockcheck/offline/trace_check.h"
#include "lockcheck/report/report_text.h"
#include "lockcheck/report/words.h"
#include "lockcheck/trace/std_trace.h"

namespace zoneknot::lockcheck {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// "T1 takes A and then B, and gives both back", at `place`.c:1 to 4.
std::string nested(const std::string& task, const std::string& outer, const std::string& inner,
                   const std::string& place) {
  return task + "|acq(" + outer + ")|" + place + ".c:1\n" + task + "|acq(" + inner + ")|" + place + ".c:2\n" + task +
         "|rel(" + inner + ")|" + place + ".c:3\n" + task + "|rel(" + outer + ")|" + place + ".c:4\n";
}

Verdict predicted_by(const std::string& text, const TraceCheckOptions& options = {}) {
  std::istringstream in(text);
  TraceNames names;
  TraceCheck check;
  EXPECT_TRUE(read_std(in, names, check).has_value());
  Verdict verdict;
  check.conclude(names, verdict, options);
  return verdict;
}

std::vector<std::string> statuses_of(const Verdict& verdict) {
  std::vector<std::string> statuses;
  for (const PredictionInVerdict& prediction : verdict.order.predictions) {
    statuses.push_back(std::to_string(prediction.links.size()) + " " + std::string(status_name(prediction.status)));
  }
  return statuses;
}

TEST(TracePrediction, WhatIsSoundComesFirst_ThenWhatIsShorter) {
  // A ring of three that is sound, one of two that another order of sections might lead to, and one that data keeps
  // apart.
  const std::string text = nested("P1", "A", "B", "p") + nested("P2", "B", "C", "q") + nested("P3", "C", "A", "r") +
                           "Q1|acq(G)|1\n" + nested("Q1", "D", "E", "s") + "Q1|rel(G)|2\nQ2|acq(G)|3\nQ2|rel(G)|4\n" +
                           nested("Q2", "E", "D", "t") + nested("R1", "F", "H", "u") + "R1|w(x)|5\nR2|r(x)|6\n" +
                           nested("R2", "H", "F", "v");
  const Verdict verdict = predicted_by(text);
  EXPECT_EQ(verdict.word, VerdictWord::possible);
  EXPECT_THAT(statuses_of(verdict), ElementsAre("3 sound", "2 possible", "2 ordered"));
}

TEST(TracePrediction, NamesTheReadThatKeepsTasksApart_ThroughOthersToo) {
  const std::string text = nested("T1", "A", "B", "p") +
                           "T1|w(x)|a.c:1\nT3|r(x)|b.c:1\nT3|w(y)|b.c:2\nT2|r(y)|c.c:1\n" + nested("T2", "B", "A", "q");
  const Verdict verdict = predicted_by(text);
  EXPECT_EQ(verdict.word, VerdictWord::clean);
  ASSERT_THAT(verdict.order.predictions, SizeIs(1));
  const auto& data = verdict.order.predictions[0].data;
  ASSERT_TRUE(data);
  EXPECT_EQ(data->cell, "y");
  EXPECT_EQ(place_text(data->read_at), "c.c:1");
  EXPECT_EQ(place_text(data->written_at), "b.c:2");
  EXPECT_EQ(predicted_by(text, {.count_inversions = true}).word, VerdictWord::possible);
}

TEST(TracePrediction, DataThatIsReadBeforeTheWaitAlone_KeepsNothingApart) {
  // T2 reads what T1 wrote before it took anything.
  const std::string text = "T1|w(x)|1\n" + nested("T1", "A", "B", "p") + "T2|r(x)|2\n" + nested("T2", "B", "A", "q");
  EXPECT_THAT(statuses_of(predicted_by(text)), ElementsAre("2 sound"));
}

TEST(TracePrediction, EveryTaskAtTheSamePlacesIsAsked) {
  // Forty early ones are kept apart by data, the last one is not.
  std::string text;
  for (int i = 0; i < 40; ++i)
    text +=
        nested("E" + std::to_string(i), "A", "B", "p") + "E" + std::to_string(i) + "|w(x" + std::to_string(i) + ")|1\n";
  for (int i = 0; i < 40; ++i) text += "M|r(x" + std::to_string(i) + ")|2\n";
  text += nested("M", "B", "A", "q");
  EXPECT_THAT(statuses_of(predicted_by(text)), ElementsAre("2 ordered"));
  EXPECT_THAT(statuses_of(predicted_by(text + nested("Late", "A", "B", "p"))), ElementsAre("2 sound"));
}

TEST(TracePrediction, TellsWhereAndHowOftenEachLinkWasSeen) {
  const std::string text = nested("T1", "A", "B", "p") + nested("T1", "A", "B", "p") + nested("T3", "A", "B", "r") +
                           nested("T2", "B", "A", "q");
  const Verdict verdict = predicted_by(text);
  ASSERT_THAT(verdict.order.predictions, SizeIs(2)) << "at the places p.c and r.c";
  const PredictionInVerdict& prediction = verdict.order.predictions[0];
  ASSERT_THAT(prediction.seen, SizeIs(2));
  EXPECT_TRUE(verdict.order.counts_lines);
  EXPECT_EQ(prediction.seen[0].owned_at, 1U);
  EXPECT_EQ(prediction.seen[0].asked_at, 2U);
  EXPECT_EQ(prediction.seen[0].times, 3U);
  EXPECT_EQ(prediction.seen[0].places, 2U);
  EXPECT_EQ(prediction.seen[1].times, 1U);
  EXPECT_THAT(to_text(verdict), HasSubstr("A -> B 3 times at 2 places, B -> A once at q.c:2"));
  EXPECT_THAT(to_text(verdict), HasSubstr("waits for B in line 2"));
}

TEST(TracePrediction, SaysWhatKeepsTasksApart) {
  const auto why = [](const std::string& text) {
    std::vector<std::string> all;
    const Verdict verdict = predicted_by(text);
    EXPECT_EQ(verdict.word, VerdictWord::clean);
    for (const ApartInVerdict& apart : verdict.order.apart) all.push_back(apart_meaning(apart));
    return all;
  };
  const std::string both = nested("T1", "A", "B", "p") + nested("T1", "B", "A", "q");
  EXPECT_THAT(why(both), ElementsAre("by one task alone"));
  const std::string gate = "T1|acq(G)|1\n" + nested("T1", "A", "B", "p") + "T1|rel(G)|2\nT2|acq(G)|3\n" +
                           nested("T2", "B", "A", "q") + "T2|rel(G)|4\n";
  EXPECT_THAT(why(gate), ElementsAre("under one gate, G"));
  const std::string fork = nested("T1", "A", "B", "p") + "T1|fork(T2)|1\n" + nested("T2", "B", "A", "q");
  EXPECT_THAT(why(fork), ElementsAre("one is started when the other is past it"));
  const std::string grandchild =
      nested("T1", "A", "B", "p") + "T1|fork(T3)|1\nT3|fork(T2)|1\n" + nested("T2", "B", "A", "q");
  EXPECT_THAT(why(grandchild), ElementsAre("one is started when the other is past it"));
  const std::string join =
      "T1|fork(T2)|1\n" + nested("T2", "B", "A", "q") + "T1|join(T2)|2\n" + nested("T1", "A", "B", "p");
  EXPECT_THAT(why(join), ElementsAre("one is waited for to end before the other comes to it"));
}

TEST(TracePrediction, AJoinUnderALockThatTheJoinedTaskTakesIsARing) {
  const std::string text = "M|fork(W)|1\nW|acq(A)|2\nW|rel(A)|3\nM|acq(A)|4\nM|join(W)|5\nM|rel(A)|6\n";
  const Verdict verdict = predicted_by(text);
  ASSERT_THAT(statuses_of(verdict), ElementsAre("2 sound"));
  EXPECT_EQ(awaited_text(verdict.order.predictions[0].links[0].waits_for), "the end of W");
  // Whoever is joined may wait for another task that takes the lock.
  const std::string further =
      "M|fork(W)|1\nW|fork(V)|2\nV|acq(A)|3\nV|rel(A)|4\nW|join(V)|5\nM|acq(A)|6\nM|join(W)|7\nM|rel(A)|8\n";
  EXPECT_THAT(statuses_of(predicted_by(further)), ElementsAre("3 sound"));
  // What it takes before it is known to be past it does no harm.
  const std::string handed = "M|fork(W)|1\nW|acq(A)|2\nW|rel(A)|3\nW|w(x)|3\nM|r(x)|4\nM|acq(A)|4\nM|join(W)|5\n";
  EXPECT_THAT(statuses_of(predicted_by(handed)), ElementsAre("2 ordered"));
  // And a lock that is given back before the join is not owned meanwhile.
  const std::string before = "M|fork(W)|1\nW|acq(A)|2\nW|rel(A)|3\nM|acq(A)|4\nM|rel(A)|5\nM|join(W)|6\n";
  EXPECT_THAT(statuses_of(predicted_by(before)), IsEmpty());
}

TEST(TracePrediction, ALockThatAStrangerGaveBackIsNotOwnedAnyMore) {
  // T1 goes on to C when T2 has given A back for it: nothing says that it owns A then.
  const std::string text =
      "T1|acq(A)|1\nT2|rel(A)|2\nT1|acq(C)|3\nT1|rel(C)|4\nT3|acq(A)|5\nT3|rel(A)|6\n" + nested("T4", "C", "A", "q");
  const Verdict verdict = predicted_by(text);
  EXPECT_EQ(verdict.word, VerdictWord::rule);
  EXPECT_THAT(verdict.order.predictions, IsEmpty());
}

TEST(TracePrediction, WithoutTimeToLookItIsIncomplete_UnlessThereIsNothingToLookFor) {
  const TraceCheckOptions none{.time_used = [] { return 1.0; }};
  const Verdict verdict = predicted_by(nested("T1", "A", "B", "p") + nested("T2", "B", "A", "q"), none);
  EXPECT_EQ(verdict.word, VerdictWord::incomplete);
  EXPECT_THAT(verdict.assumptions, ElementsAre(HasSubstr("--time=10m looks longer")));
  EXPECT_EQ(predicted_by(nested("T1", "A", "B", "p") + nested("T2", "A", "B", "q"), none).word, VerdictWord::clean);
}

TEST(TracePrediction, TheRunOfASoundOneEndsInIt) {
  const std::string text = "T0|w(x)|1\nT1|r(x)|2\n" + nested("T1", "A", "B", "p") + "T2|r(x)|3\n" +
                           nested("T2", "B", "A", "q") + "T2|w(x)|4\n";
  std::istringstream in(text);
  TraceNames names;
  TraceCheck check;
  ASSERT_TRUE(read_std(in, names, check).has_value());
  Verdict verdict;
  check.conclude(names, verdict);
  ASSERT_THAT(check.runs(), SizeIs(1));
  std::ostringstream out;
  StdWriter writer(out);
  PredictedRunTrace run(check.runs()[0], writer);
  std::istringstream again(text);
  TraceNames names_again;
  ASSERT_TRUE(read_std(again, names_again, run).has_value());
  run.finish(names_again);
  EXPECT_EQ(out.str(),
            "T0|w(x)|1\nT1|r(x)|2\nT1|req(A)|p.c:1\nT1|acq(A)|p.c:1\nT2|r(x)|3\nT2|req(B)|q.c:1\nT2|acq(B)|q.c:1\n"
            "T1|req(B)|p.c:2\nT2|req(A)|q.c:2\n");
  EXPECT_EQ(predicted_by(out.str()).word, VerdictWord::hang);
}

}  // namespace
}  // namespace zoneknot::lockcheck
