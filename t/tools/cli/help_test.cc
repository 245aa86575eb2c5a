// What a user is told of commands, options and their values without a page at hand; and inputs that come by a pipe.
#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;

constexpr const char* kWriters =
    "[w]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\nmax_open_zones=2\nioengine=libaio\nrw=randwrite\nnorandommap="
    "1\n"
    "bs=16k\niodepth=4\nsize=4z\nio_size=256k\nnumjobs=2\n";

class Help : public CommandTest {};

TEST_F(Help, IsACommandAndAnOption) {
  const Ended all = zoneknot({"help"});
  EXPECT_EQ(all.code, 0);
  EXPECT_EQ(all.out, zoneknot({"--help"}).out);
  EXPECT_THAT(all.out, HasSubstr("lockcheck"));
  const Ended one = zoneknot({"help", "check"});
  EXPECT_EQ(one.code, 0);
  EXPECT_THAT(one.out, HasSubstr("--executions"));
  expect_refused({"help", "chek"}, "unknown command 'chek' (did you mean 'check'?)");
  expect_refused({"help", "check", "run"}, "help: names one command at most");
}

TEST_F(Help, NamesExitCodesFixesAndKeysOfDevices) {
  EXPECT_THAT(zoneknot({"--help"}).out, HasSubstr("3 stopped before an"));
  for (const std::string command : {"check", "matrix", "prove", "run", "replay", "shrink"}) {
    const std::string text = zoneknot({"help", command}).out;
    EXPECT_THAT(text, HasSubstr("Exit codes: 0 nothing wrong")) << command;
    EXPECT_THAT(text, HasSubstr("fio-newest")) << command;
    EXPECT_THAT(text, HasSubstr("filled")) << command;
  }
}

TEST_F(Help, OfWords_SaysThemAsAReaderDoes) {
  const std::string text = zoneknot({"help", "lockcheck"}).out;
  EXPECT_THAT(text, ::testing::Not(HasSubstr("ENUM")));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("->")));
  EXPECT_THAT(text, HasSubstr("--fail-on TEXT "));
  expect_refused({"lockcheck", "t", "--fail-on=soun"},
                 "--fail-on: unknown word 'soun' (did you mean 'sound'?), expected sound, possible or ordered");
  expect_refused({"lockcheck", "t", "--export=st"}, "unknown word 'st' (did you mean 'std'?), expected std or binary");
}

TEST_F(Help, StandardInput_IsAnInputLikeAnyOther) {
  write("w.fio", kWriters);
  const Ended hang = zoneknot_behind("exec <w.fio", {"check", "-", "--fixes=none", "-o", path("w.json")});
  EXPECT_EQ(hang.code, 1) << hang.err;
  EXPECT_THAT(hang.out, HasSubstr("HANG: "));
  EXPECT_EQ(without_next(zoneknot_behind("exec <w.json", {"replay", "-"}).out),
            without_next(zoneknot({"replay", "w.json"}).out));
  EXPECT_EQ(zoneknot_behind("exec <w.fio", {"matrix", "-", "--fixes=none", "--fixes=series"}).code, 0);

  write("plan.toml", "[[fault]]\non = \"write\"\nerror = \"EIO\"\nprobability = 0.5\n");
  const Ended faults = zoneknot_behind("exec <plan.toml", {"run", "w.fio", "--faults=-"});
  EXPECT_EQ(faults.code, 1) << faults.err;
  expect_refused({"check", "-", "--faults=-"}, "--faults: standard input is the job file already");
  expect_refused({"run", "w.fio", "-o", "-"}, "--output: '-' is standard input");
}

TEST_F(Help, TraceMayComeByAPipe) {
  write("w.fio", kWriters);
  for (const std::string form : {"std", "binary"}) {
    static_cast<void>(zoneknot({"run", "w.fio", "--lock-trace=t.bin"}));
    ASSERT_EQ(zoneknot({"lockcheck", "t.bin", "--export=" + form, "-o", "t"}).code, 0);
    const Ended file = zoneknot({"lockcheck", "t", "--format=json"});
    const Ended pipe = zoneknot_behind("exec <t", {"lockcheck", "-", "--format=json"});
    EXPECT_EQ(pipe.code, file.code) << pipe.err;
    const Ended fifo = zoneknot_behind("mkfifo f-" + form + "; (cat t >f-" + form + " &)",
                                       {"lockcheck", "f-" + form, "--format=json"});
    EXPECT_EQ(fifo.code, file.code) << fifo.err;
    EXPECT_EQ(text_field(fifo.out, "strategy"), text_field(file.out, "strategy"));
  }
}

TEST_F(Help, CommandsToType_AreQuotedAndSayHowTheProgramWasCalled) {
  const std::string job = write("my job's.fio", kWriters);
  const Ended ended = zoneknot({"check", job, "--fixes=none"});
  ASSERT_EQ(ended.code, 1);
  const std::size_t at = ended.out.find("to see it again\n");
  ASSERT_NE(at, std::string::npos);
  const std::string command = ended.out.substr(at + 16, ended.out.find('\n', at + 16) - at - 16);
  EXPECT_THAT(command, ::testing::StartsWith(std::string(ZONEKNOT_BINARY) + " replay "));
  const Ended again = ChildProcess("/bin/sh", {"-c", command}, path("")).wait();
  EXPECT_EQ(again.code, 1) << again.err;
  EXPECT_THAT(again.out, HasSubstr("HANG: "));
}

TEST_F(Help, NamesOfDevicesThatAreSimulatedInstead_AreNoted) {
  std::string text = kWriters;
  text.replace(text.find("${ZONED}"), 8, "/dev/nullb0");
  const Ended ended = zoneknot({"check", write("named.fio", text), "--executions=3"});
  EXPECT_THAT(ended.err, HasSubstr("note: filename=/dev/nullb0 is simulated, as --device=sim:zones=16,size=1M;"));
  EXPECT_EQ(zoneknot({"check", "named.fio", "--executions=3", "--device=sim:zones=20"}).err, "");
}

}  // namespace
}  // namespace zoneknot::tools
