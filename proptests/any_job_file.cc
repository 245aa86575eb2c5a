#include "proptests/any_job_file.h"

namespace zoneknot::proptests {

void showValue(const AnyJobFile& file, std::ostream& out) {
  out << "\n--fixes=" << file.fixes << " --device=" << file.device << "\n" << file.text << file.faults;
}

std::string one_of(const std::vector<std::string>& texts) { return *rc::gen::elementOf(texts); }

namespace {

// What decides about locks and waits in ways that few jobs have.
std::string any_rare_option() {
  return one_of({"percentage_random=50\n",
                 "rwmixread=90\n",
                 "job_max_open_zones=1\n",
                 "read_beyond_wp=1\n",
                 "write_zone_remainder=1\n",
                 "recover_zbd_write_error=1\n",
                 "io_submit_mode=offload\n",
                 "io_submit_mode=offload\nserialize_overlap=1\n",
                 "fdatasync=2\n",
                 "verify=crc32c\nverify_backlog=2\n",
                 "verify=crc32c\nverify_async=2\n",
                 "flow=1\nflow_sleep=10\n",
                 "rate_iops=1000\n",
                 "latency_target=1ms\nlatency_window=10ms\n",
                 "exitall=1\n",
                 "iodepth_batch_complete_min=0\n",
                 "iodepth_low=1\n",
                 "thinktime=1ms\nthinktime_blocks=2\n",
                 "offset_increment=2z\n",
                 "zonecapacity=48k\n",
                 "time_based\nruntime=1\n",
                 "continue_on_error=write\n",
                 "loops=3\n",
                 "randrepeat=0\n"});
}

std::string any_section(const std::string& name) {
  std::string text = "[" + name + "]\n";
  text += "rw=" +
          one_of({"write", "randwrite", "randwrite", "rw", "randrw", "read", "randread", "trim", "trimwrite",
                  "randwrite:2", "write:16k"}) +
          "\n";
  text += one_of(
      {"bs=16k\n", "bs=16k\n", "bs=32k\n", "bs=64k\n", "bsrange=16k-32k\n", "bs=16k,32k\n", "bssplit=16k/60:32k/40\n"});
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) text += any_rare_option();
  text += one_of({"", "norandommap=1\n", "norandommap=1\n", "time_based\nruntime=1\n"});
  text += one_of({"size=2z\n", "size=3z\n", "size=4z\n", "size=6z\n", "size=4z\noffset=1z\n", "offset=3z\n"});
  text += one_of({"", "io_size=8z\n", "number_ios=40\n", "loops=2\n"});
  text += one_of({"iodepth=1\n", "iodepth=2\n", "iodepth=3\n", "iodepth=4\n", "iodepth=4\niodepth_batch=2\n"});
  text += one_of({"", "", "", "verify=crc32c\n", "fsync=2\n", "end_fsync=1\n", "zoneskip=1z\n", "thinktime=1ms\n"});
  return text;
}

}  // namespace

rc::Gen<AnyJobFile> any_job_file() {
  return rc::gen::exec([] {
    AnyJobFile file;
    file.text = "[global]\nfilename=disk\nzonemode=zbd\nzonesize=64k\ndirect=1\n";
    file.text += "ioengine=" + one_of({"libaio", "libaio", "io_uring", "psync"}) + "\n";
    file.text += "max_open_zones=" + one_of({"0", "1", "2", "2", "3"}) + "\n";
    file.text += "numjobs=" + one_of({"2", "3", "4"}) + "\n";
    file.text += one_of({"", "", "zone_reset_threshold=0.5\nzone_reset_frequency=0.5\n", "continue_on_error=all\n"});
    file.text += any_section("first");
    if (*rc::gen::inRange(0, 3) == 0) file.text += any_section("second");
    file.fixes = one_of({"series", "series", "series,+find-zone-trylock", "series,-quiesce-all", "series,-cleanup-aio",
                         "series,-zone-lock", "series,+find-zone-trylock,+file-reset-quiesce,+accept-conventional",
                         "fio-3.20", "fio-3.27", "fio-3.33", "fio-3.34", "fio-newest", "fio-newest", "fio-newest"});
    file.device = one_of({"sim", "sim", "sim:conventional=1", "sim:conventional=2", "sim:max-active=1",
                          "sim:max-open=2", "sim:zones=32", "sim:filled=0-1,half=2", "sim:max-open=2,close=never"});
    if (*rc::gen::inRange(0, 3) == 0) {
      file.faults = "[[fault]]\non = \"" + one_of({"write", "read", "reset"}) +
                    "\"\nerror = \"EIO\"\nprobability = " + one_of({"0.1", "0.5"}) + "\n";
    }
    return file;
  });
}

tl::expected<tools::Instance, tools::InputError> instance_of(const AnyJobFile& file, const std::string& bound) {
  const std::string faults_path = file.faults.empty() ? "" : "faults.toml";
  return tools::make_instance({.job_path = "any.fio",
                               .faults_path = faults_path,
                               .fixes = file.fixes,
                               .device = file.device,
                               .bound = bound,
                               .environment = {{}}},
                              file.text, file.faults);
}

}  // namespace zoneknot::proptests
