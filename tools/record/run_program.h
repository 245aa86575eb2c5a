// Runs a program as if there were nobody between it and the shell: its streams, signals and exit status are its own.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "tools/text/input_error.h"

namespace zoneknot::tools {

struct ProgramEnd {
  int pid = 0;
  int status = 0;  // as waitpid() has it
};

// Signals that would end this process are passed on while the program runs; those of the terminal it gets by itself.
tl::expected<ProgramEnd, InputError> run_program(const std::string& path, const std::vector<std::string>& words,
                                                 const std::vector<std::string>& environment);

// Ends this process as that one ended: with its exit status, which is returned, or by its signal.
int end_as(const ProgramEnd& end);

}  // namespace zoneknot::tools
