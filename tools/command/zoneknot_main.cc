// The `zoneknot` command.
#include <cstdio>
#include <exception>
#include <variant>

#include "tools/cli/command_line.h"
#include "tools/command/commands.h"

int main(int argc, char** argv) {
  constexpr int kExitOwnFault = 4;
  using namespace zoneknot::tools;
  try {
    const ParsedCommandLine parsed = parse_command_line(argc, argv);
    if (parsed.command_line) {
      return std::visit([](const auto& options) { return run_command(options); }, *parsed.command_line);
    }
    std::fputs(parsed.exit.text.c_str(), parsed.exit.code == 0 ? stdout : stderr);
    return parsed.exit.code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "zoneknot: internal error: %s\n", error.what());
    return kExitOwnFault;
  }
}
