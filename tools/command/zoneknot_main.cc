// The `zoneknot` command.
#include <fcntl.h>

#include <cstdio>
#include <exception>
#include <new>
#include <system_error>
#include <variant>

#include "tools/cli/command_line.h"
#include "tools/cli/delivery.h"
#include "tools/command/commands.h"
#include "tools/text/input_error.h"
#include "tools/text/shell_word.h"

namespace {

using namespace zoneknot::tools;

// A descriptor that is closed at the start would become that of a file. Writing to these fails as it should.
void open_closed_descriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) == -1) static_cast<void>(open("/dev/full", descriptor == 0 ? O_RDONLY : O_WRONLY));
  }
}

int run(int argc, char** argv) {
  const ParsedCommandLine parsed = parse_command_line(argc, argv);
  if (parsed.command_line) {
    return std::visit([](const auto& options) { return run_command(options); }, *parsed.command_line);
  }
  std::fputs(parsed.exit.text.c_str(), parsed.exit.code == 0 ? stdout : stderr);
  return parsed.exit.code;
}

}  // namespace

int main(int argc, char** argv) {
  open_closed_descriptors();
  if (argc > 0) set_program(argv[0]);
  try {
    return check_standard_output(run(argc, argv));
  } catch (const std::bad_alloc&) {
    std::fputs("zoneknot: there is no memory left\n", stderr);
    return kExitOwnFault;
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "zoneknot: the system refuses: %s\n", printable(error.what()).c_str());
    return kExitOwnFault;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "zoneknot: internal error: %s\n", printable(error.what()).c_str());
    return kExitOwnFault;
  }
}
