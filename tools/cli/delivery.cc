#include "tools/cli/delivery.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "tools/text/whole_file.h"

namespace zoneknot::tools {

int refuse(const InputError& error) {
  std::fprintf(stderr, "zoneknot: %s\n", error.to_string().c_str());
  return kExitBadInput;
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) std::fprintf(stderr, "zoneknot: note: %s\n", printable(note).c_str());
}

int deliver(const std::string& report, const std::string& path, int code, LostOutputs lost) {
  std::optional<InputError> unwritten;
  if (!path.empty()) unwritten = write_file(path, report);
  if (path.empty() || unwritten) std::fputs(printable(report).c_str(), stdout);
  lost.add(unwritten);
  for (const InputError& error : lost.errors()) static_cast<void>(refuse(error));
  return lost.errors().empty() || code == kExitFound ? code : kExitOwnFault;
}

int check_standard_output(int code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  static_cast<void>(refuse({.file = "standard output",
                            .message = std::string("cannot be written: ") + std::strerror(errno != 0 ? errno : EIO)}));
  return code == kExitFound ? code : kExitOwnFault;
}

}  // namespace zoneknot::tools
