#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "lockcheck/report/matrix_report.h"
#include "lockcheck/report/report_json.h"
#include "lockcheck/report/report_text.h"
#include "tools/cli/delivery.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/named_files.h"
#include "tools/cli/progress_line.h"
#include "tools/cli/search_limits.h"
#include "tools/cli/workers.h"
#include "tools/command/commands.h"
#include "tools/command/strongest_word.h"
#include "tools/instance/search_verdict.h"
#include "tools/release/bisect_report.h"
#include "tools/text/whole_file.h"
#include "tools/witness/witness_file.h"
#include "tools/witness/witness_place.h"

namespace zoneknot::tools {
namespace {

using lockcheck::Verdict;
using lockcheck::VerdictWord;

constexpr std::uint64_t kBisectExecutions = 200;
constexpr const char* kRefused = lockcheck::kRefusedCell;

InstanceSource source_of(const BisectOptions& options, core::FixSet fixes) {
  return {.job_path = options.job,
          .faults_path = options.faults,
          .fixes = fixes.to_string(),
          .device = options.device,
          .bound = options.search.bound,
          .seed = options.search.seed};
}

// What was not found in different ways is one answer.
std::string answer_of(const Verdict& verdict) {
  return std::string(verdict.word > VerdictWord::incomplete ? kNothingFound : word_name(verdict.word));
}

std::string stem_of(std::string output) {
  constexpr std::string_view kEnding = ".json";
  if (output.ends_with(kEnding)) output.resize(output.size() - kEnding.size());
  return output;
}

// Searches one set of switches after the other, each once.
class BisectSearch {
 public:
  BisectSearch(const BisectOptions& options, std::vector<sim::SearchStage> stages, std::vector<ReleaseRow> rows)
      : options_(options), stages_(std::move(stages)), over_(deadline(options.search.time)) {
    result_.rows = std::move(rows);
    result_.executions = options.search.executions.value_or(kBisectExecutions);
  }

  // Everything that can be wrong with the input is found here, before anything is searched.
  std::optional<InputError> load() {
    for (const ReleaseRow& row : result_.rows) {
      auto instance = load_instance(source_of(options_, row.fixes));
      // Another release may begin with the job.
      if (!instance && instance.error().release.empty()) return instance.error();
      refusals_.push_back(instance ? std::nullopt : std::optional(instance.error()));
      if (!instance) {
        answers_[row.fixes.to_string()] = kRefused;
        instances_.emplace_back();
        continue;
      }
      if (auto error = must_be_simulated(*instance)) return error;
      instances_.emplace_back(std::move(*instance));
    }
    const auto first = std::ranges::find_if(instances_, [](const auto& instance) { return instance.has_value(); });
    if (first == instances_.end()) return refusals_.front();
    print_notes((*first)->notes);
    result_.job = (*first)->name;
    result_.device = "sim:" + (*first)->device.short_text();
    return std::nullopt;
  }

  [[nodiscard]] std::vector<NamedFile> named_files() const {
    std::vector<NamedFile> files = {{"JOB", options_.job}, {"--faults", options_.faults}};
    for (const ReleaseRow& row : result_.rows) files.push_back({"--output", file_of(row), FileUse::written});
    return files;
  }
  [[nodiscard]] std::optional<InputError> check_places() const {
    for (const ReleaseRow& row : result_.rows) {
      if (auto error = check_witness_place(file_of(row))) return error;
    }
    return std::nullopt;
  }

  void search_all() {
    const std::function<bool()> stop = [this] { return interrupted() || (over_ && over_()); };
    conclusions_.resize(instances_.size());
    take_turns(instances_.size(), [this](std::size_t index) { search_release(index); }, stop);
    result_.history = history_of(result_.rows, [this](core::FixSet set) { return answer(set); }, stop);
    clear_progress();
    result_.stopped = stop();
    for (std::size_t i = 0; i < result_.history.answers.size(); ++i) tell(i);
  }

  // Witnesses of both sides of each change; without a change of the newest release that has something to show.
  LostOutputs write_witnesses() {
    LostOutputs lost;
    if (options_.output.empty()) return lost;
    for (const std::size_t row : sides()) {
      const std::string path = file_of(result_.rows[row]);
      if (!conclusions_[row].finding) {
        print_notes(remove_old_witness(path));
        continue;
      }
      const sim::Conclusion& found = conclusions_[row];
      const auto error = write_file(path, to_witness_file(*instances_[row], found.finding->witness,
                                                          lockcheck::to_json(found.verdict), found.finding->trace));
      lost.add(error);
      if (error) continue;
      result_.found[row].file = path;
      result_.found[row].replay_command = replay_command(*instances_[row], {}, path);
    }
    return lost;
  }

  [[nodiscard]] const Bisected& result() const { return result_; }

  [[nodiscard]] int exit_code() const {
    const std::vector<std::string>& answers = result_.history.answers;
    const auto is_finding = [](const std::string& answer) {
      return answer != kNothingFound && answer != kRefused && answer != word_name(VerdictWord::incomplete);
    };
    if (std::ranges::any_of(answers, is_finding)) return kExitFound;
    const bool complete = !result_.stopped && std::ranges::all_of(answers, [](const std::string& answer) {
      return answer == kNothingFound || answer == kRefused;
    });
    return lockcheck::exit_code(complete ? VerdictWord::clean : VerdictWord::incomplete);
  }

 private:
  [[nodiscard]] std::string file_of(const ReleaseRow& row) const {
    return options_.output.empty() ? "" : stem_of(options_.output) + "." + row.names.front() + ".json";
  }

  // Rows, each once.
  [[nodiscard]] std::vector<std::size_t> sides() const {
    std::vector<std::size_t> rows;
    for (const Change& change : result_.history.changes) {
      rows.push_back(change.from);
      rows.push_back(change.to);
    }
    if (rows.empty() && !result_.history.answers.empty()) rows.push_back(result_.history.answers.size() - 1);
    std::ranges::sort(rows);
    const auto twice = std::ranges::unique(rows);
    rows.erase(twice.begin(), twice.end());
    return rows;
  }

  sim::Conclusion conclude(const Instance& instance) {
    sim::SearchPlan plan{.stages = stages_,
                         .limits = search_limits(options_.search, kBisectExecutions, instance.name),
                         .time_is_the_budget = false,
                         .seed = options_.search.seed.value_or(1),
                         .order_check = false};
    plan.limits.executions = result_.executions;
    plan.limits.budgets = kShortFirst;
    plan.limits.time_is_over = over_;
    plan.limits.progress = nullptr;  // sets are counted instead
    sim::Conclusion conclusion = search(instance, plan);
    const std::lock_guard lock(mutex_);
    ++searched_;
    progress_.show([this](double) { return fmt::format("{} sets of switches searched", searched_); });
    answers_[conclusion.verdict.subject.fix_set] = answer_of(conclusion.verdict);
    return conclusion;
  }

  void search_release(std::size_t index) {
    if (instances_[index]) conclusions_[index] = conclude(*instances_[index]);
  }

  std::string answer(core::FixSet set) {
    const std::string name = set.to_string();
    if (const auto known = answers_.find(name); known != answers_.end()) return known->second;
    const auto instance = load_instance(source_of(options_, set));
    // What one release takes, another set of its switches may refuse.
    if (!instance) return answers_[name] = kRefused;
    return answer_of(conclude(*instance).verdict);
  }

  void tell(std::size_t row) {
    if (refusals_[row]) {
      result_.found.push_back(
          {.cell = kRefused, .headline = fmt::format("{}: {}", kRefused, refusals_[row]->to_string())});
      return;
    }
    const Verdict& verdict = conclusions_[row].verdict;
    ReleaseFound found{.cell = lockcheck::cell_text(verdict), .headline = lockcheck::headline(verdict)};
    if (const auto& finding = conclusions_[row].finding) {
      found.witness = finding->line;
      found.replay_command = replay_command(*instances_[row], finding->line, "");
    }
    result_.found.push_back(std::move(found));
  }

  const BisectOptions& options_;
  const std::vector<sim::SearchStage> stages_;
  const std::function<bool()> over_;
  std::vector<std::optional<Instance>> instances_;   // by row; nothing: the release refuses the job
  std::vector<std::optional<InputError>> refusals_;  // likewise: why
  std::vector<sim::Conclusion> conclusions_;         // likewise
  std::mutex mutex_;                                 // protects what follows, while several search
  std::map<std::string, std::string> answers_;
  std::size_t searched_ = 0;
  ProgressLine progress_;
  Bisected result_;
};

}  // namespace

int run_command(const BisectOptions& options) {
  auto rows = releases_between(options.from, options.to, "--from");
  if (!rows) return refuse(rows.error());
  const auto stages = stages_of(options.search.strategy, false);
  if (!stages) return refuse(stages.error());
  BisectSearch search(options, *stages, *std::move(rows));
  if (const auto error = search.load()) return refuse(*error);
  if (const auto error = check_named_files(search.named_files())) return refuse(*error);
  if (const auto error = search.check_places()) return refuse(*error);
  catch_interrupts();
  search.search_all();
  LostOutputs lost = search.write_witnesses();
  const bool json = options.format == Format::json;
  return deliver(json ? bisect_json(search.result()) : bisect_text(search.result()), "", search.exit_code(),
                 std::move(lost));
}

}  // namespace zoneknot::tools
