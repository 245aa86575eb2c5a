// record as a user meets it: a program that knows nothing of it, every kind of object that threads meet at, forks,
// exec, and all the ways in which a program ends.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lockcheck/trace/trace_event.h"
#include "t/tools/command/command_bench.h"
#include "tools/witness/trace_file.h"

namespace zoneknot::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::StartsWith;
using Kind = lockcheck::TraceEventKind;

#ifdef ZONEKNOT_EVERY_KIND

struct Recorded {
  lockcheck::TraceNames names;
  std::vector<lockcheck::TraceEvent> events;
  lockcheck::TraceEnd end;
};

// "request", "acquire", …, as lockcheck/trace/trace_event.h has them.
constexpr std::array<const char*, lockcheck::kTraceEventKinds> kWords = {
    "request",       "acquire",       "release",       "refuse",   "fork",      "join",        "end",
    "enter",         "signal",        "broadcast",     "wake",     "take unit", "refuse unit", "add units",
    "read",          "write",         "wait",          "wait end", "drop",      "assertion",   "request unit",
    "request share", "acquire share", "release share", "woke",     "arrive",    "pass",        "destroy"};

// "main acquire mutex first"; of waits nothing is said, they depend on who comes first.
std::vector<std::string> told(const Recorded& recorded) {
  std::vector<std::string> all;
  for (const lockcheck::TraceEvent& event : recorded.events) {
    if (event.kind == Kind::wait || event.kind == Kind::wait_end) continue;
    std::string text = recorded.names.tasks[event.task] + " " + kWords.at(static_cast<std::size_t>(event.kind));
    switch (shape_of(event.kind).object) {
      case lockcheck::TraceObject::lock:
        text += " " + recorded.names.locks[event.object].name;
        break;
      case lockcheck::TraceObject::task:
        text += " " + recorded.names.tasks[event.object];
        break;
      case lockcheck::TraceObject::condition:
        text += " " + recorded.names.conditions[event.object];
        break;
      default:
        break;
    }
    all.push_back(text);
  }
  return all;
}

std::vector<std::string> of_task(const std::vector<std::string>& events, const std::string& task) {
  std::vector<std::string> own;
  for (const std::string& event : events) {
    if (event.starts_with(task + " ")) own.push_back(event.substr(task.size() + 1));
  }
  return own;
}

class RecordCommand : public CommandTest {
 protected:
  Ended record(const std::vector<std::string>& words) {
    std::vector<std::string> all = {"record", "-o", path("trace"), "--"};
    all.insert(all.end(), words.begin(), words.end());
    return zoneknot(all);
  }
  Recorded read(const std::string& trace) {
    Recorded recorded;
    lockcheck::TraceInMemory events;
    const auto end = read_trace_file(trace, recorded.names, events);
    recorded.events = events.events;
    EXPECT_TRUE(end) << end.error().to_string();
    if (end) recorded.end = *end;
    return recorded;
  }
  Recorded of_kind(const std::string& kind) {
    const Ended ended = record({ZONEKNOT_EVERY_KIND, kind});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.out, "done\n");
    EXPECT_EQ(ended.err, "");
    Recorded recorded = read(path("trace"));
    EXPECT_TRUE(recorded.end.whole);
    return recorded;
  }
  // The traces of other processes than the one that was started.
  std::vector<std::string> others() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path("."))) {
      const std::string name = entry.path().filename();
      if (name.starts_with("trace.")) found.push_back(entry.path());
    }
    return found;
  }
};

TEST_F(RecordCommand, AnInversionOfTwoMutexes_IsPredictedWithItsCallers) {
  of_kind("inversion");
  const Ended ended = zoneknot({"lockcheck", path("trace")});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("POSSIBLE: 1 predicted deadlock, a sound one"));
  EXPECT_THAT(ended.out, HasSubstr("has mutex first since"));
  EXPECT_THAT(ended.out, HasSubstr("at inversion"));
  EXPECT_THAT(ended.out, HasSubstr("< main"));
  EXPECT_THAT(ended.out, HasSubstr("every_kind_main.cc:"));
  EXPECT_THAT(ended.out, HasSubstr("tell each other nothing by variables"));
  const Ended as_json = zoneknot({"lockcheck", path("trace"), "--format=json"});
  EXPECT_THAT(as_json.out, HasSubstr("\"waits_callers\""));
}

TEST_F(RecordCommand, ALockThatIsCalledAsAMangledTypeIs_KeepsItsName) {
  EXPECT_THAT(told(of_kind("short name")), IsSupersetOf({"main acquire mutex m", "main release mutex m"}));
}

TEST_F(RecordCommand, Mutexes_OfEveryType) {
  const Recorded recorded = of_kind("mutexes");
  const auto events = told(recorded);
  EXPECT_THAT(of_task(events, "main"),
              ElementsAre("request mutex 1 of mutexes", "acquire mutex 1 of mutexes", "request mutex 1 of mutexes",
                          "acquire mutex 1 of mutexes", "release mutex 1 of mutexes", "release mutex 1 of mutexes",
                          "destroy",  //
                          "request mutex 2 of mutexes", "acquire mutex 2 of mutexes", "refuse mutex 2 of mutexes",
                          "release mutex 2 of mutexes", "destroy",  //
                          "fork dies_with_it 2", "join dies_with_it 2", "request mutex 3 of mutexes",
                          "acquire mutex 3 of mutexes", "refuse mutex 3 of mutexes", "refuse mutex 3 of mutexes",
                          "release mutex 3 of mutexes", "destroy"));
  EXPECT_EQ(recorded.names.locks.at(0).kind, core::LockKind::recursive);
  EXPECT_EQ(recorded.names.locks.at(1).kind, core::LockKind::plain);
  // A robust mutex is given back by the kernel.
  EXPECT_THAT(of_task(events, "dies_with_it 2"), ElementsAre("request mutex 3 of mutexes", "acquire mutex 3 of mutexes",
                                                             "release mutex 3 of mutexes", "end"));
  EXPECT_EQ(zoneknot({"lockcheck", path("trace")}).code, 0);
}

TEST_F(RecordCommand, ReaderWriterLocks) {
  const Recorded recorded = of_kind("rwlocks");
  EXPECT_THAT(told(recorded),
              ElementsAre("main request share rwlock 1 of rwlocks", "main acquire share rwlock 1 of rwlocks",
                          "main request share rwlock 1 of rwlocks", "main acquire share rwlock 1 of rwlocks",
                          "main refuse rwlock 1 of rwlocks", "main refuse rwlock 1 of rwlocks",
                          "main release share rwlock 1 of rwlocks", "main release share rwlock 1 of rwlocks",
                          "main request rwlock 1 of rwlocks", "main acquire rwlock 1 of rwlocks",
                          "main refuse rwlock 1 of rwlocks", "main release rwlock 1 of rwlocks", "main destroy"));
  EXPECT_EQ(recorded.names.locks.at(0).readers, core::Readers::first);
}

TEST_F(RecordCommand, AnInversionOfReaderWriterLocks_IsPredicted) {
  of_kind("rwlock-inversion");
  const Ended ended = zoneknot({"lockcheck", path("trace")});
  EXPECT_EQ(ended.code, 1);
  // What is sound keeps every share behind the sections of its lock that came before it.
  EXPECT_THAT(ended.out, StartsWith("POSSIBLE: 1 predicted deadlock, not a sound one"));
  EXPECT_THAT(ended.out, HasSubstr("has a share of rwlock table"));
  EXPECT_THAT(ended.out, HasSubstr("waits for rwlock journal"));
  EXPECT_THAT(ended.out, HasSubstr("rwlock_inversion"));
}

// The writer came later; it could have come between.
TEST_F(RecordCommand, AShareThatIsTakenAgain_IsPredictedToWaitForAWriter) {
  of_kind("rwlock-read-again");
  const Ended ended = zoneknot({"lockcheck", path("trace")});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, StartsWith("POSSIBLE: 1 predicted deadlock, a sound one"));
  EXPECT_THAT(ended.out, HasSubstr("waits for a share of rwlock writers_first"));
  EXPECT_THAT(ended.out, HasSubstr("has the next turn at rwlock writers_first"));
}

TEST_F(RecordCommand, AShareThatIsTakenAgainBehindAWaitingWriter_Hangs) {
  EXPECT_EQ(record({ZONEKNOT_EVERY_KIND, "rwlock-stuck"}).code, 128 + SIGALRM);
  const Ended ended = zoneknot({"lockcheck", path("trace")});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, StartsWith("HANG: main and writes 2 wait on each other for ever"));
  EXPECT_THAT(ended.out, HasSubstr("waits for ever for a share of rwlock writers_first"));
}

TEST_F(RecordCommand, SpinLocks) {
  EXPECT_THAT(
      told(of_kind("spin-locks")),
      ElementsAre("main request spin lock 1 of spin_locks", "main acquire spin lock 1 of spin_locks",
                  "main refuse spin lock 1 of spin_locks", "main release spin lock 1 of spin_locks", "main destroy"));
}

TEST_F(RecordCommand, ConditionVariables) {
  const auto events = told(of_kind("conditions"));
  // Once in vain, and then woken by a thread that has called itself so.
  EXPECT_THAT(of_task(events, "main"), IsSupersetOf({"enter condition changed", "fork signaller 2",
                                                     "woke condition changed", "join signaller 2", "destroy"}));
  EXPECT_EQ(std::ranges::count(events, "main enter condition changed"), 2);
  EXPECT_EQ(std::ranges::count(events, "main woke condition changed"), 1);
  EXPECT_THAT(of_task(events, "signaller 2"),
              ElementsAre("request mutex first", "acquire mutex first", "signal condition changed",
                          "release mutex first", "broadcast condition changed", "end"));
}

TEST_F(RecordCommand, Semaphores) {
  const Recorded recorded = of_kind("semaphores");
  EXPECT_THAT(told(recorded), ElementsAre("main request unit", "main take unit", "main take unit", "main refuse unit",
                                          "main refuse unit", "main add units", "main destroy"));
  EXPECT_EQ(recorded.names.semaphores.at(0).count, 2U);
}

TEST_F(RecordCommand, Barriers) {
  const Recorded recorded = of_kind("barriers");
  const auto events = told(recorded);
  EXPECT_THAT(of_task(events, "main"), ElementsAre("fork arrives 2", "arrive", "pass", "join arrives 2", "destroy"));
  EXPECT_THAT(of_task(events, "arrives 2"), ElementsAre("arrive", "pass", "end"));
  EXPECT_EQ(recorded.names.barriers.at(0).count, 2U);
  EXPECT_EQ(recorded.names.barriers.at(0).name, "barrier start_line");
}

TEST_F(RecordCommand, WhatIsDoneOnceIsALockOfWhoeverDoesIt) {
  const auto events = told(of_kind("onces"));
  const auto& own = of_task(events, "main");
  ASSERT_GE(own.size(), 6U);
  EXPECT_THAT(std::vector<std::string>(own.begin(), own.begin() + 6),
              ElementsAre("request once once", "acquire once once", "request mutex first", "acquire mutex first",
                          "release mutex first", "release once once"));
  // An exception has left it once.
  EXPECT_EQ(std::ranges::count(events, "main acquire once flag"), 2);
  EXPECT_EQ(std::ranges::count(events, "main release once flag"), 2);
  // The other thread found it done.
  EXPECT_THAT(of_task(events, "begins_too 2"), ElementsAre("end"));
}

TEST_F(RecordCommand, AThreadThatIsCancelledInAWaitHasItsMutexAgain) {
  const auto events = told(of_kind("cancelled"));
  EXPECT_THAT(
      of_task(events, "waits_for_ever 2"),
      ElementsAre("request mutex first", "acquire mutex first", "enter condition changed", "release mutex first",
                  "request mutex first", "acquire mutex first", "release mutex first", "end"));
}

TEST_F(RecordCommand, ThreadsOfC11AndOfCPlusPlus) {
  const auto c = told(of_kind("c11"));
  EXPECT_THAT(of_task(c, "c11_thread 2"),
              ElementsAre("request mutex 1 of c11", "acquire mutex 1 of c11", "release mutex 1 of c11", "end"));
  EXPECT_THAT(c, IsSupersetOf({"main enter condition 1 of c11", "main signal condition 1 of c11",
                               "main fork c11_thread 2", "main join c11_thread 2"}));
  const Recorded recorded = of_kind("c++");
  EXPECT_EQ(recorded.names.tasks.size(), 2U);
  // The places are the program's, not the library's.
  for (const lockcheck::TraceEvent& event : recorded.events) {
    if (event.kind != Kind::acquire) continue;
    EXPECT_THAT(recorded.names.sites[event.site].file, HasSubstr("every_kind_main.cc"));
  }
}

TEST_F(RecordCommand, WhatASignalHandlerDoesWhileSomethingElseIsNotedIsNotLost) {
  const Recorded recorded = of_kind("handlers");
  const auto events = told(recorded);
  EXPECT_EQ(std::ranges::count(events, "main add units"), 100);
  EXPECT_EQ(std::ranges::count(events, "main take unit"), 100);
  EXPECT_EQ(std::ranges::count(events, "main acquire mutex first"), 1000);
}

TEST_F(RecordCommand, AForkedProcessHasATraceOfItsOwn_AndWhatItHadBefore) {
  of_kind("forks");
  ASSERT_EQ(others().size(), 1U);
  const auto child = told(read(others().front()));
  EXPECT_THAT(of_task(child, "main"), ElementsAre("acquire mutex first", "release mutex first",
                                                  "fork in_the_other_order 2", "join in_the_other_order 2"));
  EXPECT_EQ(zoneknot({"lockcheck", others().front()}).code, 0);
}

TEST_F(RecordCommand, AChildThatWaitsForALockOfAThreadThatIsNotThere_Hangs) {
  of_kind("fork-with-lock");
  ASSERT_EQ(others().size(), 1U);
  const Ended ended = zoneknot({"lockcheck", others().front()});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("HANG: main waits for mutex second for ever"));
  EXPECT_THAT(ended.out, HasSubstr("(of the parent)"));
}

TEST_F(RecordCommand, AnotherProgramInTheSameProcess_HasATraceOfItsOwn) {
  of_kind("exec");
  ASSERT_EQ(others().size(), 1U);
  EXPECT_EQ(zoneknot({"lockcheck", others().front()}).code, 1);
}

TEST_F(RecordCommand, AHangIsInTheTraceOfWhoeverWasKilledInIt) {
  for (const auto& [kind, code] : {std::pair("killed", 128 + SIGKILL), std::pair("crashed", 128 + SIGSEGV)}) {
    EXPECT_EQ(record({ZONEKNOT_EVERY_KIND, kind}).code, code);
    EXPECT_FALSE(read(path("trace")).end.whole);
    const Ended ended = zoneknot({"lockcheck", path("trace")});
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.out, HasSubstr("HANG: main and waits_for_first 2 wait on each other for ever"));
  }
}

TEST_F(RecordCommand, TheProgramsExitCodeAndOutputAreItsOwn) {
  const Ended ended = record({ZONEKNOT_EVERY_KIND, "status"});
  EXPECT_EQ(ended.code, 42);
  EXPECT_EQ(ended.out + ended.err, "");
  const Ended words = record({"/bin/echo", "--help", "", "-o", "a b", "--"});
  EXPECT_EQ(words.out, "--help  -o a b --\n");
}

TEST_F(RecordCommand, ANumberThatIsCountedUpOrdersEventsToo) {
  const Ended ended = ChildProcess("/usr/bin/env",
                                   {"ZONEKNOT_RECORD_CLOCK=sequence", ZONEKNOT_BINARY, "record", "-o", path("trace"),
                                    "--", ZONEKNOT_EVERY_KIND, "inversion"},
                                   path("."))
                          .wait();
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(zoneknot({"lockcheck", path("trace")}).code, 1);
}

TEST_F(RecordCommand, WhatDoesNotFitIntoTheLimitIsCut_AndSaidSo) {
  const Ended ended = zoneknot({"record", "-o", path("trace"), "--limit=32k", "--", ZONEKNOT_EVERY_KIND, "handlers"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("was cut: there was no more room (--limit)"));
  EXPECT_FALSE(read(path("trace")).end.whole);
}

#endif

class RecordRefuses : public CommandTest {
 protected:
  void refused(const std::string& program, const std::string& why) {
    const std::vector<std::string> before = files();
    const Ended ended = zoneknot({"record", "-o", path("trace"), "--", program});
    EXPECT_EQ(ended.code, 2) << program;
    EXPECT_EQ(files(), before) << program << " left something behind";
    EXPECT_THAT(ended.err, HasSubstr(why));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(path("trace")));
  }
};

TEST_F(RecordRefuses, WhatCannotBeLoadedInto_InOneLine) {
  refused("./no-such-program", "No such file");
  refused("no-such-program", "there is no such program in PATH");
  refused("/", "is a folder");
  const std::string text = write("text", "just text\n");
  refused(text, "is not executable");
  chmod(text.c_str(), 0755);
  refused(text, "is no program");
  const std::string script = write("script", "#!/no/such/interpreter -x\n");
  chmod(script.c_str(), 0755);
  refused(script, "No such file");
  if (std::filesystem::exists("/bin/busybox")) refused("/bin/busybox", "is linked statically");
}

TEST_F(RecordRefuses, ProgramsOfAnotherMachine_AndThoseWithOtherRights) {
  std::ifstream file("/bin/true", std::ios::binary);
  const std::string program{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto copy = [&](const std::string& name, const std::string& content) {
    const std::string written = write(name, content);
    chmod(written.c_str(), 0755);
    return written;
  };
  constexpr std::size_t kClass = 4;
  constexpr std::size_t kMachine = 18;
  std::string other = program;
  other[kMachine] = static_cast<char>(other[kMachine] ^ 1);
  refused(copy("other", other), "is a program for another machine");
  other = program;
  other[kClass] = 1;
  refused(copy("small", other), "is a program for another machine");
  refused(copy("cut", program.substr(0, 100)), "is linked statically");
  refused(copy("elf", program.substr(0, 10)), "is no program");
  const std::string others = copy("others", program);
  constexpr uid_t kNobody = 65534;
  if (chown(others.c_str(), kNobody, kNobody) != 0) GTEST_SKIP() << "only root gives a file away";
  chmod(others.c_str(), 04755);
  refused(others, "runs with other rights than yours");
}

// Whoever kills us leaves the folder to the next recording.
TEST_F(RecordRefuses, NothingToSeeAgain_OfARecordingThatWasKilled) {
  {
    ChildProcess killed = start({"record", "-o", path("trace"), "--", "/bin/sleep", "1"});
    for (int i = 0; i < 200 && files().size() < 1; ++i) usleep(10'000);
    usleep(50'000);
  }  // kill -9
  EXPECT_EQ(files().size(), 1U) << "the folder";
  ChildProcess going_on = start({"record", "-o", path("trace"), "--", "/bin/sleep", "1"});
  for (int i = 0; i < 200 && !std::filesystem::exists(path("trace")); ++i) {
    if (i == 20) {
      EXPECT_EQ(zoneknot({"record", "-o", path("trace"), "--", "/bin/true"}).code, 0) << "beside one that goes on";
    }
    usleep(10'000);
  }
  EXPECT_EQ(going_on.wait().code, 0);
  EXPECT_EQ(files(), std::vector<std::string>{"trace"});
}

TEST_F(RecordRefuses, BadUsage) {
  EXPECT_EQ(zoneknot({"record"}).code, 2);
  EXPECT_THAT(zoneknot({"record", "--"}).err, HasSubstr("needs a program"));
  EXPECT_EQ(zoneknot({"record", "/bin/true"}).code, 2);
  EXPECT_EQ(zoneknot({"record", "--limit=nothing", "--", "/bin/true"}).code, 2);
  EXPECT_EQ(zoneknot({"record", "-o", "/no/such/folder/trace", "--", "/bin/true"}).code, 2);
}

}  // namespace
}  // namespace zoneknot::tools
