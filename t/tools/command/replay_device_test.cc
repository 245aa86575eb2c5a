// Witnesses on real threads, and what runs on real devices say before they start.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ReplayDevice : public CommandTest {
 protected:
  // That of the hang of two-jobs.fio.
  std::string witness(const std::string& engine) const {
    const std::string job =
        write("job.fio", "[global]\nfilename=x\nzonemode=zbd\nzonesize=1M\nmax_open_zones=2\nioengine=" + engine +
                             "\nrw=randwrite\nnorandommap=1\nbs=16k\niodepth=4\nsize=4z\n"
                             "io_size=1z\n[first]\n[second]\n");
    const Ended ended = zoneknot({"check", job, "--device=sim", "--fixes=legacy", "-o", path("w.json")});
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    return path("w.json");
  }
  [[nodiscard]] std::string file() const { return "--device=file:" + path("zones"); }
};

TEST_F(ReplayDevice, HangOfAWitness_StopsRealThreadsEveryTime) {
  for (const char* engine : {"libaio", "io_uring"}) {
    const std::string hang = witness(engine);
    for (int i = 0; i < 3; ++i) {
      const Ended ended = zoneknot({"replay", hang, file(), "--destroy-data", "--watchdog=100ms"});
      EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
      EXPECT_THAT(ended.out, HasSubstr(" steps of the witness were followed on " + path("zones"))) << engine;
      EXPECT_THAT(ended.out, HasSubstr("HANG: first and second wait on each other for ever"));
      EXPECT_THAT(ended.out, HasSubstr("--strategy='directed:2*zone@"));
    }
    const Ended series = zoneknot({"replay", hang, "--fixes=series", file(), "--destroy-data"});
    EXPECT_EQ(series.code, 0) << series.out << series.err;
    EXPECT_THAT(series.out, HasSubstr(" steps of the witness were followed on "));
    EXPECT_THAT(series.out, HasSubstr("issued rwts: total=0,64,0,0 errors=0,0,0,0"));
  }
}

// A job that waits for another one to end takes a unit of a semaphore.
TEST_F(ReplayDevice, HangBehindAWaitForAnotherJob_StopsRealThreads) {
  const std::string job =
      write("job.fio",
            "[global]\nfilename=x\nzonemode=zbd\nzonesize=64k\nmax_open_zones=2\nioengine=libaio\nnorandommap=1\n"
            "bs=16k\niodepth=4\nsize=4z\n[first]\nrw=write\nsize=1z\nnumber_ios=1\n"
            "[a]\nrw=randwrite\nwait_for=first\nio_size=2z\n[b]\nrw=randwrite\nwait_for=first\nio_size=2z\n");
  ASSERT_EQ(zoneknot({"check", job, "--device=sim", "--fixes=legacy", "-o", path("w.json")}).code, 1);
  const Ended ended = zoneknot({"replay", path("w.json"), file(), "--destroy-data", "--watchdog=100ms"});
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr(" steps of the witness were followed on " + path("zones")));
  EXPECT_THAT(ended.out, HasSubstr("HANG: a and b wait on each other for ever"));
}

TEST_F(ReplayDevice, DryRun_ChangesNothing) {
  const std::string job = write("job.fio", "[a]\nfilename=x\nzonemode=zbd\nzonesize=1M\nrw=write\nbs=16k\nsize=1z\n");
  const Ended ended = zoneknot({"run", job, file(), "--dry-run"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("a file of 16777216 bytes\nnothing was changed: --dry-run\n"));
  EXPECT_EQ(files(), std::vector<std::string>{"job.fio"});
}

TEST_F(ReplayDevice, Perturbation_NamesItsSeed) {
  const std::string job = write("job.fio", "[a]\nfilename=x\nzonemode=zbd\nzonesize=1M\nrw=write\nbs=64k\nsize=1z\n");
  const Ended given = zoneknot({"run", job, file(), "--perturb=7", "--destroy-data"});
  EXPECT_EQ(given.code, 0) << given.out;
  EXPECT_EQ(given.err, "zoneknot: note: delays of --perturb=7\n");
  const Ended drawn = zoneknot({"run", job, file(), "--perturb", "--destroy-data"});
  EXPECT_THAT(drawn.err, StartsWith("zoneknot: note: delays of --perturb="));
  expect_refused({"run", job, file(), "--perturb=x", "--destroy-data"}, "--perturb: ");
}

TEST_F(ReplayDevice, DeviceThatIsNotHere_GetsAnAssumedGeometryForASearchAlone) {
  const std::string job = write("job.fio", "[a]\nfilename=x\nzonemode=zbd\nzonesize=1M\nrw=write\nbs=64k\nsize=1z\n");
  const Ended ended = zoneknot({"check", job, "--device=/dev/no-such-zoned-device", "--executions=10"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("/dev/no-such-zoned-device: No such file or directory; a geometry is assumed"));
  EXPECT_THAT(ended.out, HasSubstr("the geometry of /dev/no-such-zoned-device, which could not be looked at"));
  expect_refused({"run", job, "--device=/dev/no-such-zoned-device", "--destroy-data"}, "No such file or directory");
  expect_refused({"run", job, file(), "--emulate-zones"}, "--emulate-zones: is for --device=/dev/");
}

TEST_F(ReplayDevice, KeptZones_AreThereForTheNextRun) {
  const std::string head = "[a]\nfilename=x\nzonemode=zbd\nzonesize=1M\nbs=64k\nsize=4z\n";
  const std::string kept = file() + ",keep,zones=4";
  const Ended wrote =
      zoneknot({"run", write("w.fio", head + "rw=write\nio_size=2z\nverify=crc32c\ndo_verify=0\n"), kept});
  EXPECT_EQ(wrote.code, 0) << wrote.out << wrote.err;
  EXPECT_EQ(files(), (std::vector<std::string>{"w.fio", "zones", "zones.zones"}));
  const Ended read_back = zoneknot({"run", write("r.fio", head + "rw=read\n"), kept});
  EXPECT_EQ(read_back.code, 0) << read_back.out << read_back.err;
  EXPECT_THAT(read_back.out, HasSubstr("issued rwts: total=32,0,0,0")) << "two of four zones were written";
  expect_refused({"run", path("r.fio"), file() + ",zones=4"}, "only with --destroy-data");
  expect_refused({"run", path("r.fio"), "--device=sim:keep"}, "keep is for file:");
}

TEST_F(ReplayDevice, RunThatWasKilled_LeavesZonesForTheNext) {
  const std::string job =
      write("job.fio",
            "[a]\nfilename=x\nzonemode=zbd\nzonesize=1M\nrw=randwrite\nnorandommap=1\nbs=16k\nsize=4z\n"
            "time_based\nruntime=1000\n");
  const std::string kept = file() + ",keep,zones=4";
  ChildProcess running = start({"run", job, kept});
  while (!std::filesystem::exists(path("zones.zones"))) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  running.send(SIGKILL);
  static_cast<void>(running.wait());
  const Ended next = zoneknot({"run",
                               write("next.fio",
                                     "[a]\nfilename=x\nzonemode=zbd\nzonesize=1M\nrw=write\nbs=16k\n"
                                     "size=4z\nio_size=4z\n"),
                               kept});
  EXPECT_EQ(next.code, 0) << next.out << next.err;
}

}  // namespace
}  // namespace zoneknot::tools
