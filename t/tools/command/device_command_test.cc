// device as a user meets it: the language of zone commands, what came of them, and reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "t/tools/command/command_bench.h"

namespace zoneknot::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kNullBlk =
    "sim:dialect=null_blk,host=write-plug,zones=16,size=4M,capacity=3M,conventional=2,max-open=3,max-active=5";
constexpr const char* kQemu = "sim:dialect=qemu,zones=16,size=4M,capacity=3M,max-open=3,max-active=5";

class DeviceCommand : public CommandTest {
 protected:
  // What a script gives on a target that can carry it out.
  [[nodiscard]] std::string played(const std::string& target, const std::string& script) const {
    const Ended ended = zoneknot({"device", target, write("script", script)});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.err, "");
    return ended.out;
  }
  void expect_refused(const std::string& target, const std::string& script, const std::string& message) const {
    const Ended ended = zoneknot({"device", target, write("script", script)});
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, "zoneknot: " + path("script") + message + "\n");
  }
};

TEST_F(DeviceCommand, EveryLineSaysWhatItDidAndWhichZonesChanged) {
  EXPECT_EQ(played(kNullBlk,
                   "# a comment\n"
                   "write 3 wp 8\n"
                   "\n"
                   "  write  3 0 1   # off the pointer\n"
                   "read 3 6 4\n"
                   "open 4 2\n"
                   "close 4 2\n"
                   "finish 3\n"
                   "set-offline 5\n"
                   "set-readonly 0\n"),
            "2 write 3 wp 8 -> ok\n"
            "  zone=3 cond=IOPEN wp=8\n"
            "4 write  3 0 1 -> EIO\n"
            "5 read 3 6 4 -> ok stamps=2.6,0 runs=2.6+2/ff+2\n"
            "6 open 4 2 -> ok\n"
            "  zone=4 cond=EOPEN wp=0\n"
            "  zone=5 cond=EOPEN wp=0\n"
            "7 close 4 2 -> ok\n"
            "  zone=4 cond=EMPTY wp=0\n"
            "  zone=5 cond=EMPTY wp=0\n"
            "8 finish 3 -> ok\n"
            "  zone=3 cond=FULL wp=-\n"
            "9 set-offline 5 -> ok\n"
            "  zone=5 cond=OFFLINE wp=-\n"
            "10 set-readonly 0 -> EINVAL\n");
}

TEST_F(DeviceCommand, ReportShowsEveryZone) {
  EXPECT_EQ(played("sim:zones=3,size=4M,capacity=3M,conventional=1,filled=2", "report\n"),
            "1 report -> ok\n"
            "  zone=0 type=CNV cond=NOT_WP wp=- cap=1024\n"
            "  zone=1 type=SWR cond=EMPTY wp=0 cap=768\n"
            "  zone=2 type=SWR cond=FULL wp=- cap=768\n");
}

// Before the first report all zones count as empty, so that what a device starts with is seen.
TEST_F(DeviceCommand, WhatADeviceStartsWithIsSeenAfterTheFirstCommand) {
  EXPECT_EQ(played("sim:zones=3,size=4M,conventional=1,filled=2", "open 1\n"),
            "1 open 1 -> ok\n"
            "  zone=1 cond=EOPEN wp=0\n"
            "  zone=2 cond=FULL wp=-\n");
}

TEST_F(DeviceCommand, TheDevicesEndIsThatOfAFile) {
  EXPECT_EQ(played("sim:zones=2,size=16k,conventional=2",
                   "write 1 3 4\nread 1 2 8\nread 1 4 1\nwrite 1 4 1\nread 0 8 1\nreset 1 2\nreset 1 0\n"),
            "1 write 1 3 4 -> SHORT done=1\n"
            "2 read 1 2 8 -> SHORT done=2 stamps=-,1 runs=-+1/1.0+1\n"
            "3 read 1 4 1 -> EOF\n"
            "4 write 1 4 1 -> ENOSPC\n"
            "5 read 0 8 1 -> EOF\n"
            "6 reset 1 2 -> EINVAL\n"
            "7 reset 1 0 -> EINVAL\n");
}

TEST_F(DeviceCommand, AppendSaysWhereItWentAndWhyItDidNot) {
  EXPECT_EQ(played(kQemu, "append 3 8\nappend 3 33\nwrite 3 8 760\nappend 3 1\nread 3 0 1\nappend 4 129\n"),
            "1 append 3 8 -> ok at=0\n"
            "  zone=3 cond=IOPEN wp=8\n"
            "2 append 3 33 -> EOPNOTSUPP status=0x002\n"
            "3 write 3 8 760 -> ok\n"
            "  zone=3 cond=FULL wp=-\n"
            "4 append 3 1 -> EIO status=0x1b9\n"
            "5 read 3 0 1 -> ok stamps=1.0,0 runs=1.0+1\n"
            "6 append 4 129 -> EINVAL\n");
}

TEST_F(DeviceCommand, APowerCutClosesOpenZones) {
  EXPECT_EQ(played("sim:zones=4,size=1M", "open 1\nwrite 2 wp 3\nopen 3\nwrite 3 wp 1\npower-cut\nread 2 0 3\n"),
            "1 open 1 -> ok\n  zone=1 cond=EOPEN wp=0\n"
            "2 write 2 wp 3 -> ok\n  zone=2 cond=IOPEN wp=3\n"
            "3 open 3 -> ok\n  zone=3 cond=EOPEN wp=0\n"
            "4 write 3 wp 1 -> ok\n  zone=3 cond=EOPEN wp=1\n"
            "5 power-cut -> ok\n  zone=1 cond=EMPTY wp=0\n  zone=2 cond=CLOSED wp=3\n  zone=3 cond=CLOSED wp=1\n"
            "6 read 2 0 3 -> ok stamps=2.0,0 runs=2.0+3\n");
}

TEST_F(DeviceCommand, AFileKeepsTheSameDataAsMemory) {
  const std::string script =
      "write 0 5 9\nwrite 0 7 2\nwrite 3 wp 40\nread 3 30 20\nread 0 0 20\nreset 3\nread 3 0 4\nfinish 3\nread 3 0 4\n";
  const std::string keys = "dialect=null_blk,zones=4,size=4M,capacity=3M,conventional=1";
  EXPECT_EQ(played("file:" + path("device") + "," + keys, script), played("sim:" + keys, script));
  EXPECT_EQ(std::filesystem::file_size(path("device")), 16U << 20U);
}

TEST_F(DeviceCommand, WhatIsWrongIsFoundBeforeTheFirstLineIsPlayed) {
  const std::string good = "write 1 wp 1\n";
  expect_refused("sim", good + " wrte 1 wp 1\n", ":2:2: unknown command 'wrte' (did you mean 'write'?)");
  expect_refused("sim", good + "write 1 2\n", ":2:1: expected: write ZONE OFFSET|wp BLOCKS");
  expect_refused("sim", good + "reset 1 2 3\n", ":2:11: expected: reset ZONE [COUNT] or reset all");
  expect_refused("sim", good + "reset all 1\n", ":2:11: reset all takes nothing more");
  expect_refused("sim", good + "read 1 wp 1\n", ":2:8: offset 'wp' is not a whole number");
  expect_refused("sim", good + "write 1 wp 0\n", ":2:12: length '0' is below 1");
  expect_refused("sim", good + "write 1 -1 1\n", ":2:9: offset '-1' is not a whole number");
  expect_refused("sim", good + "open 16\n", ":2:6: zone 16 is beyond the device's 16 zones");
  expect_refused("sim", good + "write 1 0 262145\n", ":2:11: 262145 blocks are more than 1 GiB");
  expect_refused(kNullBlk, good + "append 3 1\n", ":2:1: 'append 3 1': null_blk has no zone append");
  expect_refused(kQemu, good + "set-readonly 3\n",
                 ":2:1: 'set-readonly 3': qemu has no way to make a zone read-only or offline");
}

TEST_F(DeviceCommand, UnknownDialectsAndHostsAreNamed) {
  EXPECT_EQ(zoneknot({"device", "sim:dialect=nulblk", write("script", "report\n")}).err,
            "zoneknot: TARGET: dialect: 'nulblk' is none of zns, zbc, null_blk, qemu, scsi_debug (did you mean "
            "'null_blk'?)\n");
  EXPECT_EQ(zoneknot({"device", "sim:host=plug", write("script", "report\n")}).err,
            "zoneknot: TARGET: host: 'plug' is none of raw, write-lock, write-plug\n");
}

TEST_F(DeviceCommand, JsonSaysTheSameAsText) {
  const Ended ended = zoneknot({"device", kNullBlk, write("script", "write 3 wp 2\nread 3 0 3\n"), "--format=json"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out, R"({"schema": "zoneknot.device-1", "target": ")" + std::string(kNullBlk) +
                           R"(", "commands": [
{"line": 1, "command": "write 3 wp 2", "result": "ok", "zones": [{"zone": 3, "cond": "IOPEN", "wp": 2}]},
{"line": 2, "command": "read 3 0 3", "result": "ok", "runs": [{"blocks": 2, "line": 1, "index": 0}, {"blocks": 1, "is": "ones"}], "zones": []}
]}
)");
}

TEST_F(DeviceCommand, ReportIsThatOfZbdUtils) {
  const std::string device = "sim:zones=3,size=4M,capacity=3M,conventional=1,filled=2";
  EXPECT_EQ(zoneknot({"device", device, "--report"}).out,
            "Zone 00000: cnv, ofst 00000000000000, len 00000004194304, cap 00000004194304\n"
            "Zone 00001: swr, ofst 00000004194304, len 00000004194304, cap 00000003145728, wp 00000004194304, em, "
            "non_seq 0, reset 0\n"
            "Zone 00002: swr, ofst 00000008388608, len 00000004194304, cap 00000003145728, wp 00000012582912, fu, "
            "non_seq 0, reset 0\n");
  EXPECT_THAT(zoneknot({"device", device, "--report", "-ro", "fu"}).out, StartsWith("Zone 00002: swr"));
  EXPECT_EQ(zoneknot({"device", device, "--report", "-ro", "xx"}).code, 2);
  EXPECT_THAT(zoneknot({"device", device, "--report", "-csv"}).out,
              HasSubstr("00002, 2, 00000008388608, 00000004194304, 00000003145728, 00000012582912, 0xe, 0, 0\n"));
}

TEST_F(DeviceCommand, WhatIsNoZonedBlockDeviceIsRefused) {
  EXPECT_EQ(zoneknot({"device", "/dev/null", write("script", "report\n")}).code, 2);
}

TEST_F(DeviceCommand, DialectsAreListed) {
  EXPECT_THAT(zoneknot({"device", "--dialects"}).out, StartsWith("| | `zns` | `zbc` | `null_blk` |"));
}

}  // namespace
}  // namespace zoneknot::tools
