// How a command ends: its report on standard output or in a file, its messages on standard error, and its exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

inline constexpr int kExitFound = 1;
inline constexpr int kExitBadInput = 2;
inline constexpr int kExitOwnFault = 4;

// Prints "zoneknot: <error>"; returns kExitBadInput.
int refuse(const InputError& error);
void print_notes(const std::vector<std::string>& notes);

// Outputs that could not be written after all. A result that was found is shown first, whatever became of them.
class LostOutputs {
 public:
  void add(const std::optional<InputError>& error) {
    if (error) errors_.push_back(*error);
  }
  [[nodiscard]] const std::vector<InputError>& errors() const { return errors_; }

 private:
  std::vector<InputError> errors_;
};

// Writes a report to `path`, or prints it if that is empty or cannot be written; then says what was lost. Returns
// `code`, the verdict's, if nothing was lost or if it is kExitFound; else kExitOwnFault.
int deliver(const std::string& report, const std::string& path, int code, LostOutputs lost = {});

// Standard output as it is when everything has been printed: `code` as deliver() returns it.
int check_standard_output(int code);

}  // namespace zoneknot::tools
