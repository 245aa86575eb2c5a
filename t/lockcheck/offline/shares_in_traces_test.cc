// Reader-writer locks in recorded traces, in both forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "lockcheck/offline/trace_player.h"
#include "lockcheck/stuck/wait_state.h"
#include "lockcheck/trace/std_trace.h"
#include "lockcheck/trace/trace_encoder.h"
#include "lockcheck/trace/trace_reader.h"
#include "lockcheck/watch/lock_watch.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::string_view kReadAgain =
    "# writers come first at L\n"
    "R|rreq(L)|1\nR|racq(L)|1\nW|req(L)|2\nR|rreq(L)|3\n";

// Plays STD text; the stuck core at its end, and the rules that were broken.
struct Played {
  StuckCore stuck;
  std::string rules;
};

Played played(std::string_view text) {
  std::istringstream in{std::string(text)};
  TraceNames names;
  LockWatch watch(Threads::one);
  TracePlayer player(watch);
  const auto end = read_std(in, names, player);
  EXPECT_TRUE(end) << end.error().message;
  player.finish();
  Played out{.stuck = stuck_core(watch.wait_state()), .rules = {}};
  for (const RuleBreak& rule : watch.broken_rules()) out.rules += std::string(rule_name(rule.rule)) + " ";
  return out;
}

TEST(SharesInTraces, ReadAgainBehindAWriter_IsAHangWhereWritersComeFirst) {
  EXPECT_EQ(played(kReadAgain).stuck.core.size(), 2U);
  EXPECT_TRUE(played(kReadAgain.substr(kReadAgain.find('\n') + 1)).stuck.core.empty());
}

TEST(SharesInTraces, WriterThatWaitsForReadersOfWhomOneIsStuck_IsAHang) {
  const Played out =
      played("R|rreq(L)|1\nR|racq(L)|1\nS|rreq(L)|2\nS|racq(L)|2\nW|req(M)|3\nW|acq(M)|3\nR|req(M)|4\nW|req(L)|5\n");
  EXPECT_EQ(out.stuck.core.size(), 2U);
}

TEST(SharesInTraces, ReaderThatWaitsForItsWriter_IsNoHang) {
  EXPECT_TRUE(played("W|req(L)|1\nW|acq(L)|1\nR|rreq(L)|2\n").stuck.core.empty());
}

TEST(SharesInTraces, ShareThatTheTaskDoesNotHave_BreaksARule) {
  EXPECT_EQ(played("R|racq(L)|1\nS|rrel(L)|2\n").rules, "e ");
}

TEST(SharesInTraces, WriterBesideAReader_IsRefusedWithItsPlace) {
  std::istringstream in("R|racq(L)|1\nW|acq(L)|2\n");
  TraceNames names;
  TraceInMemory sink;
  const auto end = read_std(in, names, sink);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().line, 2U);
  EXPECT_THAT(end.error().message, testing::HasSubstr("a lock is taken of which another task has a share"));
}

TEST(SharesInTraces, BothForms_KeepSharesAndWhomALockPrefers) {
  std::istringstream text{std::string(kReadAgain)};
  TraceNames names;
  TraceInMemory first;
  ASSERT_TRUE(read_std(text, names, first));
  std::stringstream binary;
  TraceEncoder encoder(binary);
  for (const TraceEvent& event : first.events) encoder.event(event, names);
  encoder.close(names);
  TraceNames names_back;
  TraceInMemory back;
  ASSERT_TRUE(read_trace(binary, names_back, back));
  EXPECT_EQ(back.events, first.events);
  EXPECT_EQ(names_back.locks, names.locks);
  EXPECT_EQ(names_back.locks[0].readers, core::Readers::after_writers);
  std::ostringstream again;
  StdWriter writer(again);
  for (const TraceEvent& event : back.events) writer.event(event, names_back);
  EXPECT_EQ(again.str(), kReadAgain);
}

}  // namespace
}  // namespace zoneknot::lockcheck
