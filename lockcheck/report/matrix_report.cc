#include "lockcheck/report/matrix_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "lockcheck/text/columns.h"
#include "lockcheck/verdict/deadlock_kind.h"

namespace zoneknot::lockcheck {
namespace {

constexpr std::size_t kGap = 2;         // blanks between columns
constexpr std::size_t kNameLimit = 12;  // a heading's line is broken at '-' beyond this
constexpr std::string_view kJobSuffix = ".fio";

using CellText = std::function<std::string(const Cell&)>;

// "sequential-regions.fio" → "sequential-", "regions".
std::vector<std::string> heading(std::string name) {
  if (name.ends_with(kJobSuffix)) name.resize(name.size() - kJobSuffix.size());
  std::vector<std::string> lines(1);
  while (!name.empty()) {
    const std::size_t dash = name.find('-');
    const std::size_t end = dash == std::string::npos ? name.size() : dash + 1;
    if (!lines.back().empty() && lines.back().size() + end > kNameLimit) lines.emplace_back();
    lines.back() += name.substr(0, end);
    name.erase(0, end);
  }
  return lines;
}

const std::string& label_of(const MatrixRow& row) { return row.label.empty() ? row.fix_set : row.label; }

struct Column {
  std::size_t index = 0;
  std::vector<std::string> heading;
  std::size_t width = 0;
};

std::vector<Column> lay_out(const Matrix& matrix, const CellText& text) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < matrix.columns.size(); ++i) {
    Column column{i, heading(matrix.columns[i]), 0};
    for (const std::string& line : column.heading) column.width = std::max(column.width, width_of(line));
    for (const MatrixRow& row : matrix.rows) {
      if (i < row.cells.size()) column.width = std::max(column.width, width_of(text(row.cells[i])));
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

std::string trimmed(std::string line) {
  line.resize(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string block(const Matrix& matrix, const std::vector<Column>& columns, std::size_t label, const CellText& text) {
  std::size_t depth = 0;
  for (const Column& column : columns) depth = std::max(depth, column.heading.size());
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) {
    std::string line = column(i + 1 == depth ? "fixes" : "", label);
    for (const Column& c : columns) {
      // Headings stand on their last line.
      const std::size_t missing = depth - c.heading.size();
      line += std::string(kGap, ' ') + column(i < missing ? "" : c.heading[i - missing], c.width);
    }
    out += trimmed(line);
  }
  std::size_t width = label;
  for (const Column& c : columns) width += kGap + c.width;
  out += std::string(width, '-') + "\n";
  for (const MatrixRow& row : matrix.rows) {
    std::string line = column(label_of(row), label);
    for (const Column& c : columns) {
      line += std::string(kGap, ' ') + column(c.index < row.cells.size() ? text(row.cells[c.index]) : "", c.width);
    }
    out += trimmed(line);
  }
  return out;
}

std::string table(const Matrix& matrix, const CellText& text) {
  std::size_t label = std::string_view("fixes").size();
  for (const MatrixRow& row : matrix.rows) label = std::max(label, width_of(label_of(row)));
  std::string out;
  std::vector<Column> fitting;
  std::size_t width = label;
  for (Column& column : lay_out(matrix, text)) {
    if (!fitting.empty() && width + kGap + column.width > kReportWidth) {
      out += block(matrix, fitting, label, text) + "\n";
      fitting.clear();
      width = label;
    }
    width += kGap + column.width;
    fitting.push_back(std::move(column));
  }
  return fitting.empty() ? out : out + block(matrix, fitting, label, text);
}

std::string executions_text(const Cell& cell) {
  const SearchInVerdict& search = cell.verdict.search;
  if (!search.executions) return "-";
  const std::string cut = search.executions_cut == 0 ? "" : ", " + grouped(search.executions_cut) + " cut";
  return grouped(*search.executions) + cut + (search.exhaustive ? " all" : "");
}

// "two-jobs.fio, fio-3.18, 3.19 and fio-3.20: no such option": rows that say the same of a job together.
std::string text_of_refusals(const Matrix& matrix) {
  std::string out;
  for (std::size_t i = 0; i < matrix.columns.size(); ++i) {
    std::vector<std::pair<std::string, std::string>> rows_by_reason;
    for (const MatrixRow& row : matrix.rows) {
      if (i >= row.cells.size() || row.cells[i].refused.empty()) continue;
      const std::string& reason = row.cells[i].refused;
      const auto known = std::ranges::find(rows_by_reason, reason, &std::pair<std::string, std::string>::first);
      if (known == rows_by_reason.end()) {
        rows_by_reason.emplace_back(reason, label_of(row));
      } else {
        known->second += "; " + label_of(row);
      }
    }
    for (const auto& [reason, rows] : rows_by_reason) {
      out += hanging("  ", fmt::format("{}, {}: {}", matrix.columns[i], rows, reason));
    }
  }
  return out.empty() ? "" : "\n" + std::string(kRefusedCell) + ": the program does not begin\n" + out;
}

std::string text_of_executions(const Matrix& matrix) {
  std::set<std::string> different;
  for (const MatrixRow& row : matrix.rows) {
    for (const Cell& cell : row.cells) {
      if (cell.refused.empty()) different.insert(executions_text(cell));
    }
  }
  if (different.empty()) return {};
  if (different.size() == 1) return fmt::format("\nExecutions searched in every cell: {}\n", *different.begin());
  return "\nExecutions searched\n\n" + table(matrix, executions_text);
}

}  // namespace

std::string cell_text(const std::string& word, const std::set<std::string>& rules) {
  std::string broken;
  for (const std::string& rule : rules) broken += rule.size() == 1 ? rule : "";
  for (const std::string& rule : rules) {
    if (rule.size() != 1) broken += (broken.empty() ? "" : ",") + rule;
  }
  return word + (broken.empty() ? "" : " " + broken);
}

std::string cell_text(const Cell& cell) { return cell.refused.empty() ? cell_text(cell.verdict) : kRefusedCell; }

std::string cell_text(const Verdict& verdict) {
  std::set<std::string> rules;
  for (const RuleInVerdict& rule : verdict.scene.rules) rules.emplace(rule_name(rule.rule));
  return cell_text(std::string(word_name(verdict.word)), rules);
}

std::string prediction_cell_text(const Verdict& verdict) {
  const DeadlockKinds kinds = count_kinds(verdict);
  std::string text;
  const auto add = [&text](std::size_t count, std::string_view mark) {
    if (count > 0) text += fmt::format("{}{}{}", text.empty() ? "" : " ", count, mark);
  };
  if (kinds.hangs > 0) text = fmt::format("{}/{}", kinds.hangs_predicted, kinds.hangs);
  add(kinds.on_left_locks, "d");
  add(kinds.confirmed, "+");
  add(kinds.open, "?");
  add(kinds.refuted, "x");
  return text.empty() ? "-" : text;
}

std::string to_text_of_predictions(const Matrix& matrix) {
  const auto text = [](const Cell& cell) {
    return cell.refused.empty() ? prediction_cell_text(cell.verdict) : std::string(kRefusedCell);
  };
  return table(matrix, text) +
         "\n"
         "n/m  of m kinds of hangs that the search found, n were predicted\n"
         "d    kinds of hangs on a lock that a task had left behind: rule d\n"
         "+    kinds that were predicted and confirmed by a hang\n"
         "?    predicted, and neither confirmed nor refuted\n"
         "x    predicted and refuted\n" +
         text_of_refusals(matrix) + text_of_executions(matrix);
}

std::string to_text(const Matrix& matrix) {
  return table(matrix, [](const Cell& cell) { return cell_text(cell); }) + text_of_refusals(matrix) +
         text_of_executions(matrix);
}

std::string to_text_of_witnesses(const Matrix& matrix) {
  std::string out;
  std::size_t number = 0;
  for (const MatrixRow& row : matrix.rows) {
    for (std::size_t i = 0; i < row.cells.size() && i < matrix.columns.size(); ++i) {
      const Verdict& verdict = row.cells[i].verdict;
      if (verdict.scene.witness.empty()) continue;
      out += "\n" + hanging(fmt::format("{:>3}. ", ++number),
                            fmt::format("{}, {}: {}", label_of(row), matrix.columns[i], cell_text(verdict)));
      out += verdict.scene.witness + "\n";
      if (!verdict.scene.replay_command.empty()) out += verdict.scene.replay_command + "\n";
    }
  }
  return out.empty() ? "" : "\nWitnesses\n" + out;
}

}  // namespace zoneknot::lockcheck
