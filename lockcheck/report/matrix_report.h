// The table of the README: sets of fixes × jobs, a verdict in each cell. Plain data and its text form, which is pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lockcheck/verdict/verdict.h"

namespace zoneknot::lockcheck {

struct Cell {
  Verdict verdict;
  std::string refused{};  // why the program does not begin with this job; empty: it was searched
};

struct MatrixRow {
  std::string fix_set;                  // "legacy,+swd-skip"
  std::vector<Cell> cells;              // by column
  std::string label{};                  // what it is called in the table; empty: fix_set
  std::vector<std::string> releases{};  // that are this set: "fio-3.24", "fio-3.25"; empty: it is no release
};

struct Matrix {
  std::vector<std::string> columns;  // names of job files
  std::vector<MatrixRow> rows;
};

// What a cell says of a job that the set refuses.
inline constexpr const char* kRefusedCell = "REFUSED";

// "HANG dg", "CLEAN", "RULE g,assert": the word, the letters of the broken rules, then those that have names.
std::string cell_text(const Cell& cell);
std::string cell_text(const Verdict& verdict);
std::string cell_text(const std::string& word, const std::set<std::string>& rules);

// The table, in blocks of as many columns as fit into 80 characters, why jobs were refused, and how many executions
// each cell is worth.
std::string to_text(const Matrix& matrix);

// A numbered list of the witnesses, whose lines may be longer; empty without any.
std::string to_text_of_witnesses(const Matrix& matrix);

// "3/3 2+ 5?": of three kinds of hangs that were found all were predicted; of the kinds that were predicted two are
// confirmed and five are not. docs/lock-order.md explains it. "-": nothing was found, and nothing predicted.
std::string prediction_cell_text(const Verdict& verdict);

// The table of those cells, with what they mean.
std::string to_text_of_predictions(const Matrix& matrix);

}  // namespace zoneknot::lockcheck
