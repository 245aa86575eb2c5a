// Bad usage and bad input, as a user meets it: one line that says what is wrong, exit code 2, nothing done.
#include <unistd.h>

#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

constexpr const char* kJob =
    "[global]\nfilename=${ZONED}\nzonemode=zbd\nzonesize=1M\n[a]\nrw=randwrite\nbs=16k\nsize=4z\n";

class BadInput : public CommandTest {
 protected:
  // check of kJob with one more option.
  void expect_option_refused(const std::string& option, const std::string& message_part) const {
    expect_refused({"check", job_, option}, message_part);
  }
  // check of kJob with more lines at its end; these begin at line 9.
  void expect_job_refused(const std::string& lines, const std::string& message_part,
                          const Arguments& options = {}) const {
    Arguments arguments = {"check", write("bad.fio", kJob + lines)};
    arguments.insert(arguments.end(), options.begin(), options.end());
    expect_refused(arguments, message_part);
  }

  std::string job_ = write("good.fio", kJob);
};

TEST_F(BadInput, JobFileItself_IsFine) { EXPECT_EQ(zoneknot({"check", job_, "--executions=3"}).code, 0); }

TEST_F(BadInput, MissingJobFile_IsNamed) {
  expect_refused({"check", "nothing.fio"}, "nothing.fio: cannot be opened: No such file");
  expect_refused({"run", "nothing.fio"}, "nothing.fio: cannot be opened: No such file");
  expect_refused({"matrix", job_, "nothing.fio"}, "nothing.fio: cannot be opened: No such file");
}

TEST_F(BadInput, FolderInsteadOfAJobFile_IsNamed) { expect_refused({"check", path("")}, "Is a directory"); }

TEST_F(BadInput, UnreadableJobFile_IsNamed) {
  std::filesystem::permissions(job_, std::filesystem::perms::none);
  expect_refused({"check", job_}, "good.fio: cannot be opened: Permission denied", FileModes::obeyed);
}

TEST_F(BadInput, JobFileWithoutAJob_IsRefused) {
  expect_refused({"check", write("empty.fio", "")}, "no job");
  expect_refused({"check", write("global.fio", "[global]\nbs=4k\n")}, "no job");
}

TEST_F(BadInput, UnknownOption_IsNamedWithItsPlace) {
  expect_job_refused("  zonesise=1M\n", "bad.fio:9:3: unknown option 'zonesise' (did you mean 'zonesize'?)");
}

TEST_F(BadInput, ValueThatIsNone_IsNamedWithItsPlace) { expect_job_refused("iodepth=many\n", "bad.fio:9:9: "); }

TEST_F(BadInput, VariableThatIsNotSet_IsNamed) {
  expect_job_refused("number_ios=${ZONEKNOT_TEST_NOT_SET}\n", "ZONEKNOT_TEST_NOT_SET");
}

TEST_F(BadInput, JobBeyondTheDevice_IsRefusedAtItsOption) {
  expect_job_refused("offset=17z\nsize=0\n", "bad.fio:9:8: offset 17825792 bytes is not below the device's size",
                     {"--device=sim:zones=16"});
}

TEST_F(BadInput, OffsetThatWasAddedUp_IsRefusedAtWhatWasAdded) {
  expect_job_refused("numjobs=20\noffset_increment=1z\nsize=0\n", "bad.fio:10:18: offset 16777216 bytes is not below",
                     {"--device=sim:zones=16"});
}

TEST_F(BadInput, ZoneSizeThatIsNoMultipleOfTheBlock_IsRefused) {
  expect_job_refused("zonesize=1000000\n", "bad.fio:9:10: ");
  expect_option_refused("--device=sim:size=5000", "zone size 5000 is not a multiple of the block size 4096");
}

TEST_F(BadInput, ZoneSizeThatIsNotTheDevices_IsRefused) {
  expect_option_refused("--device=sim:size=2M",
                        "good.fio:4:10: zonesize is 1048576 bytes, but the device's zones have");
}

TEST_F(BadInput, ZoneSizeThatIsNoMultipleOfABlockToBeVerified_IsRefused) {
  expect_job_refused("bs=12k\nverify=crc32c\n", "bad.fio:9:4: the zone size of 1048576 bytes is not a multiple of",
                     {"--fixes=fio-3.33"});
}

TEST_F(BadInput, ZonesThatNoDeviceHas_AreBlamedOnTheJob) {
  expect_job_refused("zonecapacity=512\n", "bad.fio:9:14: zonecapacity of 512 bytes is not a multiple of");
  expect_job_refused("zonecapacity=1M\n", "bad.fio:9:14: zonecapacity of 1048576 bytes is above the zone size of",
                     {"--device=sim:size=512k"});
}

TEST_F(BadInput, BlockBesideARangeThatVerifyCannotHave_IsNamedWithItsPlace) {
  expect_job_refused("bsrange=4k-16k\nverify=crc32c\nbs=4k,4k,12k\n",
                     "bad.fio:11:4: the zone size of 1048576 bytes is not a multiple of the block size 12288 bytes, "
                     "which verify needs",
                     {"--fixes=fio-3.33"});
}

TEST_F(BadInput, ControlCharacters_DoNotReachTheTerminal) {
  const std::string name = "\x1b[31mred\xc2\x9b.fio";
  expect_refused({"check", name}, "?[31mred?.fio: cannot be opened");
  const Ended ended = zoneknot({"check", write(name, kJob), "--executions=3", "--fixes=none"});
  EXPECT_THAT(ended.out, ::testing::HasSubstr("?[31mred"));
  EXPECT_EQ((ended.out + ended.err).find('\x1b'), std::string::npos);
}

TEST_F(BadInput, MoreOpenZonesThanTheDeviceHas_IsRefused) {
  expect_job_refused("max_open_zones=3\n", "bad.fio:9:16: ", {"--device=sim:max-open=2"});
  const Ended ignored =
      zoneknot({"check", write("ignore.fio", std::string(kJob) + "max_open_zones=3\nignore_zone_limits=1\n"),
                "--device=sim:max-open=2", "--executions=1"});
  EXPECT_NE(ignored.code, 2) << ignored.err;
}

TEST_F(BadInput, ContradictionThatABoundWouldHide_IsRefused) {
  expect_job_refused("offset=17z\nsize=0\n", "bad.fio:9:8: ", {"--device=sim:zones=16", "--bound=zones=2"});
}

TEST_F(BadInput, Fixes_AreNamed) {
  expect_option_refused("--fixes=foo", "--fixes: unknown fix set part 'foo'");
  expect_option_refused("--fixes=series,-foo", "'-foo'");
  expect_option_refused("--fixes=series,-swd-skip,-F1", "--fixes: fix 'F1' is named twice");
  expect_option_refused("--fixes=", "--fixes: ");
  expect_option_refused("--fixes=legcy", "(did you mean 'legacy'?)");
  expect_option_refused("--fixes=series,-zone-lok", "(did you mean 'zone-lock'?)");
  expect_option_refused("--fixes=zone-lock", "(did you mean '+zone-lock' or '-zone-lock'?)");
  expect_refused({"matrix", job_, "--fixes=seres"}, "(did you mean 'series'?)");
}

TEST_F(BadInput, Strategy_IsNamed) {
  expect_option_refused("--strategy=guess", "--strategy: unknown strategy 'guess'");
  expect_option_refused("--strategy=rando", "(did you mean 'random'?)");
  expect_option_refused("--strategy=pct:x", "--strategy: pct: depth: ");
  expect_option_refused("--strategy=directed:zone>zone,M", "--strategy: directed: lock orders");
}

TEST_F(BadInput, Format_IsNamed) {
  expect_option_refused("--format=xml", "--format: unknown format 'xml', expected text or json");
}

TEST_F(BadInput, Device_IsNamed) {
  expect_option_refused("--device=floppy", "--device: 'floppy'");
  expect_option_refused("--device=sim:zoned=4", "unknown key 'zoned' (did you mean 'zones'?)");
  expect_option_refused("--device=sim:zones=0", "zones: '0' is below 1");
  expect_option_refused("--device=sim:dialect=znss", "dialect: 'znss' is none of zns");
  expect_option_refused("--device=sim:like=no-such-report.csv", "no-such-report.csv: ");
  expect_option_refused("--device=sim:start=3:cl:9999", "zone 3 has 9999 blocks written");
  expect_option_refused("--device=sim:zones=4,zones=5", "zones");
}

TEST_F(BadInput, Bound_IsNamed) {
  expect_option_refused("--bound=jobs=2,foo=1", "--bound: unknown bound 'foo'");
  expect_option_refused("--bound=jobs=0", "--bound: jobs: '0' is below 1");
  expect_option_refused("--bound=jobs", "--bound: 'jobs' needs a value");
  expect_option_refused("--bound=blocks=65", "--bound: blocks: 65 blocks of 16384 bytes are more than a zone");
}

TEST_F(BadInput, Numbers_AreNamed) {
  expect_option_refused("--executions=0", "--executions: '0' is below 1");
  expect_option_refused("--executions=x", "--executions: ");
  expect_option_refused("--max-steps=0", "--max-steps: '0' is below 1");
  expect_option_refused("--seed=-1", "--seed: ");
  expect_option_refused("--time=soon", "--time: 'soon' is no time");
  expect_refused({"run", job_, "--watchdog=0"}, "--watchdog: must be above 0");
  expect_refused({"run", job_, "--watchdog=x"}, "--watchdog: 'x' is no time");
}

TEST_F(BadInput, SizeThatNoDeviceCanHave_IsNamedWithItsPlace) {
  expect_job_refused("size=99999999z\n", "bad.fio:9:6: ");
}

TEST_F(BadInput, FaultOfAZoneThatTheDeviceHasNot_IsNamedWithItsPlace) {
  const std::string plan = write("plan.toml", "[[fault]]\non = \"write\"\nzones = [1, 99]\nerror = \"EIO\"\n");
  expect_refused({"check", job_, "--faults=" + plan}, "plan.toml:3:13: zones: there is no zone 99, the device has 16");
}

TEST_F(BadInput, FaultPlan_IsNamedWithItsPlace) {
  const auto expect_plan_refused = [this](const std::string& text, const std::string& message_part) {
    expect_refused({"check", job_, "--faults=" + write("plan.toml", text)}, message_part);
    expect_refused({"matrix", job_ + "@" + path("plan.toml")}, message_part);
  };
  expect_option_refused("--faults=nothing.toml", "nothing.toml: cannot be opened");
  expect_plan_refused("[[fault]\non = \"write\"\n", "plan.toml:1:");
  expect_plan_refused("[[fault]]\non = \"write\"\nerror = \"EWHAT\"\n", "plan.toml:3:9: ");
  expect_plan_refused("[[fault]]\non = \"wrote\"\nerror = \"EIO\"\n", "plan.toml:2:");
  expect_plan_refused("[[fault]]\non = \"write\"\nerror = \"EIO\"\nprobability = 1.5\n", "plan.toml:4:");
  expect_plan_refused("[[fault]]\non = \"write\"\nerror = \"EIO\"\nzone = 3\n", "plan.toml:4:1: ");
  expect_plan_refused("", "plan.toml");
}

TEST_F(BadInput, OutputThatCannotBeWritten_IsSaidBeforeTheSearch) {
  const std::string hangs = job_file("two-jobs.fio");
  const std::string nowhere = path("no/such/folder/out");
  expect_refused({"check", hangs, "--fixes=legacy", "-o", nowhere}, "cannot be written: No such file");
  expect_refused({"check", hangs, "--fixes=legacy", "--executions=1000000000", "-o", path("")}, "cannot be written");
  expect_refused({"matrix", job_, "--executions=1000000000", "-o", nowhere}, "cannot be written: No such file");
  expect_refused({"matrix", job_, "--witnesses=" + job_ + "/folder"}, "--witnesses: ");
  expect_refused({"run", job_, "-o", nowhere}, "cannot be written: No such file");
}

TEST_F(BadInput, ExpectedTableThatIsNone_IsNamed) {
  expect_refused({"matrix", job_, "--expect=nothing.json"}, "nothing.json: cannot be opened");
  expect_refused({"matrix", job_, "--expect=" + job_}, "good.fio: is not a table");
  expect_refused({"matrix", job_, "--expect=" + write("t.json", R"({"schema":"zoneknot.matrix/1"})")}, "t.json: ");
}

TEST_F(BadInput, UnknownCommandsAndOptions_AreNamed) {
  expect_refused({"chek", job_}, "unknown command 'chek' (did you mean 'check'?)");
  expect_refused({"check", job_, "--bogus"}, "unknown option '--bogus'; zoneknot help check names them");
  expect_refused({"check", job_, "--executons=5"}, "'--executons' (did you mean '--executions'?)");
  expect_refused({"matrix", job_, "--witness", "w"}, "(did you mean '--witnesses'?)");
  expect_refused({"--verison"}, "(did you mean '--version'?)");
  expect_refused({"check"}, "JOB is required");
  expect_refused({"check", job_, job_}, "JOB");
  expect_refused({"replay"}, "WITNESS is required");
}

TEST_F(BadInput, SearchOnARealDevice_IsRefused) {
  expect_option_refused("--device=file:" + path("device"), "--device: ");
  expect_option_refused("--device=/dev/null", "--device: ");
}

TEST_F(BadInput, DeviceThatIsNoRegularFile_IsLeftAlone) {
  expect_refused({"run", job_, "--device=/dev/null"}, "/dev/null");
  expect_refused({"run", job_, "--device=/dev/null", "--destroy-data"}, "/dev/null");
  expect_refused({"run", job_, "--device=file:/dev/null", "--destroy-data"}, "/dev/null: is not a regular file");
  std::filesystem::create_directory(path("folder"));
  expect_refused({"run", job_, "--device=file:" + path("folder"), "--destroy-data"}, "is not a regular file");
  expect_refused({"run", job_, "--device=file:" + path("no/device")}, "cannot be made: No such file");
  expect_refused({"run", job_, "--device=file:"}, "'file:' needs a path");
}

TEST_F(BadInput, FileWithData_IsWrittenOnlyWhenTheUserSaysSo) {
  const std::string precious(100'000, 'p');
  const std::string device = write("precious", precious);
  expect_refused({"run", job_, "--device=file:" + device}, "only with --destroy-data");
  EXPECT_EQ(read("precious"), precious);
  const Ended ended = zoneknot({"run", job_, "--device=file:" + device, "--destroy-data"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(read("precious").substr(0, precious.size()), precious);
}

TEST_F(BadInput, RunOfAContradictoryJob_MakesNoFile) {
  const std::string bad = write("bad.fio", std::string(kJob) + "offset=17z\n");
  expect_refused({"run", bad, "--device=file:" + path("device") + ",zones=16"}, "bad.fio:9:8: ");
}

}  // namespace
}  // namespace zoneknot::tools
