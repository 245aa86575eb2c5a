// Job files that are wrong: the one line that a user gets for each.
#include <gtest/gtest.h>

#include "t/tools/jobfile/job_file_text.h"

namespace zoneknot::tools {
namespace {

struct WrongLine {
  std::string text;
  std::string error;
};

// Each text is the fourth line of a section that works; its error is behind "a.fio:4:".
template <std::size_t n>
void expect_errors(const WrongLine (&cases)[n]) {
  for (const WrongLine& c : cases) EXPECT_EQ(error_of(section_with(c.text + "\n")), "a.fio:4:" + c.error);
}

TEST(JobFileErrors, OptionsThatAreUnknownOrNotBuilt) {
  expect_errors({
      {"foo=1", "1: unknown option 'foo'"},
      {"  iodpeth=1", "3: unknown option 'iodpeth' (did you mean 'iodepth'?)"},
      {"sise=4k", "1: unknown option 'sise' (did you mean 'size'?)"},
      {"SIZE=4k", "1: unknown option 'SIZE'"},
      {"direct 1", "1: unknown option 'direct 1' (did you mean 'direct'?)"},
      {"include other.fio", "1: 'include' is not supported yet"},
      {"profile=tiobench", "1: 'profile' is not supported yet"},
      {"trim_backlog=3", "1: 'trim_backlog' is not supported yet"},
      {"directory=/tmp", "1: 'directory' is not supported yet"},
      {"=3", "1: an option without a name"},
      {"\x01\x02=3", "1: unknown option '?\?'"},
  });
}

TEST(JobFileErrors, ValuesAreNamedAtTheirColumn) {
  expect_errors({
      {"iodepth=0", "9: iodepth: '0' is below 1"},
      {"iodepth=4097", "9: iodepth: '4097' is above 4096"},
      {"iodepth = -1", "11: iodepth: '-1' is negative"},
      {"iodepth", "1: 'iodepth' needs a value"},
      {"iodepth=", "9: iodepth: the value is empty"},
      {"size=4kk", "8: size: '4kk' has more than one suffix"},
      {"size=101%", "6: size is above 100 %"},
      {"bs=50%", "6: bs: a percentage as in '50%' is not allowed here"},
      {"zoneskip=1%", "10: a percentage is not allowed here"},
      {"bssplit=4k/10:8k/x", "18: bssplit: 'x' is not a number"},
      {"bssplit=4k:8q", "13: bssplit: unknown suffix 'q'"},
      {"rate=1m,2q", "10: rate: unknown suffix 'q'"},
      {"percentage_random=101", "19: percentage_random: '101' is above 100"},
      {"wait_for=b", "10: there is no earlier section 'b'"},
      {"exit_what=job", "11: exit_what: 'job' is none of group, stonewall, all"},
      {"size=9999999999999999999z", "6: size is too large"},
      {"size=99999999999999999999", "6: size: '99999999999999999999' is too large"},
      {"size=$pagesize", "6: '$pagesize' is not supported yet"},
      {"bs=4k,8k,16k,32k", "14: bs: more than three values (read, write, trim)"},
      {"bs=", "4: bs: the value is empty"},
      {"bs=4k,8q", "8: bs: unknown suffix 'q'"},
      {"bs=0", "4: bs: '0' is below 1"},
      {"bs=2g", "4: bs: '2g' is above 1073741824"},
      {"bs=1000", "4: the block size of 1000 bytes is not a multiple of 512 bytes"},
      {"bsrange=4k", "9: bsrange: '4k' is not a range such as 4k-16k"},
      {"bsrange=4k-8k-16k", "9: bsrange: '4k-8k-16k' is not a range such as 4k-16k"},
      {"bsrange=4k-8k,16k-4k", "15: bsrange: '16k-4k' begins above its end"},
      {"bsrange=4k-", "12: bsrange: the value is empty"},
      {"bsrange=1k-1500", "9: the block size of 1500 bytes is not a multiple of 512 bytes"},
      {"rw=wrtie",
       "4: rw: 'wrtie' is none of read, write, trim, randread, randwrite, randtrim, rw, readwrite, "
       "randrw, trimwrite, randtrimwrite (did you mean 'write'?)"},
      {"rw=randrw:x", "11: rw: 'x' is not a number"},
      {"rw=randrw:-8", "11: rw: '-8' is no number of I/Os"},
      {"rwmixread=101", "11: rwmixread: '101' is above 100"},
      {"rwmixwrite=101", "12: rwmixwrite: '101' is above 100"},
      {"ioengine=vsync", "10: ioengine: 'vsync' is not supported yet"},
      {"ioengine=aio",
       "10: ioengine: 'aio' is none of psync, sync, pvsync, pvsync2, libzbc, libaio, io_uring, "
       "io_uring_cmd"},
      {"verify=md6", "8: verify: 'md6' is no checksum (did you mean 'md5'?)"},
      {"continue_on_error=maybe", "19: continue_on_error: 'maybe' is none of none, read, write, io, verify, all, 0, 1"},
      {"zone_reset_threshold=1.5", "22: zone_reset_threshold: '1.5' is not from 0 to 1"},
      {"runtime=1x", "10: runtime: unknown suffix 'x'"},
      {"direct=2", "8: direct: '2' is neither 0 nor 1"},
      {"thread=yes", "8: thread: 'yes' is neither 0 nor 1"},
      {"numjobs=0", "9: numjobs: '0' is below 1"},
      {"numjobs=4097", "9: numjobs: '4097' is above 4096"},
      {"loops=0", "7: loops: '0' is below 1"},
      {"max_open_zones=4097", "16: max_open_zones: '4097' is above 4096"},
      {"kb_base=1000", "9: kb_base: '1000' is not supported yet"},
      {"kb_base=1", "9: kb_base: '1' is neither 1000 nor 1024"},
      {"filename=/a::/b", "13: filename: the name of a file is empty (a colon in a name is '\\:')"},
      {"filename=/a:", "12: filename: the name of a file is empty"},
      {"file_service_type=turns", "19: file_service_type: 'turns' is none of roundrobin, random, sequential"},
      {"file_service_type=random:x", "26: file_service_type: 'x' is not a number"},
      {"filename=", "10: filename: the value is empty"},
      {"filename=${EMPTY}", "10: filename: the value is empty"},
      {"zonemode=strided", "10: zonemode: 'strided' is not supported yet"},
  });
}

TEST(JobFileErrors, OptionsThatContradictEachOther) {
  expect_errors({
      {"zonesize=1000", "10: zonesize is not a multiple of 512 bytes"},
      {"zonecapacity=2m\nzonesize=1m", "14: zonecapacity of 2097152 bytes is above the zonesize of 1048576 bytes"},
      {"size=8000p\noffset=8000p", "6: offset and size together are too large"},
      {"offset_increment=5000p\nnumjobs=3", "18: the offset of the last of 3 jobs is too large"},
  });
}

TEST(JobFileErrors, SectionsAndLines) {
  const WrongLine cases[] = {
      {"", "a.fio: the file has no job: no section other than [global]"},
      {"; only this", "a.fio: the file has no job: no section other than [global]"},
      {"[global]\nbs=4k\n", "a.fio: the file has no job: no section other than [global]"},
      {"bs=4k\n[a]\n", "a.fio:1:1: 'bs=4k' stands before the first [section]"},
      {"[a\nbs=4k\n", "a.fio:1:1: a section without its closing ']'"},
      {"[a]x\n", "a.fio:1:4: unexpected 'x' after the section"},
      {" []\n", "a.fio:1:2: a section without a name"},
      {"[  ]\n", "a.fio:1:1: a section without a name"},
      {"[\xc3\xa4]\n", "a.fio:1:1: the name of a section is printable ASCII"},
      {"[globalx]\n", "a.fio:1:1: a section whose name begins with 'global' is [global] to fio"},
      {"[a]\nfilename=x\n", "a.fio:1:1: the job is not zonemode=zbd, and other modes are not supported"},
      {std::string("[a]\nbs=4\0k\n", 11), "a.fio:2:5: a NUL byte: this is not a text file"},
      {"[a]\n;" + std::string(kMaxLineBytes, 'x'), "a.fio:2:1: the line is longer than 65536 bytes"},
      {std::string(kMaxInputBytes + 1, '\n'), "a.fio: the file is larger than 1048576 bytes"},
      {"[a]\nsize=${NO_SUCH}\n", "a.fio:2:6: the environment variable 'NO_SUCH' is not set"},
      {"[a]\nsize=4${X\n", "a.fio:2:7: '${' without its closing '}'"},
      {"[a]\nsize=${}\n", "a.fio:2:6: '${}' names no variable"},
      {section_with("numjobs=4000\n") + "[b]\nfilename=sim\nzonemode=zbd\nnumjobs=97\n",
       "a.fio:8:9: more than 4096 jobs in all"},
      {section_with("zonesize=1m\n") + "[b]\nfilename=sim\nzonemode=zbd\nzonesize=2m\n",
       "a.fio:8:10: zonesize of 2097152 bytes, but an earlier section says 1048576 for the same filename"},
      {section_with("zonecapacity=1m\n") + "[b]\nfilename=sim\nzonemode=zbd\nzonecapacity=2m\n",
       "a.fio:8:14: zonecapacity of 2097152 bytes, but an earlier section says 1048576 for the same filename"},
  };
  for (const WrongLine& c : cases) EXPECT_EQ(error_of(c.text), c.error);
}

TEST(JobFileErrors, TooManySectionsOrVariablesAreRefused) {
  std::string sections;
  for (std::size_t i = 0; i <= kMaxSections; ++i) sections += "[global]\n";
  EXPECT_EQ(error_of(sections), "a.fio:4097:1: more than 4096 sections");
  std::string variables = "[a]\n";
  for (int i = 0; i < 17; ++i) variables += "name=${LONG}\n";
  const auto file = parse_job_file(variables, "a.fio", context_with({{"LONG", std::string(1U << 16U, 'x')}}));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().to_string(), "a.fio:18:6: the file's variables expand to more than 1048576 bytes");
  const auto lines = parse_job_file("[a]\nname=${TWO}\n", "a.fio", context_with({{"TWO", "a\nb"}}));
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().to_string(), "a.fio:2:6: the environment variable 'TWO' has more than one line");
}

TEST(JobFileErrors, LongTextIsCutInMessages) {
  const std::string error = error_of(section_with(std::string(200, 'y') + "=1\n"));
  EXPECT_EQ(error, "a.fio:4:1: unknown option '" + std::string(60, 'y') + "…'");
}

}  // namespace
}  // namespace zoneknot::tools
