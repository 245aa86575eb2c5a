// One job as a job file describes it, after numjobs was expanded and every size is in bytes. Plain data: made by the
// parser of job files (tools/), checked against a device by check_job(), read by everything else.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/io_engine.h"
#include "core/zoned_device.h"

namespace zoneknot::core {

inline constexpr std::uint32_t kMaxIoDepth = 4096;
inline constexpr std::uint32_t kMaxOpenZonesListed = 128;  // entries of the historic open[] table

enum class EngineKind : std::uint8_t { psync, libaio, io_uring };
enum class VerifyKind : std::uint8_t { none, crc32c };

// continue_on_error: which kinds of error do not end the job.
struct ErrorTolerance {
  bool read = false;
  bool write = false;   // every direction but read
  bool verify = false;  // EILSEQ from data verification
};

// bssplit: so many percent of a direction's I/Os have this size.
struct SizeShare {
  std::uint32_t bytes = 0;
  std::uint32_t percent = 0;
  bool operator==(const SizeShare&) const = default;
};

// exit_what: whom exitall and exitall_on_error end.
enum class ExitScope : std::uint8_t { group, stonewall, all };

// file_service_type: which of several files an I/O goes to.
enum class FileService : std::uint8_t { round_robin, random, sequential };

struct JobSpec {
  std::string name;                        // "first"; clones of one section share it
  std::uint32_t section = 0;               // index of the section in its file
  std::uint32_t clone = 0;                 // 0 … numjobs-1 within the section
  std::string filename;                    // of the first file
  std::vector<std::string> further_files;  // filename=a:b
  FileService file_service = FileService::round_robin;
  std::uint32_t file_service_ios = 1;  // I/Os in a file before the next one has its turn
  std::uint32_t open_files = 0;        // at a time; 0: all
  EngineKind engine = EngineKind::psync;

  // What: rw=
  bool reads = false;
  bool writes = false;
  bool trims = false;
  bool random = false;
  std::uint32_t rwmixread = 50;  // percent of reads in a mixed job
  // rw=randwrite:8 draws a place for every eighth I/O, the others go on where the last one ended; rw=write:64k leaves
  // so many bytes out after each I/O.
  std::uint32_t draw_every = 1;
  std::int64_t leave_out = 0;
  std::array<std::uint32_t, 3> percentage_random = {100, 100, 100};  // by direction, of random jobs

  // Indexed by Direction read, write, trim. min = max unless bsrange was given.
  std::array<std::uint32_t, 3> min_bs = {4096, 4096, 4096};
  std::array<std::uint32_t, 3> max_bs = {4096, 4096, 4096};
  std::array<std::vector<SizeShare>, 3> bssplit;  // empty: none
  // What bs says, where a range or a mix goes before it; verify looks at that alone. 0: min.
  std::array<std::uint32_t, 3> named_bs = {0, 0, 0};

  // Where and how much. Bytes; the offset includes offset_increment.
  std::uint64_t offset = 0;
  std::uint64_t size = 0;     // of all files together; 0: the rest of each device
  std::uint64_t io_size = 0;  // 0: size
  // Percent of the device, in place of the bytes above until place_on(); 0: bytes.
  std::uint32_t offset_percent = 0;
  std::uint32_t increment_percent = 0;  // added to the offset `clone` times
  std::uint32_t size_percent = 0;
  std::uint32_t io_size_percent = 0;  // of the size, not of the device
  std::uint64_t number_ios = 0;       // 0: no limit
  std::uint32_t loops = 1;
  std::uint64_t max_ios = 0;  // --bound ios: I/Os prepared in the job's whole life; 0: no limit

  std::uint32_t iodepth = 1;
  std::uint32_t batch = 1;         // iodepth_batch
  std::uint32_t complete_min = 1;  // iodepth_batch_complete_min
  std::uint32_t complete_max = 1;  // iodepth_batch_complete_max, at least complete_min
  std::uint32_t iodepth_low = 0;   // 0: iodepth

  bool time_based = false;
  std::uint64_t runtime_ns = 0;  // 0: no limit
  std::uint64_t start_delay_ns = 0;
  std::uint64_t thinktime_ns = 0;
  std::uint32_t thinktime_blocks = 1;
  bool thinktime_counts_issued = false;  // thinktime_blocks_type=issue
  std::uint64_t thinktime_iotime_ns = 0;
  // By direction; 0: as fast as it goes.
  std::array<std::uint64_t, 3> rate = {};  // bytes a second
  std::array<std::uint32_t, 3> rate_iops = {};
  std::array<std::uint64_t, 3> rate_min = {};  // below it the job fails
  std::array<std::uint32_t, 3> rate_iops_min = {};
  std::uint64_t rate_cycle_ns = 1'000'000'000;  // over which the minimum is looked at
  bool rate_ignore_thinktime = false;
  std::uint64_t ramp_time_ns = 0;  // the statistics begin after it, and so does the runtime
  std::uint64_t max_latency_ns = 0;
  // The search for the largest depth at which latencies stay below a target.
  std::uint64_t latency_target_ns = 0;  // 0: no search
  std::uint64_t latency_window_ns = 0;
  double latency_percentile = 100;
  bool latency_run = false;
  // Proportions between the jobs with the same flow_id; flow 0: not one of them.
  std::int32_t flow = 0;
  std::int32_t flow_id = 0;
  std::int32_t flow_watermark = 1024;
  std::uint64_t flow_sleep_ns = 0;
  bool random_map = true;  // norandommap=0
  std::uint64_t randseed = 0;
  bool randrepeat = true;

  // Zones. 0: absent.
  std::uint64_t zone_size = 0;      // bytes; 0: the device's
  std::uint64_t zone_capacity = 0;  // bytes; 0: zone_size
  std::uint64_t zone_skip = 0;      // bytes
  std::uint32_t max_open_zones = 0;
  std::uint32_t job_max_open_zones = 0;
  double zone_reset_threshold = 0;
  double zone_reset_frequency = 0;
  bool read_beyond_wp = false;
  bool ignore_zone_limits = false;

  VerifyKind verify = VerifyKind::none;
  bool do_verify = true;
  std::uint32_t verify_backlog = 0;        // writes after which some are read back; 0: all at the end
  std::uint32_t verify_backlog_batch = 0;  // so many at a time; 0: verify_backlog
  std::uint32_t verify_async = 0;          // threads that check what was read
  bool experimental_verify = false;
  ErrorTolerance continue_on_error;
  bool exitall = false;
  bool exitall_on_error = false;
  ExitScope exit_what = ExitScope::group;
  bool stonewall = false;  // starts when every earlier job has ended
  bool new_group = false;
  std::optional<std::uint32_t> wait_for;  // starts when the jobs of that section have ended
  bool create_only = false;               // makes its files and does no I/O
  bool create_serialize = true;           // jobs make their files one after the other
  bool offload = false;                   // io_submit_mode=offload: another thread submits and reaps
  bool serialize_overlap = false;
  bool sprandom = false;
  bool recover_zbd_write_error = false;
  bool write_zone_remainder = false;
  bool group_reporting = false;
  bool direct = true;
  std::uint32_t fsync = 0;  // a sync after this many writes; 0: none
  bool end_fsync = false;
  std::uint32_t fdatasync = 0;

  [[nodiscard]] std::uint32_t file_count() const { return static_cast<std::uint32_t>(further_files.size() + 1); }
  [[nodiscard]] const std::string& file(std::size_t index) const {
    return index == 0 ? filename : further_files.at(index - 1);
  }
  [[nodiscard]] bool uses_file(const std::string& file_name) const {
    return file_name == filename || std::ranges::find(further_files, file_name) != further_files.end();
  }
  // What of `size` is each file's.
  [[nodiscard]] std::uint64_t size_in_file() const { return size / file_count(); }

  [[nodiscard]] bool mixed() const { return reads && writes; }
  // This job and those behind it are another group than those before it.
  [[nodiscard]] bool begins_group() const { return stonewall || (new_group && clone == 0); }
  // Below a least rate the job fails.
  [[nodiscard]] bool has_least_rate() const {
    const auto given = [](auto least) { return least != 0; };
    return std::ranges::any_of(rate_min, given) || std::ranges::any_of(rate_iops_min, given);
  }
  // Another thread reaps and puts this job's I/O of that direction: it does not own the zones it is to give back.
  [[nodiscard]] bool put_by_another(Direction direction) const {
    return offload || (verify_async != 0 && verify != VerifyKind::none && !writes && direction == Direction::read);
  }
  [[nodiscard]] std::uint32_t min_bs_of(Direction direction) const {
    return min_bs.at(static_cast<std::size_t>(direction));
  }
  [[nodiscard]] std::uint32_t max_bs_of(Direction direction) const {
    return max_bs.at(static_cast<std::size_t>(direction));
  }
  // Smallest and largest block over the directions the job uses.
  [[nodiscard]] std::uint32_t smallest_bs() const;
  [[nodiscard]] std::uint32_t largest_bs() const;
  // The limit of open zones the job itself goes by: the smaller of the two options that are given, 0: none.
  [[nodiscard]] std::uint32_t open_zone_limit() const;
};

// What depends on the size of the device: percentages become bytes, and a range that reaches past the device's end is
// cut there.
void place_on(JobSpec& spec, std::uint64_t device_bytes);

// [base, base + length) in bytes.
struct Range {
  std::uint64_t base = 0;
  std::uint64_t length = 0;
  [[nodiscard]] std::uint64_t end() const { return base + length; }
  [[nodiscard]] bool contains(std::uint64_t offset) const { return offset >= base && offset < end(); }
};

// The part of the device the job works on: offset and size, rounded inward to zone bounds if it touches a sequential
// zone. Length 0: nothing is left.
Range job_range(const JobSpec& spec, const std::vector<ZoneReport>& zones);

// What is contradictory between a job and the device it is to run on, one line without a full stop, with `option`
// naming the option of the job file it is about; nothing if the job can start.
struct SpecError {
  std::string option;
  std::string message;
};
std::optional<SpecError> check_job(const JobSpec& spec, const DeviceGeometry& geometry,
                                   const std::vector<ZoneReport>& zones);

// The job as text that is equal for equal jobs, without file names: "name=first rw=randwrite bs=16384 …". What a
// witness's identity hashes.
std::string canonical_text(const JobSpec& spec);

}  // namespace zoneknot::core
