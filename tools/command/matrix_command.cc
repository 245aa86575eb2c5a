#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>

#include "lockcheck/report/matrix_report.h"
#include "lockcheck/report/no_io_text.h"
#include "lockcheck/report/report_json.h"
#include "tools/cli/delivery.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/named_files.h"
#include "tools/cli/progress_line.h"
#include "tools/cli/search_limits.h"
#include "tools/cli/workers.h"
#include "tools/command/commands.h"
#include "tools/instance/search_verdict.h"
#include "tools/option/fixes_option.h"
#include "tools/release/releases.h"
#include "tools/text/whole_file.h"
#include "tools/witness/witness_file.h"

namespace zoneknot::tools {
namespace {

constexpr std::uint64_t kMatrixExecutions = 40;
constexpr std::uint64_t kMatrixMaxSteps = 2'000'000;

// none, legacy, legacy with each patch of the series, the series without each switch, the series.
std::vector<core::FixSet> sets_of_series() {
  constexpr auto kCount = static_cast<unsigned>(core::kSeriesFixes);
  std::vector<core::FixSet> sets = {core::FixSet::none(), core::FixSet::legacy()};
  for (unsigned i = 1; i < kCount; ++i) sets.push_back(core::FixSet::legacy().with(static_cast<core::Fix>(i)));
  for (unsigned i = 0; i < kCount; ++i) sets.push_back(core::FixSet::series().without(static_cast<core::Fix>(i)));
  sets.push_back(core::FixSet::series());
  return sets;
}

// A release may be named though it behaves as one before it; any other set is there once.
std::optional<InputError> add_row(const std::string& text, std::vector<ReleaseRow>& rows) {
  const auto fixes = parse_fixes(text);
  if (!fixes) return fixes.error();
  ReleaseRow row = row_named(text, *fixes);
  if (std::ranges::find(rows, row.label, &ReleaseRow::label) != rows.end()) {
    return InputError{.file = "--fixes", .message = "the row " + row.label + " is there twice"};
  }
  rows.push_back(std::move(row));
  return std::nullopt;
}

tl::expected<std::vector<ReleaseRow>, InputError> rows_of(const MatrixOptions& options) {
  std::vector<ReleaseRow> rows;
  if (!options.releases.empty()) {
    auto releases = releases_of(options.releases == "all" ? "" : options.releases, "--releases");
    if (!releases) return releases;
    rows = *std::move(releases);
  } else if (options.rows.empty()) {
    for (const core::FixSet& set : sets_of_series()) rows.push_back(row_named({}, set));
  }
  for (const std::string& text : options.rows) {
    if (auto error = add_row(text, rows)) return tl::make_unexpected(*std::move(error));
  }
  return rows;
}

// JOB or JOB@FAULTS; where the '@' is, npos: there is none. A job file may have one in its own path.
std::size_t place_of_plan(const std::string& input) {
  std::error_code ignored;
  return std::filesystem::exists(input, ignored) ? std::string::npos : input.rfind('@');
}

// What a column is called.
std::string column_of(const std::string& input) {
  const std::size_t at = place_of_plan(input);
  const std::string name = base_name(input.substr(0, at));
  return at == std::string::npos ? name : name + "@" + base_name(input.substr(at + 1));
}

InstanceSource source_of(const std::string& input, const core::FixSet& fixes, const MatrixOptions& options) {
  const std::size_t at = place_of_plan(input);
  InstanceSource source{.job_path = input.substr(0, at),
                        .fixes = fixes.to_string(),
                        .device = options.device,
                        .bound = options.search.bound,
                        .seed = options.search.seed};
  if (at != std::string::npos) source.faults_path = input.substr(at + 1);
  return source;
}

// A name of its own for each column: jobs of two folders may be called the same.
std::string file_name_of(const Instance& instance, std::size_t same_names_before) {
  std::string name = instance.name;
  if (same_names_before > 0) name += "-" + std::to_string(same_names_before + 1);
  name += "--" + instance.fixes.to_string();
  for (char& c : name) {
    if (c == ',' || c == '@' || c == '/') c = '_';
  }
  return name + ".json";
}

// Searches the cells, several at a time. What a cell says does not depend on which thread searched it, or when.
class MatrixSearch {
 public:
  MatrixSearch(const MatrixOptions& options, std::vector<sim::SearchStage> stages)
      : options_(options), stages_(std::move(stages)) {}

  // Everything that can be wrong with the input is found here, before anything is searched.
  std::optional<InputError> load() {
    const auto rows = rows_of(options_);
    if (!rows) return rows.error();
    for (const std::string& input : options_.inputs) {
      if (input.ends_with('@')) return InputError{.file = "JOB", .message = in_quotes(input) + " names no fault plan"};
      matrix_.columns.push_back(column_of(input));
    }
    std::optional<InputError> refusal;
    for (const ReleaseRow& of : *rows) {
      lockcheck::MatrixRow row{of.fixes.to_string(), {}, of.label, of.names};
      for (const std::string& input : options_.inputs) {
        if (auto error = load_cell(of, input, row, refusal)) return error;
      }
      matrix_.rows.push_back(std::move(row));
    }
    // What no row of the table takes is bad input.
    const bool any = std::ranges::any_of(instances_, [](const auto& instance) { return instance.has_value(); });
    return any ? std::nullopt : refusal;
  }

  void search_all() {
    take_turns(
        instances_.size(), [this](std::size_t index) { search_cell(index); }, [] { return interrupted().load(); });
    clear_progress();
  }

  [[nodiscard]] std::vector<NamedFile> named_files() const {
    std::vector<NamedFile> files = {{"--output", options_.output, FileUse::written}, {"--expect", options_.expect}};
    for (const std::string& input : options_.inputs) {
      const InstanceSource source = source_of(input, core::FixSet::standard(), options_);
      files.push_back({"JOB", source.job_path});
      files.push_back({"JOB", source.faults_path});
    }
    return files;
  }

  [[nodiscard]] const lockcheck::Matrix& matrix() const { return matrix_; }
  [[nodiscard]] const std::optional<InputError>& write_error() const { return write_error_; }
  [[nodiscard]] std::size_t findings() const { return findings_; }
  // Of cells that are INCOMPLETE.
  [[nodiscard]] std::vector<const lockcheck::WorkInVerdict*> idle() const {
    std::vector<const lockcheck::WorkInVerdict*> idle;
    for (const lockcheck::MatrixRow& row : matrix_.rows) {
      for (const lockcheck::Cell& cell : row.cells) {
        if (!is_incomplete(cell)) continue;
        const auto of_cell = idle_jobs(cell.verdict.search);
        idle.insert(idle.end(), of_cell.begin(), of_cell.end());
      }
    }
    return idle;
  }
  [[nodiscard]] bool complete() const {
    for (const lockcheck::MatrixRow& row : matrix_.rows) {
      for (const lockcheck::Cell& cell : row.cells) {
        if (is_incomplete(cell)) return false;
      }
    }
    return true;
  }

 private:
  static bool is_incomplete(const lockcheck::Cell& cell) {
    return cell.refused.empty() && cell.verdict.word == lockcheck::VerdictWord::incomplete;
  }

  // A release that does not begin with a job has that in its cell.
  std::optional<InputError> load_cell(const ReleaseRow& of, const std::string& input, lockcheck::MatrixRow& row,
                                      std::optional<InputError>& refusal) {
    auto instance = load_instance(source_of(input, of.fixes, options_));
    if (!instance && instance.error().release.empty()) return instance.error();
    if (!instance) {
      InputError reason = instance.error();
      if (!refusal) refusal = reason;
      reason.release.clear();
      lockcheck::Verdict verdict;
      verdict.subject.job = matrix_.columns[row.cells.size()];
      verdict.subject.fix_set = row.fix_set;
      row.cells.push_back({std::move(verdict), reason.to_string()});
      instances_.emplace_back();
      return std::nullopt;
    }
    if (auto error = must_be_simulated(*instance)) return error;
    for (std::string& note : instance->notes) {
      if (noted_.insert(input + note).second) print_notes({note});
    }
    row.cells.push_back({verdict_about(*instance)});
    row.cells.back().verdict.search.stopped_by = lockcheck::StoppedBy::user;
    instances_.emplace_back(std::move(*instance));
    return std::nullopt;
  }

  void search_cell(std::size_t index) {
    if (!instances_[index]) return count_cell();
    const Instance& instance = *instances_[index];
    sim::SearchPlan plan{.stages = stages_,
                         .limits = search_limits(options_.search, kMatrixExecutions, instance.name),
                         .time_is_the_budget = options_.search.time && !options_.search.executions,
                         .seed = options_.search.seed.value_or(1),
                         .order_check = options_.search.order_check,
                         .drive_beside_hangs = options_.search.predictions};
    plan.limits.first_hang_ends = false;  // the letters of a cell come from as many executions as those of any other
    plan.limits.progress = nullptr;       // cells are counted instead
    plan.limits.execution.max_steps = options_.search.max_steps.value_or(kMatrixMaxSteps);
    const std::string path = witness_path(instance, index % options_.inputs.size());
    plan.hang_found = [&](const sim::Finding& finding) { keep_early(instance, path, finding); };
    const auto begin = std::chrono::steady_clock::now();
    sim::Conclusion report = search(instance, plan);
    report.verdict.search.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const std::lock_guard lock(mutex_);
    keep_witness(instance, path, report);
    matrix_.rows[index / options_.inputs.size()].cells[index % options_.inputs.size()].verdict =
        std::move(report.verdict);
    show_progress();
  }
  void count_cell() {
    const std::lock_guard lock(mutex_);
    show_progress();
  }

  // Empty: no witness is wanted.
  [[nodiscard]] std::string witness_path(const Instance& instance, std::size_t column) const {
    if (options_.witnesses.empty()) return {};
    const auto same =
        std::count(matrix_.columns.begin(), matrix_.columns.begin() + static_cast<long>(column), instance.name);
    return options_.witnesses + "/" + file_name_of(instance, static_cast<std::size_t>(same));
  }

  // What becomes of the rest of the cell, and of the table, does not concern it. The cell's whole verdict follows.
  void keep_early(const Instance& instance, const std::string& path, const sim::Finding& finding) {
    lockcheck::Verdict verdict = verdict_about(instance);
    verdict.word = lockcheck::VerdictWord::hang;
    verdict.scene.witness = finding.line;
    const std::lock_guard lock(mutex_);
    write_witness(instance, path, finding, verdict);
  }

  void keep_witness(const Instance& instance, const std::string& path, sim::Conclusion& report) {
    findings_ += report.finding ? 1 : 0;
    if (report.finding) write_witness(instance, path, *report.finding, report.verdict);
    report.verdict.scene.replay_command =
        replay_command(instance, report.verdict.scene.witness, report.finding ? path : "");
  }

  void write_witness(const Instance& instance, const std::string& path, const sim::Finding& finding,
                     const lockcheck::Verdict& verdict) {
    if (path.empty()) return;
    const std::string text = to_witness_file(instance, finding.witness, lockcheck::to_json(verdict), finding.trace);
    if (auto error = write_file(path, text); error && !write_error_) write_error_ = error;
  }

  void show_progress() {
    ++done_;
    progress_.show([this](double) { return fmt::format("{} of {} cells searched", done_, instances_.size()); });
  }

  const MatrixOptions& options_;
  const std::vector<sim::SearchStage> stages_;
  std::vector<std::optional<Instance>> instances_;  // row by row; nothing: refused
  std::set<std::string> noted_;                     // inputs and notes that were printed
  std::mutex mutex_;                                // protects what follows, while workers run
  lockcheck::Matrix matrix_;
  std::size_t done_ = 0;
  std::size_t findings_ = 0;  // cells with a witness
  ProgressLine progress_;
  std::optional<InputError> write_error_;
};

// The cells that are not as the table in `path` has them, a line each.
tl::expected<std::vector<std::string>, InputError> differences(const lockcheck::Matrix& matrix,
                                                               const std::string& path) {
  const auto text = read_file(path);
  if (!text) return tl::make_unexpected(text.error());
  const auto expected = lockcheck::cells_of_json(*text);
  if (!expected) return tl::make_unexpected(InputError{.file = path, .message = expected.error()});
  std::vector<std::string> lines;
  std::size_t found = 0;
  for (const lockcheck::MatrixRow& row : matrix.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const std::string is = lockcheck::cell_text(row.cells[i]);
      const auto want = expected->find({row.fix_set, matrix.columns[i]});
      found += want != expected->end() ? 1 : 0;
      const std::string wanted = want == expected->end() ? "no such cell" : want->second;
      if (is != wanted)
        lines.push_back(fmt::format("{}, {}: expected {}, found {}\n", row.fix_set, matrix.columns[i], wanted, is));
    }
  }
  if (found < expected->size())
    lines.push_back(fmt::format("{} expected cells were not searched\n", expected->size() - found));
  return lines;
}

// The table, and where the witnesses of its findings are.
std::string report_text(const MatrixSearch& search, const MatrixOptions& options) {
  const lockcheck::Matrix& matrix = search.matrix();
  std::string text =
      options.search.predictions ? lockcheck::to_text_of_predictions(matrix) : lockcheck::to_text(matrix);
  if (const auto idle = search.idle(); !idle.empty()) {
    const std::vector<core::NoIo> why = lockcheck::reasons_of(idle);
    text += fmt::format("In cells that are INCOMPLETE jobs did no I/O: {}; {}\n", lockcheck::no_io_text(why, true),
                        lockcheck::way_to_io(why));
  }
  if (options.verbose) return text + lockcheck::to_text_of_witnesses(matrix);
  if (search.findings() == 0) return text;
  text +=
      options.witnesses.empty()
          ? fmt::format("Cells with a finding: {}; --witnesses=FOLDER keeps a witness of each, --verbose prints them\n",
                        search.findings())
          : fmt::format("Witnesses of the {} cells with a finding: {}\n", search.findings(), options.witnesses);
  return text;
}

int exit_code_of(const MatrixSearch& search, const MatrixOptions& options) {
  if (!search.complete()) return lockcheck::exit_code(lockcheck::VerdictWord::incomplete);
  if (options.expect.empty()) return 0;
  const auto lines = differences(search.matrix(), options.expect);
  if (!lines) return refuse(lines.error());
  for (const std::string& difference : *lines) std::fputs(difference.c_str(), stderr);
  return lines->empty() ? 0 : 1;
}

}  // namespace

int run_command(const MatrixOptions& options) {
  const auto stages = stages_of(options.search.strategy, false);
  if (!stages) return refuse(stages.error());
  if (!options.expect.empty()) {
    if (const auto readable = differences({}, options.expect); !readable) return refuse(readable.error());
  }
  MatrixSearch search(options, *stages);
  if (const auto error = search.load()) return refuse(*error);
  if (const auto error = check_named_files(search.named_files())) return refuse(*error);
  if (!options.witnesses.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.witnesses, error);
    if (error) return refuse({.file = "--witnesses", .message = options.witnesses + ": " + error.message()});
  }
  catch_interrupts();
  search.search_all();
  const std::string report =
      options.format == Format::json ? lockcheck::to_json(search.matrix()) : report_text(search, options);
  LostOutputs lost;
  lost.add(search.write_error());
  return deliver(report, options.output, exit_code_of(search, options), lost);
}

}  // namespace zoneknot::tools
