// The binary form of traces: what is written is read, a crash leaves what was whole, and nothing wrong is believed.
#include "lockcheck/trace/trace_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "lockcheck/offline/trace_check.h"
#include "lockcheck/text/site.h"
#include "lockcheck/trace/trace_writer.h"
#include "t/lockcheck/trace/some_trace.h"
#include "t/lockcheck/watch/watched_run.h"

namespace zoneknot::lockcheck {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = TraceEventKind;

TEST(TraceFormat, WhatIsWrittenIsRead) {
  const WholeTrace trace = some_trace();
  const ReadBack back = read_back(encoded(trace));
  ASSERT_TRUE(back.end) << back.end.error().message;
  EXPECT_TRUE(back.end->whole);
  EXPECT_EQ(back.end->events, trace.events.size());
  EXPECT_EQ(back.trace, trace);
}

TEST(TraceFormat, ATraceThatWasCutAnywhereIsReadUpToItsLastWholeRecord) {
  const WholeTrace trace = some_trace();
  const std::string bytes = encoded(trace);
  std::size_t most = 0;
  for (std::size_t size = trace_format::kMagic.size(); size < bytes.size() - trace_format::kChecksumBytes; ++size) {
    const ReadBack back = read_back(bytes.substr(0, size));
    ASSERT_TRUE(back.end) << size << ": " << back.end.error().message;
    EXPECT_FALSE(back.end->whole) << size;
    const std::vector<TraceEvent>& events = back.trace.events;
    EXPECT_GE(events.size(), most);
    most = events.size();
    EXPECT_TRUE(std::equal(events.begin(), events.end(), trace.events.begin())) << size;
  }
  EXPECT_EQ(most, trace.events.size());
}

TEST(TraceFormat, AByteThatChangesIsNoticed) {
  const std::string bytes = encoded(some_trace());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    const ReadBack back = read_back(changed);
    if (back.end) {
      // A greater size looks like a block that was cut short.
      EXPECT_FALSE(back.end->whole) << at;
      continue;
    }
    EXPECT_LE(back.end.error().offset, bytes.size());
    EXPECT_FALSE(back.end.error().message.empty());
  }
}

// A trace of one block with this payload.
std::string block(std::string payload) {
  const std::uint32_t sum = trace_format::checksum(payload);
  std::string bytes(trace_format::kMagic);
  bytes += static_cast<char>(payload.size());
  bytes += payload;
  for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(sum >> shift & 0xffU);
  return bytes;
}

std::string refusal(const std::string& bytes) {
  const ReadBack back = read_back(bytes);
  return back.end ? "" : std::to_string(back.end.error().offset) + ": " + back.end.error().message;
}

TEST(TraceFormat, WhatCannotBeIsRefusedWithItsOffset) {
  const std::string names("\x01\x01T\x06\x01\x66\x05\x00\x02\x01L\x01L\x00\x00\x00", 16);  // task T, site f:5, lock L
  EXPECT_EQ(refusal(block(names)), "");
  EXPECT_EQ(refusal("T1|acq(L1)|5\n"), "0: this is no trace of the form zoneknot.trace/1 or /2");
  EXPECT_EQ(refusal(block(names + "\x1f")), "34: a record is of no known kind");
  EXPECT_EQ(refusal(block(names + std::string("\x09\x00", 2))), "34: a pool is no semaphore that there is");
  EXPECT_EQ(refusal(block(names + std::string("\x20\x01\x00\x00", 4))), "34: an event names what there is not");
  EXPECT_EQ(refusal(block(names + std::string("\x20\x00\x01\x00", 4))), "34: an event names what there is not");
  EXPECT_EQ(refusal(block(names + std::string("\x60\x00\x00", 3))), "34: an event names what there is not");
  EXPECT_EQ(refusal(block(names + std::string("\x20\x00", 2))), "34: a record goes over the end of its block");
  EXPECT_EQ(refusal(block(names + "\x01\xff\xff\x7f")), "34: a number is out of its range");
  EXPECT_EQ(refusal(block(names + "\x08\x01")), "35: a record follows the end of the trace");
  EXPECT_EQ(refusal(block(names + "\x08") + "x"), "39: bytes follow the end of the trace");
  EXPECT_EQ(refusal(block(names + std::string("\x21\x00\x00\x00\x61\x00\x00", 7))),
            "38: a plain lock is taken that the task has already");
  EXPECT_THAT(refusal(std::string(trace_format::kMagic) + "\xff\xff\xff\x01"), HasSubstr("17: a block is longer than"));
  EXPECT_EQ(refusal(std::string(trace_format::kMagic) + std::string(1, '\0')), "17: a block is empty");
}

constexpr std::string_view kTaskSiteAndLock("\x01\x01T\x06\x01\x66\x05\x00\x02\x01L\x01L\x00\x00\x00", 16);

std::string of_first_form(std::string bytes) {
  return bytes.replace(0, trace_format::kMagic.size(), trace_format::kMagicOfFirstForm);
}

TEST(TraceFormat, TheFirstFormIsReadStill_ButNothingThatItDoesNotHave) {
  const std::string names(kTaskSiteAndLock);
  EXPECT_EQ(refusal(of_first_form(block(names + std::string("\x20\x00\x00\x00", 4)))), "");
  EXPECT_EQ(refusal(of_first_form(block(names + "\x0f\x05"))), "34: a record is of no known kind");
  EXPECT_EQ(refusal(block(names + "\x0f\x05")), "");
  const std::string destroy("\x3b\x00\x00\x00\x00", 5);
  EXPECT_EQ(refusal(of_first_form(block(names + destroy))), "34: a record is of no known kind");
  EXPECT_EQ(refusal(block(names + destroy)), "");
}

TEST(TraceFormat, WhatARecorderTellsIsRefusedWhereItCannotBe) {
  const std::string names(kTaskSiteAndLock);
  EXPECT_EQ(refusal(block(names + std::string("\x0f\x00", 2))), "34: time does not go on");
  EXPECT_EQ(refusal(block(names + std::string("\x0c\x00\x01\x01", 4))), "34: a stack has a place that there is not");
  const std::string stack("\x0c\x00\x01\x00", 4);
  EXPECT_EQ(refusal(block(names + stack)), "");
  EXPECT_EQ(refusal(block(names + stack + stack)), "38: a place has two stacks");
  EXPECT_EQ(refusal(block(names + std::string("\x0e\x00\x01\x01X", 5))), "34: a name is of what there is not");
  EXPECT_EQ(refusal(block(names + std::string("\x0e\x02\x00\x01X", 5))), "34: a number is out of its range");
  EXPECT_EQ(refusal(block(names + std::string("\x3b\x00\x00\x04\x00", 5))), "34: an event names what there is not");
  EXPECT_EQ(refusal(block(names + std::string("\x3b\x00\x00\x00\x00\x61\x00\x00", 8))),
            "39: a lock is taken that has been destroyed");
}

TEST(TraceFormat, TimeGoesOnBetweenEvents) {
  struct Times final : TraceSink {
    void event(const TraceEvent&, const TraceNames&) override { at.push_back(now); }
    void time(std::uint64_t ns) override { now = ns; }
    std::uint64_t now = 0;
    std::vector<std::uint64_t> at;
  };
  const WholeTrace trace = some_trace();
  std::ostringstream out;
  TraceEncoder encoder(out);
  encoder.event(trace.events[0], trace.names);
  encoder.time(5);
  encoder.time(4);  // nothing goes back
  encoder.event(trace.events[1], trace.names);
  encoder.time(1'000'000'005);
  encoder.event(trace.events[2], trace.names);
  encoder.close(trace.names);
  std::istringstream in(out.str());
  TraceNames names;
  Times times;
  const auto end = read_trace(in, names, times);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->ns, 1'000'000'005U);
  EXPECT_THAT(times.at, ElementsAre(0, 5, 1'000'000'005));
}

TEST(TraceFormat, WhatGetsItsNameLateHasItFromThereOn) {
  struct Names final : TraceSink {
    void event(const TraceEvent& event, const TraceNames& names) override { told.push_back(names.tasks[event.task]); }
    std::vector<std::string> told;
  };
  TraceNames names{.tasks = {"thread 1"}, .sites = {{}}};
  const TraceEvent end{.kind = Kind::end};
  std::ostringstream out;
  TraceEncoder encoder(out);
  encoder.event(end, names);
  names.rename({.of = TraceLateName::Of::task, .id = 0, .name = "reaper"});
  encoder.event(end, names);
  encoder.close(names);
  std::istringstream in(out.str());
  TraceNames back;
  Names told;
  ASSERT_TRUE(read_trace(in, back, told));
  EXPECT_THAT(told.told, ElementsAre("thread 1", "reaper"));
  EXPECT_EQ(back, names);
}

// A trace of one lock whose kind and role are one number.
TraceLock lock_of(char kind_and_role, const std::string& lock_class) {
  std::string record("\x02\x01L", 3);
  record += static_cast<char>(lock_class.size());
  record += lock_class + kind_and_role + std::string("\x00\x00", 2);
  return read_back(block(record)).trace.names.locks.at(0);
}

TEST(TraceFormat, ALockHasTheRoleThatIsToldAndInOlderTracesThatOfItsClass) {
  using core::LockKind, core::LockRole;
  for (const LockRole role : {LockRole::none, LockRole::zone, LockRole::device_table}) {
    for (const LockKind kind : {LockKind::plain, LockKind::recursive}) {
      const TraceLock lock = lock_of(static_cast<char>(trace_format::pack(kind, role)), "zone");
      EXPECT_EQ(lock.role, role);
      EXPECT_EQ(lock.kind, kind);
    }
  }
  EXPECT_EQ(lock_of(1, "zone").role, LockRole::zone);
  EXPECT_EQ(lock_of(1, "zone").kind, LockKind::recursive);
  EXPECT_EQ(lock_of(0, "M").role, LockRole::device_table);
  EXPECT_EQ(lock_of(0, "M").kind, LockKind::plain);
  EXPECT_EQ(lock_of(1, "account").role, LockRole::none);
  EXPECT_EQ(refusal(block(std::string("\x02\x01L\x01L\x08\x00\x00", 8))), "18: a number is out of its range");
}

TEST(TraceFormat, NamesThatAreTooLongAreCutByTheWriter) {
  WholeTrace trace = some_trace();
  trace.names.tasks[0] = std::string(kTraceNameBytesMax + 5, 'x');
  const ReadBack back = read_back(encoded(trace));
  ASSERT_TRUE(back.end);
  EXPECT_EQ(back.trace.names.tasks[0].size(), kTraceNameBytesMax);
}

TEST(TraceWriter, RecordsWhatALockWatchIsTold) {
  std::ostringstream out;
  TraceWriter writer(out);
  {
    LockWatch watch(Threads::one);
    watch.add_listener(writer);
    EXPECT_TRUE(watch.wants_accesses());
    const core::Site site = core::Site::current();
    watch.task_started(0, "main");
    watch.lock_created(0, {.lock_class = "zone", .kind = core::LockKind::recursive, .order_key = 3});
    watch.lock_requested(0, 0, site);
    watch.lock_acquired(0, 0, site);
    watch.cell_created(0, "ready");
    watch.cell_accessed(0, 0, core::Access::write, site);
    EXPECT_TRUE(watch.lock_released(0, 0, site));
    watch.task_ended(0, site);
    watch.freeze();
    watch.cell_accessed(0, 0, core::Access::write, site);
  }
  writer.close();
  EXPECT_EQ(writer.events(), 5U);
  EXPECT_FALSE(writer.failed());
  const ReadBack back = read_back(out.str());
  ASSERT_TRUE(back.end && back.end->whole);
  std::vector<Kind> kinds;
  for (const TraceEvent& event : back.trace.events) kinds.push_back(event.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::request, Kind::acquire, Kind::write, Kind::release, Kind::end));
  ASSERT_EQ(back.trace.names.sites.size(), 1U);
  EXPECT_THAT(site_text(core::Site(back.trace.names.sites[0])), HasSubstr("trace_format_test.cc:"));
  EXPECT_EQ(back.trace.names.locks[0].name, "zone 3");
}

// Tasks 0 and 1 have the units and wait for each other's, task 2 goes on.
Verdict verdict_of_units_that_are_all_taken(bool pool) {
  std::stringstream trace;
  TraceWriter writer(trace);
  for (core::TaskId task = 0; task < 3; ++task) writer.task_started(task, "task" + std::to_string(task));
  writer.semaphore_created(0, "slots", 2);
  if (pool) writer.pool_declared(0);
  for (core::TaskId task = 0; task < 2; ++task) writer.semaphore_acquired(task, 0, {});
  for (core::TaskId task = 0; task < 2; ++task) {
    writer.semaphore_requested(task, 0, {});
    writer.wait_began(task, {.kind = core::WaitKind::semaphore, .object = 0}, {});
  }
  writer.close();
  TraceNames names;
  TraceCheck check;
  EXPECT_TRUE(read_trace(trace, names, check).has_value());
  Verdict verdict;
  check.conclude(names, verdict);
  return verdict;
}

TEST(TraceWriter, RecordsThatASemaphoreIsAPool_SoThatNobodyElseCanEndAWaitForIt) {
  const Verdict verdict = verdict_of_units_that_are_all_taken(true);
  EXPECT_EQ(verdict.word, VerdictWord::hang);
  EXPECT_EQ(verdict.scene.tasks.size(), 2U);
  EXPECT_EQ(verdict_of_units_that_are_all_taken(false).word, VerdictWord::clean);
}

TEST(TraceWriter, TasksOnManyThreadsTellItAtTheSameTime) {
  constexpr core::TaskId kTasks = 4;
  constexpr int kRounds = 2000;
  std::ostringstream out;
  TraceWriter writer(out);
  LockWatch watch(Threads::many);
  watch.add_listener(writer);
  const core::Site site = core::Site::current();
  for (core::TaskId task = 0; task < kTasks; ++task) {
    watch.task_started(task, "task");
    watch.lock_created(task, {.lock_class = "own"});
  }
  std::vector<std::thread> threads;
  for (core::TaskId task = 0; task < kTasks; ++task) {
    threads.emplace_back([&watch, task, site] {
      for (int round = 0; round < kRounds; ++round) {
        watch.lock_requested(task, task, site);
        watch.lock_acquired(task, task, site);
        watch.lock_released(task, task, site);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  writer.close();
  const ReadBack back = read_back(out.str());
  ASSERT_TRUE(back.end) << back.end.error().message;
  EXPECT_EQ(back.end->events, std::uint64_t{3} * kTasks * kRounds);
}

TEST(TraceWriter, SaysSoWhenTheStreamFails) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  TraceWriter writer(out);
  writer.close();
  EXPECT_TRUE(writer.failed());
}

}  // namespace
}  // namespace zoneknot::lockcheck
