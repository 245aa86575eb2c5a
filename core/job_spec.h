// One job as a job file describes it, after numjobs was expanded and every size is in bytes. Plain data: made by the
// parser of job files (tools/), checked against a device by check_job(), read by everything else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

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

struct JobSpec {
  std::string name;           // "first"; clones of one section share it
  std::uint32_t section = 0;  // index of the section in its file
  std::uint32_t clone = 0;    // 0 … numjobs-1 within the section
  std::string filename;
  EngineKind engine = EngineKind::psync;

  // What: rw=
  bool reads = false;
  bool writes = false;
  bool trims = false;
  bool random = false;
  std::uint32_t rwmixread = 50;  // percent of reads in a mixed job

  // Indexed by Direction read, write, trim. min = max unless bsrange was given.
  std::array<std::uint32_t, 3> min_bs = {4096, 4096, 4096};
  std::array<std::uint32_t, 3> max_bs = {4096, 4096, 4096};

  // Where and how much. Bytes; the offset includes offset_increment.
  std::uint64_t offset = 0;
  std::uint64_t size = 0;        // 0: the rest of the device
  std::uint64_t io_size = 0;     // 0: size
  std::uint64_t number_ios = 0;  // 0: no limit
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
  ErrorTolerance continue_on_error;
  bool exitall = false;
  bool stonewall = false;  // starts when every earlier job has ended
  bool group_reporting = false;
  bool direct = true;
  std::uint32_t fsync = 0;  // a sync after this many writes; 0: none
  bool end_fsync = false;

  [[nodiscard]] bool mixed() const { return reads && writes; }
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
