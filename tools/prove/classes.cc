#include "tools/prove/classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "lockcheck/report/matrix_report.h"
#include "lockcheck/report/report_json.h"
#include "lockcheck/text/columns.h"
#include "tools/cli/delivery.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/progress_line.h"
#include "tools/option/fixes_option.h"
#include "tools/prove/limits.h"
#include "tools/prove/verdict.h"
#include "tools/text/whole_file.h"

namespace zoneknot::tools {
namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;

constexpr ProofSize kClassSize = {.depth = 2, .zones = 3, .blocks = 1};

constexpr std::uint64_t kBlock = 16384;

// Jobs of just this size: what is proved of them is proved with nothing cut.
std::string options_of(const ProofSize& size) {
  return fmt::format(
      "[job]\nfilename=${{ZONED}}\nzonemode=zbd\nzonesize={}\nmax_open_zones={}\nioengine=libaio\ndirect=1\nthread=1\n"
      "bs={}\niodepth={}\nsize={}z\n",
      kBlock * size.blocks, std::clamp(size.zones - 1, 1U, 2U), kBlock, size.depth, size.zones);
}

// So that a zone is also reset where the draw finds it.
constexpr const char* kResets = "zone_reset_threshold=0.5\nzone_reset_frequency=0.5\n";

struct Column {
  const char* heading;
  sim::ProofFaults faults;
  const char* device;
};

constexpr std::array<Column, 4> kColumns = {{{"no errors", sim::ProofFaults::none, "sim"},
                                             {"I/O errors", sim::ProofFaults::device, "sim"},
                                             {"conventional", sim::ProofFaults::none, "sim:conventional=1"},
                                             {"both", sim::ProofFaults::device, "sim:conventional=1"}}};

constexpr int kNameWidth = 26;
constexpr int kCellWidth = 16;

tl::expected<Verdict, InputError> prove_cell(const WorkloadClass& kind, const Column& column, core::FixSet fixes,
                                             const ProofSize& size, const sim::ProofLimits& limits) {
  const InstanceSource source{
      .job_path = kind.name, .fixes = fixes.to_string(), .device = column.device, .environment = {{}}};
  const auto instance = make_instance(source, options_of(size) + kind.options, {});
  if (!instance) return tl::make_unexpected(instance.error());
  const auto small = proof_instance(*instance, size);
  if (!small) return tl::make_unexpected(small.error());
  const auto begin = std::chrono::steady_clock::now();
  const auto proofs = run_proof(*small, fixes, column.faults, limits);
  Verdict verdict = proof_verdict(*instance, *small, size, column.faults, proofs);
  verdict.search.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return verdict;
}

// "proved", "g", "ad", "proved, assert": what does not hold.
std::string short_text(const Verdict& verdict) {
  std::set<std::string> letters;
  std::set<std::string> names;
  for (const auto& broken : verdict.proof.obligations) {
    const std::string name(lockcheck::rule_name(broken.rule));
    (name.size() == 1 ? letters : names).insert(name);
  }
  std::string text = verdict.word == VerdictWord::proved       ? "proved"
                     : verdict.word == VerdictWord::incomplete ? "?"
                                                               : "";
  for (const std::string& letter : letters) text += letter;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace

std::vector<WorkloadClass> workload_classes() {
  const std::string mapless = "norandommap=1\n";
  const std::string mapped = "norandommap=0\ntime_based\nruntime=1\n";
  const std::string checked = "verify=crc32c\n";
  return {{"write", std::string("rw=write\n") + kResets},
          {"randwrite", "rw=randwrite\n" + mapless + kResets},
          {"randwrite, map", "rw=randwrite\n" + mapped + kResets},
          {"read", "rw=read\n"},
          {"randread", "rw=randread\n" + mapless},
          {"randread, map", "rw=randread\n" + mapped},
          {"trim", "rw=trim\n"},
          {"randtrim", "rw=randtrim\n" + mapless},
          {"randtrim, map", "rw=randtrim\n" + mapped},
          {"rw", std::string("rw=rw\n") + kResets},
          {"randrw", "rw=randrw\n" + mapless + kResets},
          {"randrw, map", "rw=randrw\n" + mapped + kResets},
          {"write + verify", "rw=write\n" + checked},
          {"randwrite + verify", "rw=randwrite\n" + mapless + checked},
          {"randwrite + verify, map", "rw=randwrite\n" + mapped + checked},
          {"read + verify", "rw=read\n" + checked},
          {"randread + verify", "rw=randread\n" + mapless + checked}};
}

int prove_classes(const ProveOptions& options) {
  const auto fixes = parse_fixes(options.fixes.value_or(core::FixSet::standard().to_string()));
  if (!fixes) return refuse(fixes.error());
  const auto size = parse_proof_size(options.bound, kClassSize);
  if (!size) return refuse(size.error());
  if (const auto error = check_writable(options.output)) return refuse(*error);
  catch_interrupts();
  lockcheck::Matrix matrix{.columns = {}, .rows = {{fixes->to_string(), {}}}};
  std::string text =
      fmt::format("fixes: {}; jobs of just depth {}, {} and {} in each\n\n{:<{}}", fixes->to_string(), size->depth,
                  lockcheck::counted(size->zones, "zone"), lockcheck::counted(size->blocks, "block"), "", kNameWidth);
  for (const Column& column : kColumns) text += fmt::format("{:<{}}", column.heading, kCellWidth);
  text += "\n";
  bool complete = true;
  for (const WorkloadClass& kind : workload_classes()) {
    text += fmt::format("{:<{}}", kind.name, kNameWidth);
    for (const Column& column : kColumns) {
      const auto verdict = prove_cell(kind, column, *fixes, *size, proof_limits(options, kind.name));
      if (!verdict) return refuse(verdict.error());
      complete &= verdict->word != VerdictWord::incomplete;
      text += fmt::format("{:<{}}", short_text(*verdict), kCellWidth);
      matrix.columns.push_back(kind.name + ", " + column.heading);
      matrix.rows.front().cells.push_back({*verdict});
      if (interrupted()) break;
    }
    text += "\n";
    if (interrupted()) break;
  }
  clear_progress();
  constexpr int kStopped = 3;
  return deliver(options.format == Format::json ? lockcheck::to_json(matrix) : text, options.output,
                 complete ? 0 : kStopped);
}

}  // namespace zoneknot::tools
