// RAPID's STD text: what it means here, how it is written, and what is refused where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "lockcheck/trace/std_lines.h"
#include "t/lockcheck/trace/some_trace.h"

namespace zoneknot::lockcheck {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;
using Kind = TraceEventKind;

struct FromStd {
  WholeTrace trace;
  std::string error;  // "2:5: …"
};

FromStd from_std(const std::string& text) {
  std::istringstream in(text);
  FromStd read;
  TraceInMemory events;
  const auto end = read_std(in, read.trace.names, events);
  if (!end) {
    read.error =
        std::to_string(end.error().line) + ":" + std::to_string(end.error().column) + ": " + end.error().message;
  }
  read.trace.events = std::move(events.events);
  return read;
}

std::vector<Kind> kinds_of(const std::string& text) {
  std::vector<Kind> kinds;
  for (const TraceEvent& event : from_std(text).trace.events) kinds.push_back(event.kind);
  return kinds;
}

std::string to_std(const WholeTrace& trace) {
  std::ostringstream out;
  StdWriter writer(out);
  for (const TraceEvent& event : trace.events) writer.event(event, trace.names);
  return out.str();
}

TEST(StdTrace, WithoutRequestsEveryAcqMayWait_WithRequestsOneWithoutIsATryLock) {
  EXPECT_THAT(kinds_of("T1|acq(A)|1\nT1|rel(A)|2\n"), ElementsAre(Kind::request, Kind::acquire, Kind::release));
  EXPECT_THAT(kinds_of("T1|acq(A)|1\nT1|rel(A)|2\nT1|req(B)|3\n"),
              ElementsAre(Kind::acquire, Kind::release, Kind::request));
}

TEST(StdTrace, IsWrittenAsItWasRead) {
  const std::string text =
      "T1|fork(T2)|1\nT1|req(L1)|2\nT1|acq(L1)|2\nT1|w(V[3])|file.cc:7\nT1|rel(L1)|4\nT2|r(V[3])|5\nT2|try(L1)|6\n"
      "T1|join(T2)|7\n";
  EXPECT_EQ(to_std(from_std(text).trace), text);
}

TEST(StdTrace, AWaitOnAMonitorGivesTheLockBack_AndNotifyWakesTheLongestWaiting) {
  const std::string text =
      "T1|req(Q)|1\nT1|acq(Q)|1\nT1|wait(Q)|2\nT2|req(Q)|3\nT2|acq(Q)|3\nT2|notify(Q)|4\nT2|rel(Q)|5\nT1|req(Q)|2\n"
      "T1|acq(Q)|2\n";
  EXPECT_THAT(kinds_of(text),
              ElementsAre(Kind::request, Kind::acquire, Kind::enter, Kind::release, Kind::request, Kind::acquire,
                          Kind::signal, Kind::wake, Kind::release, Kind::request, Kind::acquire));
  EXPECT_EQ(to_std(from_std(text).trace), text);
}

TEST(StdTrace, AWaiterWhoseNextEventIsAnotherHasTakenItsMonitorAgain) {
  EXPECT_THAT(kinds_of("T1|acq(Q)|1\nT1|wait(Q)|2\nT1|r(x)|3\nT1|rel(Q)|4\n"),
              ElementsAre(Kind::request, Kind::acquire, Kind::enter, Kind::release, Kind::request, Kind::acquire,
                          Kind::read, Kind::release));
}

TEST(StdTrace, ATraceWithTryLocksAloneSaysSo) {
  WholeTrace trace = some_trace();
  trace.events = {{Kind::acquire, 0, 0, 0, 0}, {Kind::acquire, 0, 1, 0, 0}};
  const std::string text = to_std(trace);
  EXPECT_TRUE(text.starts_with(kStdRequestsMark));
  EXPECT_THAT(kinds_of(text), ElementsAre(Kind::acquire, Kind::acquire));
}

TEST(StdTrace, CommentsEmptyLinesBeginAndEndMeanNothing) {
  EXPECT_THAT(kinds_of("# a comment\n\nT1|begin|1\r\nT1|begin(method)|1\nT1|r(x)|2\r\nT1|end|3\n"),
              ElementsAre(Kind::read));
}

TEST(StdTrace, TheBinaryFormCarriesIt) {
  const WholeTrace trace = from_std("T1|acq(A)|1\nT2|w(x)|a.cc:2\nT1|rel(A)|elsewhere\n").trace;
  EXPECT_EQ(read_back(encoded(trace)).trace, trace);
}

TEST(StdTrace, ThingsWithTheSameNameStayDifferent) {
  WholeTrace trace = some_trace();
  trace.names.locks[1].name = trace.names.locks[0].name;
  trace.events = {{Kind::request, 0, 0, 0, 0}, {Kind::request, 0, 1, 0, 0}};
  EXPECT_EQ(to_std(trace), "main|req(zone_3)|zone_locking.cc:76\nmain|req(zone_3~1)|zone_locking.cc:76\n");
}

TEST(StdTrace, SemaphoresBecomeAccesses_AndWhatHasNoWordIsCounted) {
  const WholeTrace trace = some_trace();
  std::ostringstream out;
  StdWriter writer(out);
  for (const TraceEvent& event : trace.events) writer.event(event, trace.names);
  EXPECT_THAT(out.str(), testing::HasSubstr("main|w(semaphore:slots)|zone_locking.cc:76\n"));
  EXPECT_THAT(out.str(), testing::HasSubstr("main|w(barrier:start_line)|300\n"));
  EXPECT_EQ(writer.left_out(), 5U);
  EXPECT_EQ(from_std(out.str()).error, "");
}

TEST(StdTrace, WhatIsWrongIsToldWithLineAndColumn) {
  EXPECT_EQ(from_std("T1|r(x)|1\nnonsense\n").error, "2:9: expected TASK|OP(OBJECT)|PLACE");
  EXPECT_EQ(from_std("|r(x)|1\n").error, "1:1: the task has no name");
  EXPECT_EQ(from_std("T1|grab(x)|1\n").error,
            "1:4: unknown operation, expected req, acq, rel, rreq, racq, rrel, r, w, fork, join, wait, notify, "
            "notifyAll, try, begin or "
            "end");
  EXPECT_EQ(from_std("T1|r(x|1\n").error, "1:7: expected )");
  EXPECT_EQ(from_std("T1|r()|1\n").error, "1:6: the object has no name");
  EXPECT_EQ(from_std("T1|r|1\n").error, "1:5: the object has no name");
  EXPECT_EQ(from_std("T1|acq(A)|1\nT2|acq(A)|2\n").error, "2:8: a lock is taken that another task has");
  EXPECT_EQ(from_std("T1|r(" + std::string(kTraceNameBytesMax + 1, 'x') + ")|1\n").error, "1:6: a name is too long");
  EXPECT_EQ(from_std(std::string(kStdLineBytesMax + 1, 'x')).error, "1:1: the line is too long");
}

// What is told, in the order in which it is: "T1 acq A".
std::vector<std::string> told_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream written(to_std(from_std(text).trace));
  for (std::string line; std::getline(written, line);) {
    if (line.find("|req(") == std::string::npos) lines.push_back(line.substr(0, line.rfind('|')));
  }
  return lines;
}

TEST(StdTrace, AReleaseThatComesAfterTheNextAcquisitionIsToldBeforeIt) {
  EXPECT_THAT(told_of("T1|acq(A)|1\nT2|acq(A)|2\nT1|rel(A)|3\nT2|rel(A)|4\n"),
              ElementsAre("T1|acq(A)", "T1|rel(A)", "T2|acq(A)", "T2|rel(A)"));
  // The owner does something else before: so it is the one that takes it too early who is moved.
  EXPECT_THAT(told_of("T1|acq(A)|1\nT2|acq(A)|2\nT1|r(x)|3\nT1|rel(A)|4\nT2|w(x)|5\nT2|rel(A)|6\n"),
              ElementsAre("T1|acq(A)", "T1|r(x)", "T1|rel(A)", "T2|acq(A)", "T2|w(x)", "T2|rel(A)"));
  // A lock that was taken twice is given back twice.
  EXPECT_THAT(told_of("T1|acq(A)|1\nT1|acq(A)|1\nT2|acq(A)|2\nT1|rel(A)|3\nT1|rel(A)|4\n"),
              ElementsAre("T1|acq(A)", "T1|acq(A)", "T1|rel(A)", "T1|rel(A)", "T2|acq(A)"));
  // One behind the other.
  EXPECT_THAT(told_of("T1|acq(A)|1\nT2|acq(A)|2\nT3|acq(A)|3\nT1|rel(A)|4\nT2|rel(A)|5\n"),
              ElementsAre("T1|acq(A)", "T1|rel(A)", "T2|acq(A)", "T2|rel(A)", "T3|acq(A)"));
}

TEST(StdTrace, WhatATaskDoesBeforeItsForkOrAfterAJoinWithItIsToldBetweenThem) {
  EXPECT_THAT(told_of("W|r(x)|1\nT|w(y)|2\nT|fork(W)|3\nW|w(x)|4\nT|join(W)|5\nW|r(z)|6\nT|r(z)|7\n"),
              ElementsAre("T|w(y)", "T|fork(W)", "W|r(x)", "W|w(x)", "W|r(z)", "T|join(W)", "T|r(z)"));
  // A name that is used again is another task.
  EXPECT_THAT(told_of("T|fork(W)|1\nW|r(x)|2\nT|join(W)|3\nT|fork(W)|4\nW|r(z)|5\n"),
              ElementsAre("T|fork(W)", "W|r(x)", "T|join(W)", "T|fork(W)", "W|r(z)"));
}

// Two tasks of which each is forked by the other: which line is first cannot be said, and the reader says so of
// neither.
TEST(StdTrace, LinesThatEachWantToBeBehindTheOtherEndTheRepairs) {
  EXPECT_THAT(told_of("T1|r(x)|1\nT2|r(x)|2\nT1|fork(T2)|3\nT2|fork(T1)|4\n"),
              UnorderedElementsAre("T1|r(x)", "T2|r(x)", "T1|fork(T2)", "T2|fork(T1)"));
}

TEST(StdTrace, WhatWasMovedIsCounted_AndWhatIsTooFarIsNotMoved) {
  const auto end_of_text = [](const std::string& text) {
    std::istringstream in(text);
    TraceNames names;
    TraceInMemory events;
    return read_std(in, names, events);
  };
  const auto late = end_of_text("T1|acq(A)|1\nT2|acq(A)|2\nT1|rel(A)|3\n");
  ASSERT_TRUE(late);
  EXPECT_EQ(late->moved, 1U);
  EXPECT_EQ(late->moved_at, 2U);
  std::string far = "T1|acq(A)|1\nT2|acq(A)|2\n";
  for (std::size_t i = 0; i < kStdLinesLateMax; ++i) far += "T1|r(x)|3\n";
  EXPECT_FALSE(end_of_text(far + "T1|rel(A)|4\n"));
}

TEST(StdTrace, ALastLineWithoutAnEndThatMeansNothingIsWhereTheTextWasCut) {
  const auto end_of_text = [](const std::string& text) {
    std::istringstream in(text);
    TraceNames names;
    TraceInMemory events;
    return read_std(in, names, events);
  };
  for (const std::string rest : {"T", "T1|re", "T1|rel(", "T1|rel(A"}) {
    const auto cut = end_of_text("T1|acq(A)|1\n" + rest);
    ASSERT_TRUE(cut) << rest;
    EXPECT_FALSE(cut->whole) << rest;
    EXPECT_EQ(cut->events, 2U);
    EXPECT_FALSE(end_of_text("T1|acq(A)|1\n" + rest + "\n")) << "a line that has an end is wrong";
  }
  EXPECT_TRUE(end_of_text("T1|acq(A)|1\nT1|rel(A)|2")->whole);
}

}  // namespace
}  // namespace zoneknot::lockcheck
