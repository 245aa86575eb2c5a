#include "core/job_spec.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace zoneknot::core {
namespace {

struct DirectionUse {
  std::size_t index;
  bool used;
};

std::array<DirectionUse, 3> directions_of(const JobSpec& spec) {
  return {{{0, spec.reads}, {1, spec.writes}, {2, spec.trims}}};
}

std::string_view engine_name(EngineKind kind) {
  switch (kind) {
    case EngineKind::psync:
      return "psync";
    case EngineKind::libaio:
      return "libaio";
    case EngineKind::io_uring:
      return "io_uring";
  }
  return "?";
}

// The shortest text that stands for this number and no other, in every locale.
std::string exact_text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::string bytes(std::uint64_t bytes) { return std::to_string(bytes) + " bytes"; }

// Collects "key=value" words.
class Words {
 public:
  Words& add(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += ' ';
    text_.append(key).append("=").append(value);
    return *this;
  }
  Words& add(std::string_view key, std::uint64_t value) { return add(key, std::to_string(value)); }
  // Options that came later are told where they say something, so that older texts stay what they are.
  template <class Number>
  Words& unless_default(std::string_view key, Number value, Number usual) {
    return value == usual ? *this : add(key, std::to_string(value));
  }
  [[nodiscard]] std::string text() const { return text_; }

 private:
  std::string text_;
};

void add_what_and_where(const JobSpec& spec, Words& words) {
  static const JobSpec kUsual;
  words.unless_default("draw_every", spec.draw_every, kUsual.draw_every);
  words.unless_default("leave_out", spec.leave_out, kUsual.leave_out);
  for (const std::uint32_t percent : spec.percentage_random) words.unless_default("percentage_random", percent, 100U);
  for (std::size_t direction = 0; direction < spec.bssplit.size(); ++direction) {
    for (const SizeShare& share : spec.bssplit.at(direction)) {
      words.add("bssplit",
                std::to_string(direction) + ":" + std::to_string(share.bytes) + "/" + std::to_string(share.percent));
    }
  }
  for (const std::uint32_t named : spec.named_bs) words.unless_default("named_bs", named, 0U);
  words.unless_default("fdatasync", spec.fdatasync, 0U);
  words.unless_default("write_zone_remainder", int{spec.write_zone_remainder}, 0);
  words.unless_default("recover_zbd_write_error", int{spec.recover_zbd_write_error}, 0);
}

// What the files are called is nobody's business.
void add_files(const JobSpec& spec, Words& words) {
  words.unless_default("files", spec.file_count(), 1U);
  words.unless_default("file_service", static_cast<int>(spec.file_service), 0);
  words.unless_default("file_service_ios", spec.file_service_ios, 1U);
  words.unless_default("open_files", spec.open_files, 0U);
}

void add_pace(const JobSpec& spec, Words& words) {
  static const JobSpec kUsual;
  words.unless_default("thinktime_counts_issued", int{spec.thinktime_counts_issued}, 0);
  words.unless_default("thinktime_iotime_ns", spec.thinktime_iotime_ns, kUsual.thinktime_iotime_ns);
  for (std::size_t i = 0; i < spec.rate.size(); ++i) {
    words.unless_default("rate", spec.rate.at(i), kUsual.rate.at(i));
    words.unless_default("rate_iops", spec.rate_iops.at(i), kUsual.rate_iops.at(i));
    words.unless_default("rate_min", spec.rate_min.at(i), kUsual.rate_min.at(i));
    words.unless_default("rate_iops_min", spec.rate_iops_min.at(i), kUsual.rate_iops_min.at(i));
  }
  words.unless_default("rate_cycle_ns", spec.rate_cycle_ns, kUsual.rate_cycle_ns);
  words.unless_default("rate_ignore_thinktime", int{spec.rate_ignore_thinktime}, 0);
  words.unless_default("ramp_time_ns", spec.ramp_time_ns, kUsual.ramp_time_ns);
  words.unless_default("max_latency_ns", spec.max_latency_ns, kUsual.max_latency_ns);
  words.unless_default("latency_target_ns", spec.latency_target_ns, kUsual.latency_target_ns);
  words.unless_default("latency_window_ns", spec.latency_window_ns, kUsual.latency_window_ns);
  if (spec.latency_percentile != 100) words.add("latency_percentile", exact_text(spec.latency_percentile));
  words.unless_default("latency_run", int{spec.latency_run}, 0);
  words.unless_default("flow", spec.flow, kUsual.flow);
  words.unless_default("flow_id", spec.flow_id, kUsual.flow_id);
  words.unless_default("flow_watermark", spec.flow_watermark, kUsual.flow_watermark);
  words.unless_default("flow_sleep_ns", spec.flow_sleep_ns, kUsual.flow_sleep_ns);
}

void add_company(const JobSpec& spec, Words& words) {
  words.unless_default("verify_backlog", spec.verify_backlog, 0U);
  words.unless_default("verify_backlog_batch", spec.verify_backlog_batch, 0U);
  words.unless_default("verify_async", spec.verify_async, 0U);
  words.unless_default("experimental_verify", int{spec.experimental_verify}, 0);
  words.unless_default("exitall_on_error", int{spec.exitall_on_error}, 0);
  words.unless_default("exit_what", static_cast<int>(spec.exit_what), 0);
  words.unless_default("new_group", int{spec.new_group}, 0);
  if (spec.wait_for) words.add("wait_for", *spec.wait_for);
  words.unless_default("create_only", int{spec.create_only}, 0);
  words.unless_default("create_serialize", int{spec.create_serialize}, 1);
  words.unless_default("offload", int{spec.offload}, 0);
  words.unless_default("serialize_overlap", int{spec.serialize_overlap}, 0);
  words.unless_default("sprandom", int{spec.sprandom}, 0);
}

}  // namespace

std::uint32_t JobSpec::smallest_bs() const {
  std::uint32_t smallest = UINT32_MAX;
  for (const auto& [index, used] : directions_of(*this)) {
    if (used) smallest = std::min(smallest, min_bs.at(index));
  }
  return smallest;
}

std::uint32_t JobSpec::largest_bs() const {
  std::uint32_t largest = 0;
  for (const auto& [index, used] : directions_of(*this)) {
    if (used) largest = std::max(largest, max_bs.at(index));
  }
  return largest;
}

std::uint32_t JobSpec::open_zone_limit() const {
  if (max_open_zones == 0 || job_max_open_zones == 0) return std::max(max_open_zones, job_max_open_zones);
  return std::min(max_open_zones, job_max_open_zones);
}

void place_on(JobSpec& spec, std::uint64_t device_bytes) {
  const auto part = [](std::uint64_t whole, std::uint32_t percent) {
    return whole / 100 * percent + whole % 100 * percent / 100;
  };
  if (spec.offset_percent != 0) spec.offset = part(device_bytes, spec.offset_percent);
  spec.offset += spec.clone * part(device_bytes, spec.increment_percent);
  if (spec.size_percent != 0) spec.size = part(device_bytes, spec.size_percent) * spec.file_count();
  const std::uint64_t rest = (spec.offset < device_bytes ? device_bytes - spec.offset : 0) * spec.file_count();
  if (rest != 0) spec.size = std::min(spec.size, rest);
  if (spec.io_size_percent != 0) spec.io_size = part(spec.size != 0 ? spec.size : rest, spec.io_size_percent);
  spec.offset_percent = spec.increment_percent = spec.size_percent = spec.io_size_percent = 0;
}

Range job_range(const JobSpec& spec, const std::vector<ZoneReport>& zones) {
  const std::uint64_t device_end = zones.back().start + zones.back().length;
  const std::uint64_t zone_size = zones.front().length;
  if (spec.offset >= device_end) return {spec.offset, 0};
  Range range{spec.offset, spec.size != 0 ? spec.size_in_file() : device_end - spec.offset};
  const std::uint64_t end = std::min(range.end(), device_end);
  bool touches_sequential = false;
  for (std::uint64_t zone = range.base / zone_size; zone * zone_size < end; ++zone) {
    touches_sequential |= zones[zone].type == ZoneType::sequential_write_required;
  }
  if (!touches_sequential) return range;
  const std::uint64_t base = (range.base + zone_size - 1) / zone_size * zone_size;
  const std::uint64_t rounded_end = range.end() / zone_size * zone_size;
  return {base, rounded_end > base ? rounded_end - base : 0};
}

std::optional<SpecError> check_job(const JobSpec& spec, const DeviceGeometry& geometry,
                                   const std::vector<ZoneReport>& zones) {
  if (spec.zone_size != 0 && spec.zone_size != geometry.zone_size) {
    return SpecError{"zonesize", "zonesize is " + bytes(spec.zone_size) + ", but the device's zones have " +
                                     bytes(geometry.zone_size)};
  }
  if (spec.zone_skip % geometry.zone_size != 0) {
    return SpecError{"zoneskip", "zoneskip is not a multiple of the zone size of " + bytes(geometry.zone_size)};
  }
  if (spec.offset >= geometry.size) {
    return SpecError{"offset",
                     "offset " + bytes(spec.offset) + " is not below the device's size of " + bytes(geometry.size)};
  }
  if (spec.size_in_file() > geometry.size - spec.offset) {
    return SpecError{"size", "offset and size reach to " + bytes(spec.offset + spec.size_in_file()) +
                                 ", beyond the device's " + bytes(geometry.size)};
  }
  if (job_range(spec, zones).length == 0) {
    return SpecError{"size", "no whole zone lies between offset and offset + size"};
  }
  for (const auto& [index, used] : directions_of(spec)) {
    if (!used) continue;
    const bool ranged = spec.min_bs.at(index) != spec.max_bs.at(index);
    const char* const option = ranged ? "bsrange" : "bs";
    for (const SizeShare& share : spec.bssplit.at(index)) {
      if (share.bytes % geometry.block_size == 0) continue;
      return SpecError{"bssplit", "block size " + bytes(share.bytes) + " is not a multiple of the device's blocks of " +
                                      bytes(geometry.block_size)};
    }
    if (spec.min_bs.at(index) % geometry.block_size != 0) {
      return SpecError{option, "block size " + bytes(spec.min_bs.at(index)) +
                                   " is not a multiple of the device's blocks of " + bytes(geometry.block_size)};
    }
  }
  if (!spec.ignore_zone_limits && geometry.max_open != 0) {
    for (const auto& [option, value] : {std::pair<const char*, std::uint32_t>{"max_open_zones", spec.max_open_zones},
                                        {"job_max_open_zones", spec.job_max_open_zones}}) {
      if (value > geometry.max_open) {
        return SpecError{option, std::string(option) + " is " + std::to_string(value) +
                                     ", but the device has at most " + std::to_string(geometry.max_open) +
                                     " open zones"};
      }
    }
  }
  return std::nullopt;
}

std::string canonical_text(const JobSpec& spec) {
  std::string rw = spec.random ? "rand" : "";
  rw += spec.reads ? "r" : "";
  rw += spec.writes ? "w" : "";
  rw += spec.trims ? "t" : "";
  Words words;
  words.add("name", spec.name)
      .add("section", spec.section)
      .add("clone", spec.clone)
      .add("engine", engine_name(spec.engine));
  words.add("rw", rw).add("rwmixread", spec.rwmixread);
  for (std::size_t i = 0; i < spec.min_bs.size(); ++i) {
    words.add("bs", std::to_string(spec.min_bs.at(i)) + "-" + std::to_string(spec.max_bs.at(i)));
  }
  words.add("offset", spec.offset)
      .add("size", spec.size)
      .add("io_size", spec.io_size)
      .add("number_ios", spec.number_ios);
  words.add("loops", spec.loops).add("max_ios", spec.max_ios).add("iodepth", spec.iodepth).add("batch", spec.batch);
  words.add("complete_min", spec.complete_min)
      .add("complete_max", spec.complete_max)
      .add("iodepth_low", spec.iodepth_low);
  words.add("time_based", spec.time_based)
      .add("runtime_ns", spec.runtime_ns)
      .add("start_delay_ns", spec.start_delay_ns);
  words.add("thinktime_ns", spec.thinktime_ns).add("thinktime_blocks", spec.thinktime_blocks);
  words.add("random_map", spec.random_map).add("randseed", spec.randseed).add("randrepeat", spec.randrepeat);
  words.add("zone_size", spec.zone_size).add("zone_capacity", spec.zone_capacity).add("zone_skip", spec.zone_skip);
  words.add("max_open_zones", spec.max_open_zones).add("job_max_open_zones", spec.job_max_open_zones);
  words.add("zone_reset_threshold", exact_text(spec.zone_reset_threshold));
  words.add("zone_reset_frequency", exact_text(spec.zone_reset_frequency));
  words.add("read_beyond_wp", spec.read_beyond_wp).add("ignore_zone_limits", spec.ignore_zone_limits);
  words.add("verify", spec.verify == VerifyKind::none ? "none" : "crc32c").add("do_verify", spec.do_verify);
  words.add("continue_on_error", std::string(spec.continue_on_error.read ? "r" : "") +
                                     (spec.continue_on_error.write ? "w" : "") +
                                     (spec.continue_on_error.verify ? "v" : ""));
  words.add("exitall", spec.exitall)
      .add("stonewall", spec.stonewall)
      .add("fsync", spec.fsync)
      .add("end_fsync", spec.end_fsync);
  add_what_and_where(spec, words);
  add_pace(spec, words);
  add_company(spec, words);
  add_files(spec, words);
  return words.text();
}

}  // namespace zoneknot::core
