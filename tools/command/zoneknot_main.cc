// The `zoneknot` command.
#include <cstdio>
#include <exception>

#include "tools/cli/command_line.h"
#include "tools/command/commands.h"

namespace {

constexpr int kExitOwnFault = 4;

int run(const zoneknot::tools::CommandLine& line) {
  using zoneknot::tools::Command;
  switch (line.command) {
    case Command::matrix:
      return zoneknot::tools::run_matrix(line);
    case Command::check:
      return zoneknot::tools::run_check(line);
    case Command::prove:
      return zoneknot::tools::run_prove(line);
    case Command::replay:
      return zoneknot::tools::run_replay(line);
    case Command::shrink:
      return zoneknot::tools::run_shrink(line);
    case Command::run:
      return zoneknot::tools::run_run(line);
    case Command::lockcheck:
      return zoneknot::tools::run_lockcheck(line);
  }
  return kExitOwnFault;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto parsed = zoneknot::tools::parse_command_line(argc, argv);
    if (parsed.command_line) return run(*parsed.command_line);
    std::fputs(parsed.exit.text.c_str(), parsed.exit.code == 0 ? stdout : stderr);
    return parsed.exit.code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "zoneknot: internal error: %s\n", error.what());
    return kExitOwnFault;
  }
}
