// What is known of an exception that a program has thrown in the middle of a search: whose it is, where he was, and how
// to come there again. Used by one thread.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

#include "sim/conclude/conclude.h"

namespace zoneknot::sim {

class ProgramFailure : public std::runtime_error {
 public:
  ProgramFailure(const std::string& what, std::exception_ptr cause, std::string witness)
      : std::runtime_error(what), cause_(std::move(cause)), witness_(std::move(witness)) {}

  // What the program has thrown.
  [[nodiscard]] const std::exception_ptr& cause() const { return cause_; }
  // A line; empty: the schedule is too long for one, or the exception did not come again.
  [[nodiscard]] const std::string& witness() const { return witness_; }

 private:
  std::exception_ptr cause_;
  std::string witness_;
};

// Called while an exception is handled that Simulation::run() has thrown. Throws a ProgramFailure if it is the
// program's, else the exception itself. `options`: those of the execution.
[[noreturn]] void throw_failure(const Examined& examined, ExecutionOptions options);

}  // namespace zoneknot::sim
