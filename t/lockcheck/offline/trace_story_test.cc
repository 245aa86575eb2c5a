// What pictures of a recorded trace show.
#include "lockcheck/offline/trace_story.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/trace/std_trace.h"

namespace zoneknot::lockcheck {
namespace {

constexpr const char* kInversion =
    "main|fork(T1)|1\nmain|fork(T2)|2\n"
    "T1|acq(A)|a.c:3\nT1|acq(B)|a.c:4\nT1|rel(B)|a.c:5\nT1|rel(A)|a.c:6\n"
    "T2|acq(B)|b.c:7\nT2|acq(A)|b.c:8\nT2|rel(A)|b.c:9\nT2|rel(B)|b.c:10\n";

// The run of the first prediction or, of a trace that hangs, the recorded one.
RunInVerdict shown_of(const std::string& text) {
  std::istringstream in(text);
  TraceNames names;
  TraceCheck check;
  EXPECT_TRUE(read_std(in, names, check).has_value());
  Verdict verdict;
  check.conclude(names, verdict);
  const bool hangs = verdict.word == VerdictWord::hang;
  TraceStory story(hangs || check.runs().empty() ? nullptr : &check.runs().front());
  std::istringstream again(text);
  TraceNames names_again;
  EXPECT_TRUE(read_std(again, names_again, story).has_value());
  return story.finish(names_again);
}

std::vector<std::string> open_spans(const RunInVerdict& run) {
  std::vector<std::string> all;
  for (const SpanInRun& span : run.spans) {
    if (!span.open) continue;
    all.push_back(run.lanes[span.lane] + (span.kind == SpanKind::wait ? " waits for " : " owns ") + span.what + " " +
                  std::to_string(span.from));
  }
  return all;
}

TEST(TraceStory, ASoundPrediction_IsShownAsTheRunThatItEndsIn) {
  const RunInVerdict run = shown_of(kInversion);
  EXPECT_EQ(run.shown, RunShown::predicted);
  EXPECT_EQ(run.steps_are, StepsAre::lines_of_trace);
  EXPECT_EQ(open_spans(run),
            (std::vector<std::string>{"T1 owns A 3", "T2 owns B 7", "T1 waits for B 8", "T2 waits for A 8"}));
  EXPECT_EQ(run.steps, 8U);
}

TEST(TraceStory, AWaitForTheEndOfATask_IsPartOfThePredictedRun) {
  const RunInVerdict run = shown_of(
      "main|fork(T1)|1\nT1|acq(A)|2\nT1|rel(A)|3\nT1|end()|4\nmain|acq(A)|5\nmain|join(T1)|6\nmain|rel(A)|7\n");
  EXPECT_EQ(run.shown, RunShown::predicted);
  EXPECT_EQ(open_spans(run),
            (std::vector<std::string>{"main owns A 5", "main waits for the end of T1 6", "T1 waits for A 6"}));
}

TEST(TraceStory, ATraceThatHangs_IsShownToItsEnd) {
  const RunInVerdict run = shown_of("main|fork(T1)|1\nmain|acq(A)|2\nT1|acq(B)|3\nmain|req(B)|4\nT1|req(A)|5\n");
  EXPECT_EQ(run.shown, RunShown::itself);
  EXPECT_EQ(open_spans(run),
            (std::vector<std::string>{"main owns A 2", "T1 owns B 3", "main waits for B 6", "T1 waits for A 6"}));
}

TEST(TraceStory, WhatAPredictionWasReadOff_IsKeptHoweverLongTheRun) {
  std::string text = kInversion;
  for (std::uint64_t i = 0; i < RunStory::kFirstSpans + RunStory::kLastSpans + 100; ++i)
    text += "main|acq(C)|1\nmain|rel(C)|2\n";
  OrderInVerdict order;
  order.predictions.push_back({.seen = {{.owned_at = 3, .asked_at = 4}}});
  TraceStory story(nullptr);
  story.keep(order);
  std::istringstream in(text);
  TraceNames names;
  EXPECT_TRUE(read_std(in, names, story).has_value());
  const RunInVerdict run = story.finish(names);
  EXPECT_EQ(run.spans.front().what, "A");
  EXPECT_EQ(run.spans.front().from, 3U);
}

}  // namespace
}  // namespace zoneknot::lockcheck
