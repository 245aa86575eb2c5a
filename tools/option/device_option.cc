#include "tools/option/device_option.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "tools/text/key_values.h"
#include "tools/text/nearest_word.h"
#include "tools/text/size_text.h"

namespace zoneknot::tools {
namespace {

constexpr std::string_view kDeviceOption = "--device";
constexpr std::uint32_t kLeastZones = 16;
constexpr std::uint64_t kMostLimit = std::numeric_limits<std::uint32_t>::max();

InputError wrong_device(std::string message) { return {std::string(kDeviceOption), 0, 0, std::move(message)}; }

using SetKey = Value<void> (*)(std::string_view value, DeviceOption& option);

template <auto member, std::uint64_t least, std::uint64_t most>
Value<void> set_number(std::string_view value, DeviceOption& option) {
  using Number = typename std::remove_reference_t<decltype(option.*member)>::value_type;
  return parse_count(value, least, most).map([&](std::uint64_t number) {
    option.*member = static_cast<Number>(number);
  });
}

template <auto member>
Value<void> set_flag(std::string_view value, DeviceOption& option) {
  return parse_flag(value).map([&](bool flag) { option.*member = flag; });
}

// "7", "0-7", "0-15/3".
Value<device::ZoneRun> parse_run(std::string_view text) {
  const auto number = [](std::string_view part, std::uint64_t least) {
    return parse_count(part, least, device::kMaxZones);
  };
  const std::size_t slash = text.find('/');
  const std::string_view range = text.substr(0, slash);
  const std::size_t dash = range.find('-');
  const auto first = number(range.substr(0, dash), 0);
  if (!first) return tl::unexpected(first.error());
  const auto last = dash == std::string_view::npos ? first : number(range.substr(dash + 1), *first);
  if (!last) return tl::unexpected(last.error());
  const auto step = slash == std::string_view::npos ? Value<std::uint64_t>(1) : number(text.substr(slash + 1), 1);
  if (!step) return tl::unexpected(step.error());
  return device::ZoneRun{static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*last),
                         static_cast<std::uint32_t>(*step)};
}

template <auto member>
Value<void> set_zones(std::string_view value, DeviceOption& option) {
  device::ZonePick pick;
  for (;;) {
    const std::size_t plus = value.find('+');
    const auto run = parse_run(value.substr(0, plus));
    if (!run) return tl::unexpected(run.error());
    pick.push_back(*run);
    if (plus == std::string_view::npos) break;
    value.remove_prefix(plus + 1);
  }
  option.*member = std::move(pick);
  return {};
}

// "5:cl:100", "0-7:fu".
Value<device::ZoneStart> parse_start(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto run = parse_run(text.substr(0, colon));
  if (!run) return tl::unexpected(run.error());
  if (run->step != 1) return wrong_value(0, "a range of start= has no step");
  const std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const std::string_view word = rest.substr(0, rest.find(':'));
  const auto* known = std::ranges::find(device::kStartWords, word, [](const auto& entry) { return entry.first; });
  if (known == device::kStartWords.end()) {
    return wrong_value(0, in_quotes(text) + " does not end with one of :em, :oi, :oe, :cl, :fu, :ro, :ol");
  }
  device::ZoneStart start{.first = run->first, .last = run->last, .condition = known->second};
  if (word.size() == rest.size()) return start;
  const auto written = parse_count(rest.substr(word.size() + 1), 0, kMostLimit);
  if (!written) return tl::unexpected(written.error());
  start.written = *written;
  return start;
}

Value<void> set_starts(std::string_view value, DeviceOption& option) {
  std::vector<device::ZoneStart> starts;
  for (;;) {
    const std::size_t plus = value.find('+');
    const auto start = parse_start(value.substr(0, plus));
    if (!start) return tl::unexpected(start.error());
    starts.push_back(*start);
    if (plus == std::string_view::npos) break;
    value.remove_prefix(plus + 1);
  }
  option.starts = std::move(starts);
  return {};
}

Value<void> set_like(std::string_view value, DeviceOption& option) {
  option.like = value;
  return {};
}

Value<void> set_keep(std::string_view value, DeviceOption& option) {
  return parse_flag(value).map([&](bool keep) { option.keep = keep; });
}

template <auto member, auto named, auto words>
Value<void> set_word(std::string_view value, DeviceOption& option) {
  const auto found = named(value);
  if (!found) {
    std::string list;
    for (const std::string_view word : words()) list += (list.empty() ? "" : ", ") + std::string(word);
    return wrong_value(0, in_quotes(value) + " is none of " + list + did_you_mean(value, words()));
  }
  option.*member = found;
  return {};
}

Value<void> set_latency(std::string_view value, DeviceOption& option) {
  option.latency = device::latency_named(value);
  option.latency_file = option.latency ? "" : value;
  if (option.latency || value.ends_with(".toml")) return {};
  std::string list;
  for (const std::string_view word : device::latency_words()) list += std::string(word) + ", ";
  return wrong_value(
      0, in_quotes(value) + " is none of " + list + "FILE.toml" + did_you_mean(value, device::latency_words()));
}

struct DeviceKey {
  std::string_view name;
  SetKey set = nullptr;  // null: not supported yet
  bool bare = false;
};

constexpr std::uint64_t kMaxZoneBytes = std::uint64_t{1} << 62U;

constexpr std::array<DeviceKey, 18> kDeviceKeys = {{
    {"zones", set_number<&DeviceOption::zones, 1, device::kMaxZones>},
    {"size", set_number<&DeviceOption::zone_size, 1, kMaxZoneBytes>},
    {"capacity", set_number<&DeviceOption::zone_capacity, 1, kMaxZoneBytes>},
    {"conventional", set_number<&DeviceOption::conventional, 0, device::kMaxZones>},
    {"block", set_number<&DeviceOption::block_size, 512, 65536>},
    {"max-open", set_number<&DeviceOption::max_open, 0, kMostLimit>},
    {"max-active", set_number<&DeviceOption::max_active, 0, kMostLimit>},
    {"prefilled", set_flag<&DeviceOption::prefilled>, true},
    {"emulated", set_flag<&DeviceOption::without_zones>, true},
    {"filled", set_zones<&DeviceOption::filled>},
    {"half", set_zones<&DeviceOption::half>},
    {"start", set_starts},
    {"dialect", set_word<&DeviceOption::dialect, device::dialect_named, device::dialect_words>},
    {"host", set_word<&DeviceOption::host, device::host_named, device::host_words>},
    {"close", set_word<&DeviceOption::close_policy, device::close_policy_named, device::close_policy_words>},
    {"keep", set_keep, true},
    {"latency", set_latency},
    {"like", set_like},
}};

std::string unknown_key(std::string_view name) {
  std::array<std::string_view, kDeviceKeys.size()> names;
  std::ranges::transform(kDeviceKeys, names.begin(), &DeviceKey::name);
  return "unknown key " + in_quotes(name) + did_you_mean(name, names);
}

std::optional<InputError> apply(const KeyValue& entry, DeviceOption& option) {
  const auto key = std::ranges::find(kDeviceKeys, entry.key, &DeviceKey::name);
  if (key == kDeviceKeys.end()) return wrong_device(unknown_key(entry.key));
  if (key->set == nullptr) return wrong_device(in_quotes(entry.key) + " is not supported yet");
  if (!entry.value && !key->bare) return wrong_device(in_quotes(entry.key) + " needs a value");
  if (auto done = key->set(entry.value.value_or("1"), option); !done) {
    return wrong_device(std::string(entry.key) + ": " + done.error().message);
  }
  return std::nullopt;
}

tl::expected<DeviceOption, InputError> with_keys(DeviceOption option, std::string_view keys) {
  const auto entries = parse_key_values(keys, kDeviceOption);
  if (!entries) return tl::unexpected(entries.error());
  for (const KeyValue& entry : *entries) {
    if (auto error = apply(entry, option)) return tl::unexpected(std::move(*error));
  }
  return option;
}

// Takes the path off the front of `text`, up to a single comma; what is left begins with that comma or is empty.
std::string take_path(std::string_view& text) {
  std::string path;
  while (!text.empty()) {
    const bool comma = text.front() == ',';
    if (comma && !text.starts_with(",,")) break;
    path += text.front();
    text.remove_prefix(comma ? 2 : 1);
  }
  return path;
}

tl::expected<DeviceOption, InputError> parse_file(std::string_view text) {
  DeviceOption option;
  option.kind = DeviceKind::file;
  option.path = take_path(text);
  if (option.path.empty()) return tl::unexpected(wrong_device("'file:' needs a path"));
  if (text.empty()) return option;
  auto with = with_keys(std::move(option), text.substr(1));
  if (with && (with->latency || !with->latency_file.empty())) {
    return tl::unexpected(wrong_device("latency: a file takes as long as it takes; it goes with the simulated device"));
  }
  return with;
}

// The one value that the jobs that say anything say; an error where two differ.
tl::expected<std::uint64_t, InputError> common(const std::vector<core::JobSpec>& jobs,
                                               std::uint64_t core::JobSpec::* member, const std::string& name) {
  std::uint64_t value = 0;
  for (const core::JobSpec& job : jobs) {
    if (job.*member == 0) continue;
    if (value != 0 && value != job.*member) {
      return tl::unexpected(wrong_device("one device cannot have the jobs' " + name + " of both " +
                                         std::to_string(value) + " and " + std::to_string(job.*member) + " bytes"));
    }
    value = job.*member;
  }
  return value;
}

// A job that is so many percent of the device has a zone at least. Jobs that begin so many percent apart begin with a
// zone, and what each has of the device is whole zones.
std::uint64_t zones_for_percentages(const std::vector<core::JobSpec>& jobs, std::uint64_t zones) {
  std::uint32_t part = 100;
  for (const core::JobSpec& job : jobs) {
    if (job.size_percent != 0) zones = std::max<std::uint64_t>(zones, (100 + job.size_percent - 1) / job.size_percent);
    if (job.increment_percent == 0) continue;
    for (const std::uint32_t percent : {job.size_percent, job.increment_percent}) part = std::gcd(part, percent);
  }
  const std::uint32_t unit = 100 / part;
  return (zones + unit - 1) / unit * unit;
}

// A job without a size goes to the device's end, which must not be near by accident.
std::uint64_t default_zones(const std::vector<core::JobSpec>& jobs, std::uint64_t zone_size) {
  std::uint64_t zones = std::max<std::uint64_t>(kLeastZones, zones_reached(jobs, zone_size));
  for (const core::JobSpec& job : jobs) {
    if (job.size != 0) continue;
    const std::uint64_t before = job.offset / zone_size + (job.offset % zone_size != 0 ? 1 : 0);
    zones = std::max(zones, before + kLeastZones);
  }
  return zones_for_percentages(jobs, zones);
}

// A drive that a job names has a limit of open zones, as a limit for the job alone needs: one that all jobs together
// can use up.
std::uint32_t limit_of_drive(const std::vector<core::JobSpec>& jobs) {
  std::uint32_t limit = 0;
  for (const core::JobSpec& job : jobs) {
    bool drive = job.filename.starts_with("/dev/");
    for (const std::string& name : job.further_files) drive |= name.starts_with("/dev/");
    if (drive && job.max_open_zones == 0) limit += job.job_max_open_zones;
  }
  return limit;
}

// Jobs that only read have nothing to do on empty zones. Full, half full and empty in turn, as far as zones that are
// neither may be active.
void fill_in_turn(device::DeviceConfig& config) {
  const std::uint32_t first = config.conventional;
  if (first >= config.zones) return;
  const std::uint32_t last = config.zones - 1;
  config.filled = {{first, last, 3}};
  std::uint32_t halves = (last - first + 2) / 3;
  if (config.max_active != 0) halves = std::min(halves, config.max_active);
  if (halves != 0) config.half = {{first + 1, first + 1 + (halves - 1) * 3, 3}};
}

// What was never written cannot be verified.
bool only_read(const std::vector<core::JobSpec>& jobs) {
  return std::ranges::none_of(
      jobs, [](const core::JobSpec& job) { return job.writes || job.trims || job.verify != core::VerifyKind::none; });
}

}  // namespace

tl::expected<DeviceOption, InputError> parse_emulated(std::string path, std::string_view keys) {
  DeviceOption option;
  option.kind = DeviceKind::block;
  option.path = std::move(path);
  option.emulated = true;
  if (keys.empty()) return option;
  return with_keys(std::move(option), keys);
}

std::string device_keys() {
  std::string text;
  for (const DeviceKey& key : kDeviceKeys) {
    if (key.set != nullptr) text += (text.empty() ? "" : ", ") + std::string(key.name);
  }
  return text;
}

tl::expected<DeviceOption, InputError> parse_device_option(std::string_view text) {
  if (text == "sim") return DeviceOption{};
  if (text.find('\0') != std::string_view::npos)
    return tl::unexpected(wrong_device("a NUL byte in " + in_quotes(text)));
  if (text.starts_with("sim:")) {
    auto option = with_keys({}, text.substr(4));
    if (option && option->keep)
      return tl::unexpected(wrong_device("keep is for file:, where there is something to keep"));
    return option;
  }
  if (text.starts_with("file:")) return parse_file(text.substr(5));
  if (text.starts_with("/dev/") && text.size() > 5) {
    DeviceOption option;
    option.kind = DeviceKind::block;
    option.path = text;
    return option;
  }
  return tl::unexpected(
      wrong_device(in_quotes(text) + " is none of sim[:key=value,…], file:PATH[,key=value,…], /dev/…"));
}

std::uint64_t zones_reached(const std::vector<core::JobSpec>& jobs, std::uint64_t zone_size) {
  std::uint64_t zones = 0;
  for (const core::JobSpec& job : jobs) {
    const std::uint64_t length = std::max<std::uint64_t>(job.size_in_file(), 1);
    if (length > UINT64_MAX - job.offset) return UINT64_MAX;
    zones = std::max(zones, (job.offset + length - 1) / zone_size + 1);
  }
  return zones;
}

tl::expected<device::DeviceConfig, InputError> device_config(const DeviceOption& option,
                                                             const std::vector<core::JobSpec>& jobs) {
  const auto job_zone_size = common(jobs, &core::JobSpec::zone_size, "zonesize");
  if (!job_zone_size) return tl::unexpected(job_zone_size.error());
  const auto job_capacity = common(jobs, &core::JobSpec::zone_capacity, "zonecapacity");
  if (!job_capacity) return tl::unexpected(job_capacity.error());
  device::DeviceConfig config;
  config.zone_size = option.zone_size.value_or(*job_zone_size != 0 ? *job_zone_size : config.zone_size);
  config.zone_capacity = option.zone_capacity.value_or(*job_capacity);
  config.conventional = option.conventional.value_or(config.conventional);
  config.block_size = option.block_size.value_or(config.block_size);
  config.max_open = option.max_open.value_or(option.kind == DeviceKind::file ? config.max_open : limit_of_drive(jobs));
  config.max_active = option.max_active.value_or(config.max_active);
  config.prefilled = option.prefilled.value_or(config.prefilled);
  config.emulated = option.without_zones.value_or(config.emulated);
  const std::uint64_t needed = default_zones(jobs, config.zone_size);
  if (!option.zones && needed > device::kMaxZones) {
    return tl::unexpected(wrong_device("the jobs reach beyond zone " + std::to_string(device::kMaxZones) + " of " +
                                       std::to_string(config.zone_size) + " bytes, the most there can be"));
  }
  config.zones = option.zones.value_or(static_cast<std::uint32_t>(needed));
  config.filled = option.filled.value_or(device::ZonePick{});
  config.half = option.half.value_or(device::ZonePick{});
  config.starts = option.starts.value_or(std::vector<device::ZoneStart>{});
  config.dialect = option.dialect.value_or(config.dialect);
  config.host = option.host.value_or(config.host);
  config.close_policy = option.close_policy;
  config.latency = option.latency;
  if (option.emulated && config.latency) return tl::unexpected(wrong_device("latency goes with the simulated device"));
  const bool real = option.kind != DeviceKind::sim && !jobs.empty();
  if (real && config.host != device::HostLayer::write_lock) {
    return tl::unexpected(wrong_device("host=" + std::string(word_of(config.host)) +
                                       " goes with the simulated device; jobs on a file run behind host=write-lock"));
  }
  if (!option.says_how_zones_start() && !jobs.empty() && only_read(jobs)) fill_in_turn(config);
  if (auto contradiction = device::check_config(config)) return tl::unexpected(wrong_device(std::move(*contradiction)));
  return config;
}

}  // namespace zoneknot::tools
