#include "tools/instance/run_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

#include "lockcheck/report/no_io_text.h"

namespace zoneknot::tools {
namespace {

constexpr std::array<const char*, 4> kNames = {"read", "write", "trim", "sync"};

// Three significant digits, as fio shows them: 986, 12.3k, 1.24M.
std::string scaled(double value, double base, std::array<const char*, 5> units) {
  std::size_t unit = 0;
  while (value >= base && unit + 1 < units.size()) {
    value /= base;
    ++unit;
  }
  const int digits = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return fmt::format("{:.{}f}{}", value, digits, units.at(unit));
}

std::string rate_text(double per_second) { return scaled(per_second, 1000, {"", "k", "M", "G", "T"}); }
std::string bytes_text(double bytes) { return scaled(bytes, 1024, {"B", "KiB", "MiB", "GiB", "TiB"}); }
std::string decimal_text(double bytes) { return scaled(bytes, 1000, {"B", "kB", "MB", "GB", "TB"}); }

struct Unit {
  const char* name;
  double ns;
};

Unit unit_for(double ns) {
  if (ns >= 2e9) return {"sec", 1e9};
  if (ns >= 2e6) return {"msec", 1e6};
  if (ns >= 2e3) return {"usec", 1e3};
  return {"nsec", 1};
}

double seconds_of(const core::Stats& stats) {
  return stats.end_ns > stats.begin_ns ? static_cast<double>(stats.end_ns - stats.begin_ns) / 1e9 : 0;
}

std::string bandwidth_text(std::uint64_t bytes, double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
  return fmt::format("{}/s ({}/s)({}/{:.0f}msec)", bytes_text(rate), decimal_text(rate),
                     bytes_text(static_cast<double>(bytes)), seconds * 1000);
}

std::string latency_text(const core::LatencyHistogram& latency) {
  const Unit unit = unit_for(latency.mean_ns());
  const auto in = [&](double ns) { return ns / unit.ns; };
  std::string text = fmt::format("    lat ({}): min={:.1f}, max={:.1f}, avg={:.2f}\n", unit.name,
                                 in(static_cast<double>(latency.min_ns())), in(static_cast<double>(latency.max_ns())),
                                 in(latency.mean_ns()));
  text += fmt::format("    lat percentiles ({}):", unit.name);
  for (const double percent : {50.0, 90.0, 99.0, 99.9}) {
    text += fmt::format(" {:.4g}th=[{:.1f}]", percent, in(static_cast<double>(latency.percentile_ns(percent / 100))));
  }
  return text + "\n";
}

std::string direction_text(const core::Stats& stats, std::size_t direction, double seconds, RunTime time) {
  const core::DirectionStats& of = stats.by_direction.at(direction);
  if (of.ios == 0 && of.errors == 0) return {};
  std::string text = fmt::format("  {}: IOPS={}, BW={}", kNames.at(direction),
                                 rate_text(seconds > 0 ? static_cast<double>(of.ios) / seconds : 0),
                                 bandwidth_text(of.bytes, seconds));
  if (direction == static_cast<std::size_t>(core::Direction::write))
    text += fmt::format("; {} zone resets", stats.zone_resets);
  if (of.errors != 0) text += fmt::format("; {} errors", of.errors);
  if (time == RunTime::virtual_time) text += "; in virtual time";
  text += "\n";
  return of.ios == 0 ? text : text + latency_text(of.latency);
}

const char* error_text(int error) { return error == EILSEQ ? "verification failed" : std::strerror(error); }

struct Block {
  std::string name;
  unsigned group = 0;
  unsigned jobs = 0;
  int error = 0;
  unsigned aborted = 0;
  unsigned stuck = 0;
  std::vector<core::NoIo> no_io;  // each reason once
  core::Stats stats;
};

// One block for a job; with group_reporting one for all jobs of a group that have it.
std::vector<Block> blocks_of(const std::vector<JobResult>& results, std::uint64_t now_ns) {
  std::vector<Block> blocks;
  unsigned group = 0;
  std::map<unsigned, std::size_t> by_group;
  for (const JobResult& result : results) {
    if (&result != &results.front() && result.spec->begins_group()) ++group;
    const bool joins = result.spec->group_reporting && by_group.contains(group);
    if (!joins) {
      if (result.spec->group_reporting) by_group[group] = blocks.size();
      blocks.push_back({.name = result.spec->group_reporting ? result.spec->name : result.task, .group = group});
    }
    Block& block = joins ? blocks[by_group[group]] : blocks.back();
    ++block.jobs;
    block.aborted += result.aborted ? 1 : 0;
    block.stuck += result.stuck ? 1 : 0;
    if (block.error == 0) block.error = result.error;
    if (result.no_io && std::ranges::find(block.no_io, *result.no_io) == block.no_io.end()) {
      block.no_io.push_back(*result.no_io);
    }
    block.stats.add(ended_by(result.stats, now_ns));
  }
  return blocks;
}

// As fio has it; a stuck job has no error to tell of, and no success either.
std::string error_of_block(const Block& block) {
  std::string text = block.error != 0            ? fmt::format("{:2} ({})", block.error, error_text(block.error))
                     : block.stuck == block.jobs ? std::string(" -")
                                                 : std::string(" 0");
  if (block.stuck == 0) return text;
  if (block.jobs == 1) return text + " (stuck)";
  return text + fmt::format(" ({} of {} jobs are stuck)", block.stuck, block.jobs);
}

std::string issued_text(const core::Stats& stats) {
  std::string text = "  issued rwts: total=";
  for (std::size_t i = 0; i < stats.by_direction.size(); ++i) {
    text += (i == 0 ? "" : ",") + std::to_string(stats.by_direction.at(i).ios);
  }
  text += " errors=";
  for (std::size_t i = 0; i < stats.by_direction.size(); ++i) {
    text += (i == 0 ? "" : ",") + std::to_string(stats.by_direction.at(i).errors);
  }
  if (stats.blocks_verified != 0) text += fmt::format(" verified={}", stats.blocks_verified);
  return text + "\n";
}

}  // namespace

core::Stats ended_by(core::Stats stats, std::uint64_t now_ns) {
  if (stats.end_ns == 0) stats.end_ns = now_ns;
  return stats;
}

std::string run_report_text(const std::vector<JobResult>& results, std::uint64_t now_ns, RunTime time) {
  std::string text;
  core::Stats all;
  for (const Block& block : blocks_of(results, now_ns)) {
    const double seconds = seconds_of(block.stats);
    text +=
        fmt::format("{}: (groupid={}, jobs={}): err={}\n", block.name, block.group, block.jobs, error_of_block(block));
    if (block.stats.first_bad_offset) {
      text +=
          fmt::format("  verify: what was read at offset {} is not what was written\n", *block.stats.first_bad_offset);
    }
    if (!block.no_io.empty() && block.stats.ios_or_errors() == 0 && block.stuck == 0) {
      text += fmt::format("  no I/O: {}\n", lockcheck::no_io_text(block.no_io, block.jobs > 1));
    }
    if (block.aborted != 0) text += fmt::format("  {} job(s) stopped at a failed assertion\n", block.aborted);
    for (std::size_t i = 0; i < kNames.size(); ++i) text += direction_text(block.stats, i, seconds, time);
    text += issued_text(block.stats);
    all.add(block.stats);
  }
  text += time == RunTime::virtual_time ? "\nRun status (all jobs, in virtual time):\n" : "\nRun status (all jobs):\n";
  const double seconds = seconds_of(all);
  for (const auto& [name, direction] :
       {std::pair{"   READ", core::Direction::read}, std::pair{"  WRITE", core::Direction::write},
        std::pair{"   TRIM", core::Direction::trim}}) {
    const core::DirectionStats& of = all.of(direction);
    if (of.ios != 0) text += fmt::format("{}: bw={}, ios={}\n", name, bandwidth_text(of.bytes, seconds), of.ios);
  }
  return text;
}

}  // namespace zoneknot::tools
