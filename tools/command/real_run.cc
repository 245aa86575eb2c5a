#include "tools/command/real_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <random>

#include "core/workload/workload.h"
#include "device/block/block_facts.h"
#include "device/model/zone_state.h"
#include "device/real/watchdog.h"
#include "lockcheck/picture/hang_picture.h"
#include "lockcheck/picture/order_picture.h"
#include "lockcheck/report/report_story.h"
#include "lockcheck/report/report_text.h"
#include "sim/conclude/conclude.h"
#include "tools/cli/delivery.h"
#include "tools/cli/graph_files.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/report_form.h"
#include "tools/command/shown_run.h"
#include "tools/instance/search_verdict.h"
#include "tools/instance/workload_report.h"
#include "tools/text/shell_word.h"
#include "tools/text/size_text.h"
#include "tools/witness/trace_file.h"

namespace zoneknot::tools {
namespace {

std::string in_mebibytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
  return bytes % kMiB == 0 ? fmt::format("{} MiB", bytes / kMiB) : fmt::format("{} bytes", bytes);
}

// What the jobs may change, a range of bytes.
struct Range {
  std::uint64_t from = UINT64_MAX;
  std::uint64_t to = 0;
  [[nodiscard]] bool empty() const { return from >= to; }
};

Range range_of(const Instance& instance) {
  const std::uint64_t zone_size = instance.device.zone_size;
  const std::uint64_t end = zone_size * instance.device.zones;
  Range range;
  for (const core::JobSpec& job : instance.jobs) {
    if (!job.writes && !job.trims) continue;
    range.from = std::min(range.from, job.offset / zone_size * zone_size);
    const std::uint64_t job_end = job.size == 0 ? end : std::min(end, job.offset + job.size_in_file());
    range.to = std::max(range.to, (job_end + zone_size - 1) / zone_size * zone_size);
  }
  return range;
}

std::string written_text(const Instance& instance) {
  const Range range = range_of(instance);
  if (range.empty()) return "no job writes or trims";
  const std::uint64_t first = range.from / instance.device.zone_size;
  const std::uint64_t last = range.to / instance.device.zone_size - 1;
  if (instance.device_option.emulated) {
    return fmt::format("the jobs overwrite bytes {} to {}", range.from, range.to - 1);
  }
  std::uint64_t with_data = 0;
  for (const device::ZoneStart& start : instance.device.starts) {
    if (start.condition == core::ZoneCondition::offline || start.last < first || start.first > last) continue;
    with_data += std::min<std::uint64_t>(start.last, last) - std::max<std::uint64_t>(start.first, first) + 1;
  }
  return fmt::format("the jobs overwrite zones {} to {}; {} of them hold data", first, last, with_data);
}

bool has_pointer(const core::ZoneReport& zone) {
  return zone.type == core::ZoneType::sequential_write_required &&
         (device::counts_as_active(zone.condition) || zone.condition == core::ZoneCondition::empty);
}

// Where the device's zones are and the jobs believe them to be. Where a write pointer has no meaning, a zone that the
// jobs have not filled is told of as well.
std::vector<std::string> zone_lines(const core::Workload& workload, const std::string& path) {
  std::vector<std::string> lines;
  std::uint32_t compared = 0;
  for (std::uint32_t group = 0; group < workload.table_count(); ++group) {
    const core::ZoneTable& table = workload.table(group);
    const std::vector<core::ZoneReport> report = table.device().report();
    for (std::uint32_t index = 0; index < table.nr_zones() && index < report.size(); ++index) {
      const core::Zone& zone = table.zone(index);
      const core::ZoneReport& is = report[index];
      if (zone.conventional()) continue;
      ++compared;
      const std::uint64_t believed = zone.wp.read();
      const bool full = is.condition == core::ZoneCondition::full && believed >= zone.writable_end();
      const bool out = is.condition == core::ZoneCondition::read_only || is.condition == core::ZoneCondition::offline;
      if (out || full || (has_pointer(is) && is.wp == believed)) continue;
      const std::string of = workload.table_count() > 1 ? fmt::format(" of file {}", group + 1) : std::string();
      lines.push_back(fmt::format("zone {}{}: the jobs believe its write pointer at {}, the device has it {}", index,
                                  of, believed - zone.start,
                                  has_pointer(is) ? fmt::format("at {}", is.wp - is.start) : std::string("full")));
    }
  }
  if (lines.empty())
    lines.push_back(fmt::format("{}: all {} sequential zones are where the jobs left them", path, compared));
  return lines;
}

std::string stillness_text(const device::Stillness& still) {
  const double seconds = static_cast<double>(still.for_ns) / 1e9;
  if (still.kind == device::Stillness::Kind::stopped) {
    return fmt::format(
        "the process stood still for {:.0f} s, stopped or suspended with its machine; that does not count", seconds);
  }
  return fmt::format(
      "no task has moved for {:.0f} s: {} wait for the device, which has {} I/Os, {} are in a call of the "
      "system; nobody waits in a circle, so it is slow and no hang",
      seconds, still.at_device, still.in_flight, still.in_calls);
}

// A search of the same jobs, on a simulated device like the one that they ran on.
std::string simulated_check(const Instance& instance) {
  const std::string device = instance.device_option.emulated || instance.source.device.starts_with("sim:") ||
                                     instance.device_option.kind == DeviceKind::file
                                 ? "sim:" + instance.device.short_text()
                                 : instance.source.device;
  return fmt::format("{} check {} --fixes={} --device={}", program_word(), shell_word(instance.source.job_path),
                     instance.fixes.to_string(), shell_word(device));
}

// What steers a search towards the places where the threads got stuck: "2*zone@convert_to_open_zone,1*completion".
std::string search_command(const Instance& instance, const lockcheck::SceneInVerdict& scene) {
  std::map<std::string, unsigned> waits;
  for (const lockcheck::TaskInVerdict& task : scene.tasks) {
    if (task.standing != lockcheck::TaskStanding::stuck) continue;
    const bool lock = task.waits_for.kind == lockcheck::ResourceType::lock;
    const bool completion = task.waits_for.kind == lockcheck::ResourceType::completion ||
                            task.waits_for.kind == lockcheck::ResourceType::lost_completion;
    if (lock) {
      const std::string function = task.place.function.empty() ? "" : "@" + task.place.function;
      ++waits[task.waits_for.lock_class + function];
    } else if (completion) {
      ++waits["completion"];
    }
  }
  std::string target;
  for (const auto& [what, count] : waits) target += fmt::format("{}{}*{}", target.empty() ? "" : ",", count, what);
  if (target.empty() || instance.source.job_path.empty()) return {};
  return simulated_check(instance) + " --strategy=" + shell_word("directed:" + target);
}

}  // namespace

void add_real_options(const RealRunOptions& options, InstanceSource& source) {
  source.on_real_device = true;
  if (!options.emulate_zones.empty()) {
    source.emulate_zones = options.emulate_zones == "true" ? std::string() : options.emulate_zones;
  }
}

std::vector<std::string> overwritten_lines(const Instance& instance) {
  const DeviceOption& option = instance.device_option;
  if (option.kind != DeviceKind::block) return {};
  const auto facts = device::block_facts(option.path);
  if (!facts) return {};
  const device::DeviceConfig& config = instance.device;
  std::string zones =
      fmt::format("{} {}zones of {}", config.zones, option.emulated ? "emulated " : "", in_mebibytes(config.zone_size));
  if (config.conventional != 0) zones += fmt::format(", {} conventional", config.conventional);
  if (config.zone_capacity != 0 && config.zone_capacity != config.zone_size) {
    zones += fmt::format(", capacity {}", in_mebibytes(config.zone_capacity));
  }
  if (config.max_open != 0) zones += fmt::format(", {} open at most", config.max_open);
  if (config.max_active != 0) zones += fmt::format(", {} active at most", config.max_active);
  return {fmt::format("{}: {}{}, {}", option.path, facts->model.empty() ? "" : facts->model + ", ",
                      in_mebibytes(facts->bytes), zones),
          option.path + ": " + written_text(instance)};
}

tl::expected<std::unique_ptr<device::Perturbation>, InputError> perturbation_of(const RealRunOptions& options,
                                                                                std::vector<std::string>& notes) {
  if (options.perturb.empty()) return nullptr;
  std::uint64_t seed = std::random_device{}();
  if (options.perturb != "true") {
    const auto given = parse_count(options.perturb, 0, UINT64_MAX);
    if (!given) return tl::unexpected(InputError{.file = "--perturb", .message = given.error().message});
    seed = *given;
  }
  notes.push_back(fmt::format("delays of --perturb={}", seed));
  return std::make_unique<device::Perturbation>(seed);
}

int report_run(RunOutcome& run, const RunReport& as) {
  LostOutputs lost;
  lost.add(run.trace_error);
  bool failed = false;
  for (const JobResult& result : run.results) failed |= result.error != 0;
  lockcheck::Verdict& verdict = run.verdict;
  verdict.search.strategy = as.strategy;
  verdict.search.executions = 1;
  for (const JobResult& result : run.results) {
    verdict.scene.jobs.push_back({result.task, result.error, result.aborted, ended_by(result.stats, run.end_ns)});
  }
  for (JobResult& result : run.results) {
    result.stuck = verdict.word == lockcheck::VerdictWord::hang && result.stats.end_ns == 0;
  }
  std::string statistics = run_report_text(run.results, run.end_ns, run.time);
  for (const std::string& line : run.lines) statistics += line + "\n";
  const bool clean = verdict.word == lockcheck::VerdictWord::clean && verdict.scene.rules.empty();
  if (clean && run.interrupted) {
    verdict.word = lockcheck::VerdictWord::incomplete;
    verdict.search.stopped_by = lockcheck::StoppedBy::user;
  }
  std::string text = report_of(verdict, as.format, as.verbose);
  if (as.format != Format::json) {
    // Who has a clean run wants what fio would print.
    text = as.head + (clean ? statistics + "\n" + lockcheck::headline(verdict) + "\n" + lockcheck::text_of_next(verdict)
                            : text + "\n" + statistics);
  }
  lost.add(write_graph_files(verdict, as.graphs, run.shown));
  int code = lockcheck::exit_code(verdict.word);
  if (code == 0 && failed) code = 1;
  if (code == 0 && run.interrupted) code = lockcheck::exit_code(lockcheck::VerdictWord::incomplete);
  return deliver(text, as.output, code, lost);
}

tl::expected<std::unique_ptr<device::RealWorld>, InputError> open_real_world(const Instance& instance,
                                                                             const RealRunOptions& options,
                                                                             device::ScheduleGate* gate,
                                                                             device::StepHook* hook) {
  const DeviceOption& option = instance.device_option;
  const auto fail = [](std::string why) {
    return tl::unexpected(InputError{.file = "--device", .message = std::move(why)});
  };
  const bool on_zoned = option.kind == DeviceKind::block && !option.emulated;
  if (std::ranges::any_of(instance.jobs, [](const core::JobSpec& job) { return job.file_count() > 1; }))
    return fail("jobs with several files run on simulated devices alone, so far");
  if (on_zoned && !instance.faults.empty())
    return fail(option.path + ": faults of a plan are for emulated zones alone");
  auto world = device::RealWorld::open(instance.jobs, {.path = option.path,
                                                       .backing = on_zoned          ? device::Backing::zoned_block
                                                                  : option.emulated ? device::Backing::emulated_block
                                                                                    : device::Backing::file,
                                                       .config = instance.device,
                                                       .faults = instance.faults,
                                                       .fault_seed = instance.seed.value_or(0),
                                                       .keep_state = option.keep && gate == nullptr,
                                                       .destroy_data = options.destroy_data || options.dry_run,
                                                       .destroy_partitions = options.destroy_partitions,
                                                       .zones_by_config = gate != nullptr && on_zoned,
                                                       .dry_run = options.dry_run,
                                                       .gate = gate,
                                                       .draws_in_list = !instance.seed,
                                                       .hook = hook,
                                                       .stop = &interrupted()});
  if (!world) return fail(std::move(world.error()));
  return std::move(*world);
}

void forgive_order(lockcheck::Verdict& verdict) {
  const auto is_order = [](const lockcheck::RuleInVerdict& broken) { return broken.rule == lockcheck::Rule::order; };
  if (verdict.word != lockcheck::VerdictWord::rule || !std::ranges::all_of(verdict.scene.rules, is_order)) return;
  verdict.word = lockcheck::any_prediction_stands(verdict.order) ? lockcheck::VerdictWord::possible
                                                                 : lockcheck::VerdictWord::clean;
}

RunOutcome run_for_real(const Instance& instance, device::RealWorld& world, const RealRunOptions& options,
                        const RunFollowed& followed) {
  RunOutcome run{.verdict = verdict_about(instance)};
  const bool is_file = instance.device_option.kind == DeviceKind::file;
  run.verdict.subject.device = (is_file ? "file:" : "") + instance.device_option.path;
  run.verdict.assumptions.clear();
  run.verdict.subject.draws_by = lockcheck::DrawsBy::job_seeds;
  std::optional<core::Workload> workload;
  bool hang = false;
  {
    const auto on_hang = [&](const lockcheck::StuckCore& stuck) {
      hang = true;
      lockcheck::describe_hang(world.watch(), stuck, run.verdict.scene);
      run.verdict.scene.zones = lockcheck::zones_of_hang(world.watch(), stuck, zone_lookup(*workload));
      run.verdict.scene.replay_command = search_command(instance, run.verdict.scene);
    };
    const auto on_still = [&](const device::Stillness& still) {
      run.lines.push_back(stillness_text(still));
      print_notes({run.lines.back()});
    };
    const double seconds =
        options.watchdog_seconds.value_or(static_cast<double>(device::Watchdog::kDefaultTimeoutNs) / 1e9);
    std::optional<TraceRecording> recording;
    if (!followed.lock_trace.empty()) recording.emplace(followed.lock_trace, world.watch());
    std::optional<ShownRun> shown;
    if (followed.shown) shown.emplace(instance, world.watch());
    world.watch().set_order_checks(followed.order_check ? lockcheck::OrderChecks::on : lockcheck::OrderChecks::off);
    workload.emplace(world, instance.jobs, instance.fixes);
    const device::Watchdog watchdog(world.watch(), world.thread_runtime(), on_hang,
                                    static_cast<std::uint64_t>(seconds * 1e9), &interrupted(), on_still);
    world.thread_runtime().run("main", [&] { workload->run(); });
    if (recording) run.trace_error = recording->close();
    if (shown) run.shown = shown->run();
  }
  lockcheck::describe_rules(world.watch().broken_rules(), instance.task_names, run.verdict.scene);
  lockcheck::find_rules_in_knot(run.verdict.scene);
  lockcheck::describe_order(world.watch(), run.verdict.order);
  run.verdict.word = sim::word_of_run(hang, run.verdict);
  if (!hang && !interrupted()) forgive_order(run.verdict);
  run.results = job_results(*workload, instance.task_names);
  if (!is_file) {
    for (std::string& line : zone_lines(*workload, instance.device_option.path)) run.lines.push_back(std::move(line));
  }
  run.end_ns = world.clock().now_ns();
  run.interrupted = interrupted();
  const std::string& steered = run.verdict.scene.replay_command;
  run.verdict.scene.next = {keeping_witness(steered.empty() ? simulated_check(instance) : steered, instance)};
  return run;
}

}  // namespace zoneknot::tools
