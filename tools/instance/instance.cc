#include "tools/instance/instance.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <tuple>

#include "core/random.h"
#include "core/workload/start_rules.h"
#include "core/workload/workload.h"
#include "device/block/block_facts.h"
#include "device/block/zoned_block.h"
#include "sim/witness/witness.h"
#include "tools/option/bound.h"
#include "tools/option/device_like.h"
#include "tools/option/device_option.h"
#include "tools/option/fault_file.h"
#include "tools/option/fixes_option.h"
#include "tools/option/latency_file.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {
namespace {

// What a witness has to agree on with the program that replays it, besides its instance. Changed when the meaning of
// schedules changes.
constexpr const char* kProgram = "zoneknot workload 1";

// ${ZONED} is the path of the device where one is given; its name is nobody's business and is not kept. All else comes
// from the source's own environment if it has one (a witness), and from the process's if not; what was asked for is
// kept in `used`.
ParseContext parse_context(const InstanceSource& source, const DeviceOption& device,
                           std::map<std::string, std::string>& used) {
  ParseContext context;
  context.environment = [&source, &used, path = device.path](const std::string& name) -> std::optional<std::string> {
    if (name == "ZONED" && !path.empty()) return path;
    if (source.environment) {
      const auto known = source.environment->find(name);
      if (known == source.environment->end()) return std::nullopt;
      return used[name] = known->second;
    }
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    if (name != "ZONED") used[name] = value;
    return value;
  };
  if (device.zone_size) context.default_zone_size = *device.zone_size;
  return context;
}

std::optional<InputError> check_jobs(const JobFile& file, const Instance& instance) {
  const device::ZoneModel model(instance.device);
  for (const core::JobSpec& job : instance.jobs) {
    const auto error = core::check_job(job, model.geometry(), model.report());
    if (error) return file.error_at(job, *error);
    const auto refusal = core::refused_at_start(job, instance.jobs, model.geometry(), instance.fixes);
    if (!refusal) continue;
    InputError refused = file.error_at(job, *refusal);
    refused.release = instance.fixes.to_string();
    return refused;
  }
  return std::nullopt;
}

// "fio-3.33,-recover": 33. The sets that are older than 3.20 count as 3.19; nothing: the text names no release.
std::optional<unsigned> release_of(const std::string& fixes) {
  const std::string preset = fixes.substr(0, fixes.find(','));
  constexpr std::string_view kRelease = "fio-3.";
  if (preset.starts_with(kRelease)) return static_cast<unsigned>(std::atoi(preset.c_str() + kRelease.size()));
  const bool before = preset == "none" || preset == "legacy" || preset == "series";
  return before ? std::optional(19U) : std::nullopt;
}

// An option that the release asked about did not have. The same text for every such release: a table says it once.
void note_later_options(const JobFile& file, Instance& instance) {
  std::optional<unsigned> release = release_of(instance.source.fixes);
  if (!release) release = release_of(instance.fixes.to_string());
  for (const LaterOption& option : file.later_options) {
    if (!release || option.since <= *release) continue;
    instance.notes.push_back(in_quotes(option.name) + " came with fio 3." + std::to_string(option.since) +
                             ": earlier ones do not have it");
  }
}

InputError wrong_block(const std::string& why, bool has_no_zones) {
  return {.file = "--device", .message = why + (has_no_zones ? "; --emulate-zones puts emulated ones on it" : "")};
}

// --device, else ${ZONED}, which may be any text of --device or a plain path; else the simulated device.
std::string device_text(const InstanceSource& source) {
  if (!source.device.empty()) return source.device;
  const char* value = source.environment ? nullptr : std::getenv("ZONED");
  if (value == nullptr || *value == '\0') return "sim";
  const std::string text = value;
  if (text == "sim" || text.starts_with("sim:") || text.starts_with("file:") || text.starts_with("/dev/")) return text;
  std::string path = "file:";
  for (const char c : text) path += c == ',' ? ",," : std::string(1, c);
  return path;
}

std::string device_facts_text(const device::BlockFacts& facts) {
  return (facts.model.empty() ? "" : facts.model + ", ") + std::to_string(facts.bytes >> 20U) + " MiB";
}

device::DialectName dialect_of(const device::BlockFacts& facts) {
  using device::DialectName;
  if (facts.model == "null_blk") return DialectName::null_blk;
  if (facts.model == "scsi_debug") return DialectName::scsi_debug;
  if (facts.model.starts_with("QEMU NVMe")) return DialectName::qemu;
  return facts.name.starts_with("sd") ? DialectName::zbc : DialectName::zns;
}

// A block device is looked at, and nobody who uses it is disturbed: what is simulated in its place is like it. One that
// is not there gets what is assumed of any device, as the job file of a report from elsewhere does.
std::optional<InputError> look_at_block(Instance& instance) {
  DeviceOption& option = instance.device_option;
  const auto facts = device::block_facts(option.path);
  const auto block = device::ZonedBlock::open(option.path, device::ZonedBlock::Use::look);
  const auto zones = block ? (*block)->report() : tl::unexpected(ENODEV);
  if (facts && zones) {
    if (!option.dialect) option.dialect = dialect_of(*facts);
    make_like((*block)->geometry(), *zones, option);
    instance.assumed.push_back("a simulated device like " + option.path + " (" + device_facts_text(*facts) +
                               "): geometry, limits and conditions as it reports them");
    return std::nullopt;
  }
  const std::string why = block ? option.path + ": no report of its zones" : block.error();
  const bool there = access(option.path.c_str(), F_OK) == 0;
  if (there || instance.source.on_real_device) return wrong_block(why, facts && !facts->zoned);
  instance.notes.push_back(why + "; a geometry is assumed");
  instance.assumed.push_back("the geometry of " + option.path + ", which could not be looked at");
  return std::nullopt;
}

std::optional<InputError> describe_device(Instance& instance) {
  DeviceOption& option = instance.device_option;
  if (option.kind == DeviceKind::block && !option.emulated) return look_at_block(instance);
  if (option.like.empty()) return std::nullopt;
  const auto text = read_file(option.like);
  if (!text) return text.error();
  const auto made = make_like_report(*text, option.like, option);
  return made ? std::nullopt : std::optional(made.error());
}

// The latency profile of a file becomes part of the instance, and of a witness of it.
std::optional<InputError> read_latency(Instance& instance) {
  DeviceOption& device = instance.device_option;
  if (device.latency_file.empty()) return std::nullopt;
  if (!instance.source.latency_text) {
    auto text = read_file(device.latency_file);
    if (!text) return text.error();
    instance.source.latency_text = std::move(*text);
  }
  auto profile = parse_latency_file(*instance.source.latency_text, device.latency_file);
  if (!profile) return profile.error();
  device.latency = std::move(*profile);
  return std::nullopt;
}

tl::expected<void, InputError> parse_options(const InstanceSource& source, Instance& instance) {
  const auto fixes = parse_fixes(source.fixes.empty() ? core::FixSet::standard().to_string() : source.fixes);
  if (!fixes) return tl::make_unexpected(fixes.error());
  instance.fixes = *fixes;
  const std::string text = device_text(source);
  auto device = parse_device_option(text);
  if (device && source.emulate_zones) {
    if (device->kind != DeviceKind::block) {
      return tl::make_unexpected(
          InputError{.file = "--emulate-zones", .message = "is for --device=/dev/…; a file has emulated zones anyway"});
    }
    device = parse_emulated(device->path, *source.emulate_zones);
  }
  if (!device) return tl::make_unexpected(device.error());
  instance.device_option = *device;
  if (auto error = describe_device(instance)) return tl::make_unexpected(*error);
  if (auto error = read_latency(instance)) return tl::make_unexpected(std::move(*error));
  // A simulated device that the environment describes is part of the program under test; the name of a real one is not.
  if (device->kind == DeviceKind::sim && text != "sim") instance.source.device = text;
  const auto bounds = source.bound.empty() ? lockcheck::Bounds{} : parse_bound(source.bound);
  if (!bounds) return tl::make_unexpected(bounds.error());
  instance.bounds = *bounds;
  return {};
}

// No device has so many zones: said of the job that asks for them.
std::optional<InputError> check_reach(const JobFile& file, const DeviceOption& device) {
  if (device.zones) return std::nullopt;
  for (const core::JobSpec& job : file.jobs) {
    const std::uint64_t own = job.zone_size != 0 ? job.zone_size : device::DeviceConfig{}.zone_size;
    if (zones_reached({job}, device.zone_size.value_or(own)) <= device::kMaxZones) continue;
    const bool by_size = job.size != 0;
    return file.error_at(job, {.option = by_size ? "size" : "offset",
                               .message = std::string(by_size ? "size" : "offset") + " reaches beyond zone " +
                                          std::to_string(device::kMaxZones) + ", the last a device can have"});
  }
  return std::nullopt;
}

// What a device cannot have for its zones: said of the job that asks for it, if the device was not described otherwise.
std::optional<InputError> check_zones_of_jobs(const JobFile& file, const DeviceOption& device) {
  const auto text = [](std::uint64_t bytes) { return std::to_string(bytes) + " bytes"; };
  const std::uint64_t block = device.block_size.value_or(device::DeviceConfig{}.block_size);
  for (const core::JobSpec& job : file.jobs) {
    for (const auto& [option, bytes, said] :
         {std::tuple{"zonesize", job.zone_size, device.zone_size.has_value()},
          std::tuple{"zonecapacity", job.zone_capacity, device.zone_capacity.has_value()}}) {
      if (said || bytes % block == 0) continue;
      return file.error_at(job, {.option = option,
                                 .message = std::string(option) + " of " + text(bytes) +
                                            " is not a multiple of the device's blocks of " + text(block)});
    }
    if (!device.zone_capacity && device.zone_size && job.zone_capacity > *device.zone_size) {
      return file.error_at(job, {.option = "zonecapacity",
                                 .message = "zonecapacity of " + text(job.zone_capacity) +
                                            " is above the zone size of " + text(*device.zone_size)});
    }
  }
  return std::nullopt;
}

// A search is never made on the device that a job names.
void note_simulated_names(Instance& instance) {
  if (instance.source.environment || !instance.source.device.empty()) return;
  std::vector<std::string> names;
  for (const core::JobSpec& job : instance.jobs) {
    for (std::size_t file = 0; file < job.file_count(); ++file) {
      const std::string& filename = job.file(file);
      const bool named = filename != "sim" && !filename.starts_with("sim:");
      if (named && std::ranges::find(names, filename) == names.end()) names.push_back(filename);
    }
  }
  for (const std::string& name : names) {
    instance.notes.push_back("filename=" + name + " is simulated, as --device=sim:" + instance.device.short_text() +
                             "; another --device=sim:… describes it better");
  }
}

tl::expected<void, InputError> make_jobs(const JobFile& file, Instance& instance) {
  instance.jobs = file.jobs;
  instance.notes.insert(instance.notes.end(), file.notes.begin(), file.notes.end());
  note_later_options(file, instance);
  if (instance.seed) {
    for (core::JobSpec& job : instance.jobs) job.randseed += core::SplitMix64::mix(*instance.seed);
  }
  if (auto error = check_reach(file, instance.device_option)) return tl::make_unexpected(*error);
  if (auto error = check_zones_of_jobs(file, instance.device_option)) return tl::make_unexpected(*error);
  const auto config = device_config(instance.device_option, instance.jobs);
  if (!config) return tl::make_unexpected(config.error());
  instance.device = *config;
  for (core::JobSpec& job : instance.jobs) {
    const std::uint64_t size = job.size;
    core::place_on(job, config->zones * config->zone_size);
    if (job.size < size && job.clone == 0)
      instance.notes.push_back("the range of " + job.name + " ends with the device");
  }
  if (!instance.device_option.max_open && config->max_open != 0) {
    instance.assumed.push_back("the device has a limit of " + std::to_string(config->max_open) +
                               " open zones, which job_max_open_zones needs; max-open= of --device says otherwise");
  }
  // What others have to type, who do not have the device or the report.
  const bool looked_at = instance.device_option.kind == DeviceKind::block || !instance.device_option.like.empty();
  if (looked_at && instance.device_option.kind != DeviceKind::file) {
    instance.source.device = "sim:" + config->short_text();
  }
  if (config->latency && !config->latency->calibrated) {
    instance.notes.push_back("latency=" + config->latency->name + " is uncalibrated: " + config->latency->basis);
  }
  if (!instance.device_option.says_how_zones_start() && !config->filled.empty()) {
    instance.assumed.emplace_back(
        "no job writes or trims, so zones start full, half full and empty in turn; filled= and half= of --device say "
        "otherwise");
  }
  if (!instance.source.faults_path.empty()) {
    const auto faults = parse_fault_file(instance.faults_text, instance.source.faults_path, config->zones);
    if (!faults) return tl::make_unexpected(faults.error());
    instance.faults = *faults;
    const bool cuts = faults->any([](const device::Fault& one) { return one.kind == device::FaultKind::power_cut; });
    const auto several = std::ranges::find_if(instance.jobs, [](const auto& job) { return job.file_count() > 1; });
    if (cuts && several != instance.jobs.end()) {
      return tl::make_unexpected(file.error_at(
          *several, {.option = "filename", .message = "a power cut is not supported yet for jobs with several files"}));
    }
  }
  // Contradictions of the job file itself are reported even where the bound would hide them.
  if (auto error = check_jobs(file, instance)) return tl::make_unexpected(*error);
  auto dropped = apply_bound(instance.bounds, instance.jobs, instance.device);
  if (!dropped) return tl::make_unexpected(dropped.error());
  instance.dropped = std::move(*dropped);
  if (auto error = check_jobs(file, instance)) return tl::make_unexpected(*error);
  note_simulated_names(instance);
  instance.task_names.emplace_back("main");
  for (std::size_t i = 0; i < instance.jobs.size(); ++i) {
    instance.task_names.push_back(core::task_name(instance.jobs, i));
  }
  return {};
}

}  // namespace

// Which jobs share a device matters, not what its file is called: the first job that has it.
std::string Instance::identity_text() const {
  std::string text = kProgram;
  std::vector<std::string> known;  // of jobs with several files: numbered as they come
  const auto number_of = [&](const std::string& filename) {
    const auto place = std::ranges::find(known, filename);
    if (place != known.end()) return place - known.begin();
    known.push_back(filename);
    return static_cast<std::ptrdiff_t>(known.size()) - 1;
  };
  const bool several = std::ranges::any_of(jobs, [](const core::JobSpec& job) { return job.file_count() > 1; });
  text += "\nfixes=" + fixes.resolved() + "\ndevice=" + device.to_string() + "\nfaults=" + faults.to_string();
  text += "\ndraws=" + (seed ? "seed " + std::to_string(*seed) : std::string("choices"));
  for (const core::JobSpec& job : jobs) {
    text += "\njob " + core::canonical_text(job);
    const auto same = std::find_if(jobs.begin(), jobs.end(),
                                   [&](const core::JobSpec& other) { return other.filename == job.filename; });
    text += " file=" + std::to_string(same - jobs.begin());
    for (std::size_t file = 0; several && file < job.file_count(); ++file) {
      text += (file == 0 ? " files=" : ",") + std::to_string(number_of(job.file(file)));
    }
  }
  return text;
}

std::uint64_t Instance::identity() const { return sim::identity_of(identity_text()); }

bool Instance::moves_data() const {
  return std::any_of(jobs.begin(), jobs.end(),
                     [](const core::JobSpec& job) { return job.verify != core::VerifyKind::none; });
}

tl::expected<Instance, InputError> load_instance(const InstanceSource& source) {
  if (source.job_path == kStandardInput && source.faults_path == kStandardInput) {
    return tl::make_unexpected(InputError{.file = "--faults", .message = "standard input is the job file already"});
  }
  auto job_text = read_file(source.job_path);
  if (!job_text) return tl::make_unexpected(job_text.error());
  std::string faults_text;
  if (!source.faults_path.empty()) {
    auto text = read_file(source.faults_path);
    if (!text) return tl::make_unexpected(text.error());
    faults_text = std::move(*text);
  }
  return make_instance(source, std::move(*job_text), std::move(faults_text));
}

tl::expected<Instance, InputError> make_instance(const InstanceSource& source, std::string job_text,
                                                 std::string faults_text) {
  Instance instance;
  instance.source = source;
  instance.seed = source.seed;
  if (const auto parsed = parse_options(source, instance); !parsed) return tl::make_unexpected(parsed.error());
  const ParseContext context = parse_context(source, instance.device_option, instance.environment);
  const auto file = parse_job_file(job_text, source.job_path, context);
  if (!file) return tl::make_unexpected(file.error());
  instance.job_text = std::move(job_text);
  instance.faults_text = std::move(faults_text);
  if (const auto made = make_jobs(*file, instance); !made) return tl::make_unexpected(made.error());
  instance.name = base_name(source.job_path);
  if (!source.faults_path.empty()) instance.name += "@" + base_name(source.faults_path);
  return instance;
}

}  // namespace zoneknot::tools
