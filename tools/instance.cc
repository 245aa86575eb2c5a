#include "tools/instance.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/random.h"
#include "core/workload.h"
#include "sim/witness.h"
#include "tools/bound.h"
#include "tools/device_option.h"
#include "tools/fault_file.h"

namespace zoneknot::tools {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20U;

// What a witness has to agree on with the program that replays it, besides its instance. Changed when the meaning of
// schedules changes.
constexpr const char* kProgram = "zoneknot workload 1";

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

InputError system_error(const std::string& path, const char* what) {
  return {.file = path, .message = std::string(what) + ": " + std::strerror(errno)};
}

std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

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
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::string, InputError> read_file(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return tl::make_unexpected(system_error(path, "cannot be opened"));
  std::string text;
  char buffer[65536];
  std::size_t bytes = 0;
  while ((bytes = std::fread(buffer, 1, sizeof(buffer), file.get())) > 0) {
    text.append(buffer, bytes);
    if (text.size() > kMaxFileBytes)
      return tl::make_unexpected(InputError{.file = path, .message = "is larger than 64 MiB"});
  }
  if (std::ferror(file.get()) != 0) return tl::make_unexpected(system_error(path, "cannot be read"));
  return text;
}

std::optional<InputError> write_file(const std::string& path, std::string_view text) {
  // Written beside its place and moved there, so that nobody ever finds half of it.
  const std::string beside = path + ".part";
  {
    const File file(std::fopen(beside.c_str(), "wb"));
    if (!file) return system_error(path, "cannot be written");
    if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0) {
      return system_error(path, "cannot be written");
    }
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return system_error(path, "cannot be written");
  return std::nullopt;
}

std::string Instance::identity_text() const {
  std::string text = kProgram;
  text += "\nfixes=" + fixes.to_string() + "\ndevice=" + device.to_string() + "\nfaults=" + faults.to_string();
  text += "\ndraws=" + (seed ? "seed " + std::to_string(*seed) : std::string("choices"));
  for (const core::JobSpec& job : jobs) {
    text += "\njob " + core::canonical_text(job);
    // Which jobs share a device matters, not what its file is called.
    const auto same = std::find_if(jobs.begin(), jobs.end(),
                                   [&](const core::JobSpec& other) { return other.filename == job.filename; });
    text += " file=" + std::to_string(same - jobs.begin());
  }
  return text;
}

std::uint64_t Instance::identity() const { return sim::identity_of(identity_text()); }

bool Instance::moves_data() const {
  return std::any_of(jobs.begin(), jobs.end(),
                     [](const core::JobSpec& job) { return job.verify != core::VerifyKind::none; });
}

tl::expected<Instance, InputError> load_instance(const InstanceSource& source) {
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
  const auto fixes = core::FixSet::parse(source.fixes.empty() ? "series" : source.fixes);
  if (!fixes) return tl::make_unexpected(InputError{.file = "--fixes", .message = fixes.error()});
  instance.fixes = *fixes;
  const auto device = parse_device_option(source.device.empty() ? "sim" : source.device);
  if (!device) return tl::make_unexpected(device.error());
  const auto bounds = source.bound.empty() ? lockcheck::Bounds{} : parse_bound(source.bound);
  if (!bounds) return tl::make_unexpected(bounds.error());
  instance.bounds = *bounds;

  const ParseContext context = parse_context(source, *device, instance.environment);
  auto file = parse_job_file(job_text, source.job_path, context);
  if (!file) return tl::make_unexpected(file.error());
  instance.jobs = file->jobs;
  if (source.seed) {
    for (core::JobSpec& job : instance.jobs) job.randseed += core::SplitMix64::mix(*source.seed);
  }
  instance.notes = file->notes;
  const auto config = device_config(*device, instance.jobs);
  if (!config) return tl::make_unexpected(config.error());
  instance.device = *config;
  // Contradictions of the job file itself are reported even where the bound would hide them.
  if (auto error = check_jobs(*file, instance)) return tl::make_unexpected(*error);
  if (const auto applied = apply_bound(instance.bounds, instance.jobs, instance.device); !applied) {
    return tl::make_unexpected(applied.error());
  }
  if (auto error = check_jobs(*file, instance)) return tl::make_unexpected(*error);

  instance.name = base_name(source.job_path);
  if (!source.faults_path.empty()) {
    const auto faults = parse_fault_file(faults_text, source.faults_path);
    if (!faults) return tl::make_unexpected(faults.error());
    instance.faults = *faults;
    instance.name += "@" + base_name(source.faults_path);
  }
  instance.task_names.emplace_back("main");
  for (std::size_t i = 0; i < instance.jobs.size(); ++i)
    instance.task_names.push_back(core::task_name(instance.jobs, i));
  instance.job_text = std::move(job_text);
  instance.faults_text = std::move(faults_text);
  return instance;
}

}  // namespace zoneknot::tools
